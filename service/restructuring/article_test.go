package restructuring_test

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/demo"
	"jinlin/service/restructuring"
)

// former is the demo county as it was before the restructuring: 198 organisations, and six
// estates handed over lately that have none yet.
func former(t *testing.T, s *store.Store, c *demo.County) {
	t.Helper()
	var units []*model.Unit
	stand := map[model.UnitID]model.Unit{}
	for _, u := range c.Units {
		switch {
		case u.BranchType == model.FormerBranch:
			u.ValidTo = nil
		case u.Kind == model.Branch, u.Kind == model.Group:
			continue
		case u.Kind == model.Grid, u.Kind == model.Station:
			u.ValidFrom = "2012-07-01"
		}
		units, stand[u.ID] = append(units, u), *u
	}
	var covers []*model.Cover
	for _, cover := range c.Covers {
		unit, there := stand[cover.UnitID]
		covered, too := stand[cover.CoveredID]
		if there && too {
			covers = append(covers, model.NewCover(unit, covered, "2012-07-01"))
		}
	}
	for _, err := range []error{s.Units.Add(t.Context(), units...), s.Covers.Add(t.Context(), covers...)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// adjusted is the plan of the article: 127 estates with a branch of their own, and 77 small
// ones that share 32, each bound to one grid.
func adjusted(c *demo.County) restructuring.Form {
	f := restructuring.Form{UnitID: c.Units[0].ID, Title: "小区党组织设置优化", EffectiveOn: "2026-11-23", HandOver: []string{"mailbox", "activity"}}
	for _, community := range c.Communities {
		for _, b := range community.Branches {
			form := restructuring.BranchForm{Ref: b.Name, Name: b.Name, Type: b.BranchType, Phone: b.Phone}
			for _, e := range b.Estates {
				form.Estates = append(form.Estates, e.ID)
			}
			if b.BranchType == model.JointBranch {
				form.GridID = b.Grids[0].ID
			}
			f.Branches = append(f.Branches, form)
		}
	}
	for _, u := range c.Units {
		if u.BranchType == model.FormerBranch {
			f.Dissolved = append(f.Dissolved, restructuring.DissolutionForm{BranchID: u.ID})
		}
	}
	return f
}

func TestTheArticles198OrganisationsBecome159Branches(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		c := demo.Generate()
		former(t, s, c)
		w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, services: serve(s), county: c.Units[0].ID}
		w.clerk, w.other, w.wang = w.Staff(model.CountyClerk, w.county), w.Staff(model.CountyClerk, w.county), w.Person("王女士")
		w.counted("2026-11-23", 198, 0, 0)
		open := w.openWork(c)
		begun := time.Now()
		r := w.approved(adjusted(c))
		t.Logf("drafted, submitted and in effect after %s, with %d requests to hand over", time.Since(begun).Round(time.Millisecond), open)
		d := r.Effected()
		if d.Before != (model.BranchTally{Branches: 198, Former: 198}) || d.After != (model.BranchTally{Branches: 159, Single: 127, Joint: 32}) {
			t.Errorf("from %+v to %+v", d.Before, d.After)
		}
		if len(d.Created) != 159 || len(d.Dissolved) != 198 || len(d.Moved) != 204 {
			t.Errorf("%d created, %d dissolved, %d estates moved", len(d.Created), len(d.Dissolved), len(d.Moved))
		}
		told := c.Reorganisation.Effected() // the demo county tells of it as if it had been done here
		if told.Before != d.Before || told.After != d.After || len(told.Created) != 159 || len(told.Dissolved) != 198 || len(told.Moved) != 204 || len(c.Reorganisation.Lines) != 198 {
			t.Errorf("the demo county tells of %d created, %d dissolved and %d moved, from %+v to %+v", len(told.Created), len(told.Dissolved), len(told.Moved), told.Before, told.After)
		}
		w.counted("2026-11-22", 198, 0, 0)
		w.counted("2026-11-23", 0, 127, 32)
		w.restated(d)
		w.orderly(open)
	})
}

// openWork puts requests into some of the organisations, and says how many.
func (w *world) openWork(c *demo.County) (n int) {
	w.T.Helper()
	for _, community := range c.Communities {
		for _, b := range community.Branches[len(community.Branches)-3:] {
			for _, e := range b.Estates {
				if e.ValidFrom > "2012-07-01" {
					continue // nobody leads it yet
				}
				if _, err := w.request(e.ID); err != nil {
					w.T.Fatal(err)
				}
				n++
			}
		}
	}
	return n
}

// counted counts the branches of a day by their type.
func (w *world) counted(day model.Date, former, single, joint int) {
	w.T.Helper()
	var tally model.BranchTally
	for b, err := range model.All(func(page model.Page) (model.Listing[model.Unit], error) {
		return w.org.List(w.T.Context(), store.UnitFilter{Kind: model.Branch, AsOf: day}, page)
	}) {
		w.Must(err)
		tally.Count(b)
	}
	if want := (model.BranchTally{Branches: former + single + joint, Former: former, Single: single, Joint: joint}); tally != want {
		w.T.Errorf("on %s there are %+v instead of %+v", day, tally, want)
	}
}

// restated: each of the 198 counts in one of the 159, and 71 of them in joint branches.
func (w *world) restated(d model.RestructuringDiff) {
	w.T.Helper()
	var branches []model.UnitID
	for _, b := range d.Created {
		branches = append(branches, b.ID)
	}
	kin, err := w.org.Predecessors(w.T.Context(), branches)
	w.Must(err)
	total, small := 0, 0
	for _, b := range d.Created {
		total += len(kin[b.ID])
		if b.Type == model.JointBranch {
			small += len(b.Estates)
		}
		if len(kin[b.ID]) != len(b.Predecessors) {
			w.T.Errorf("%s took over from %d and counts %d", b.Name, len(b.Predecessors), len(kin[b.ID]))
		}
	}
	if total != 198 || small != 77 {
		w.T.Errorf("%d organisations are accounted for, %d small estates joined", total, small)
	}
}

// orderly wants no rule broken but for vacant posts, and no work left behind.
func (w *world) orderly(open int) {
	w.T.Helper()
	w.org.Forget()
	for _, rule := range []string{"branch_estates", "branch_community", "joint_branch_grid", "estate_branch", "building_grid", "unit_superior", "work_left_behind"} {
		found, err := w.services.county.Checks(w.T.Context(), w.clerk, rule, model.Page{Limit: 5})
		w.Must(err)
		for _, o := range found.Items {
			w.T.Errorf("%s: %s", rule, o.Sentence)
		}
	}
	handed := 0
	units, err := w.Store.Units.ListAll(w.T.Context(), model.Branch)
	w.Must(err)
	var branches []model.UnitID
	for _, u := range units {
		if u.In("2026-11-23") {
			branches = append(branches, u.ID)
		}
	}
	counts, err := w.mailbox.CountWork(w.T.Context(), w.Store, branches)
	w.Must(err)
	for _, n := range counts {
		handed += n
	}
	if handed != open {
		w.T.Errorf("%d of %d requests were handed over", handed, open)
	}
}
