package county_test

import (
	"slices"
	"testing"

	"jinlin/model"
	"jinlin/service/county"
)

// handedOver adds an estate whose flats were handed over on a day.
func (w *world) handedOver(on model.Date) model.UnitID {
	w.T.Helper()
	e, err := w.Found(w.T.Context(), w.clerk, county.Founding{Kind: model.Estate, Name: "新苑", ParentID: w.there, HandoverOn: &on})
	w.Must(err)
	w.org.Forget()
	return e.ID
}

func (w *world) due(actor model.Actor, state county.BranchDueState) (all []county.BranchDue) {
	w.T.Helper()
	for d, err := range model.All(func(p model.Page) (model.Listing[county.BranchDue], error) {
		p.Limit = 1
		return w.BranchesDue(w.T.Context(), actor, state, p)
	}) {
		w.Must(err)
		all = append(all, d)
	}
	return all
}

func TestABranchIsDueWithinAMonthOfTheHandOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.complete()
		today := model.DateOf(w.Clock.Now())
		late, last, fresh := w.handedOver(today.AddMonths(-2)), w.handedOver(today.AddMonths(-1)), w.handedOver(today)
		w.handedOver(today.AddDays(3))
		var names []model.UnitID
		for _, d := range w.due(w.clerk, "") {
			names = append(names, d.Estate.ID)
			if want := today.DaysUntil(d.HandoverOn.AddMonths(1)); d.Days != want || d.Branch != nil || (d.State() == county.BranchOverdue) != (d.Estate.ID == late) {
				t.Errorf("%+v: %d days, %s", d, want, d.State())
			}
		}
		if !slices.Equal(names, []model.UnitID{late, last, fresh}) {
			t.Errorf("%v instead of %v, %v, %v", names, late, last, fresh)
		}
		w.breaks("estate_branch", late)
		if theirs := w.due(w.secretary, ""); len(theirs) != 0 {
			t.Errorf("a secretary elsewhere sees %+v", theirs)
		}
		if overdue := w.due(w.clerk, county.BranchOverdue); len(overdue) != 1 || overdue[0].Estate.ID != late {
			t.Errorf("%+v", overdue)
		}
	})
}

func TestABranchIsFormingUntilItsListIsDone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		on := model.DateOf(w.Clock.Now()).AddDays(-40)
		_, err := w.Change(t.Context(), w.clerk, w.estate, nil, county.Change{HandoverOn: &on})
		w.Must(err)
		look := func() []county.BranchDue { return w.due(w.clerk, county.BranchForming) }
		if d := look(); len(d) != 1 || d[0].Branch.ID != w.branch || d[0].Secretary || d[0].Station || d[0].Notice || d[0].Groups {
			t.Fatalf("%+v", d)
		}
		w.complete()
		station, now := w.Unit(model.Station, w.here), w.Clock.Now()
		w.World.Cover(station, w.branch)
		if d := look(); len(d) != 1 || !d[0].Secretary || !d[0].Station || d[0].Notice || !d[0].Groups {
			t.Fatalf("%+v", d)
		}
		w.Must(w.Store.Articles.Add(t.Context(), &model.Article{
			ID: model.NewID[model.Article](now), UnitID: w.branch, AuthorID: w.secretary.User, Status: model.ArticlePublished, Title: "支部成立", PublishedAt: &now, CreatedAt: now, UpdatedAt: now,
		}))
		if d := w.due(w.clerk, ""); len(d) != 0 {
			t.Errorf("%+v", d)
		}
	})
}
