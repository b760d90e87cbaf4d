package county_test

import (
	"slices"
	"strings"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/county"
)

// offenders are the names of the units that break a rule, by rule.
func (w *world) offenders(page int) map[string][]string {
	w.T.Helper()
	w.org.Forget()
	found := map[string][]string{}
	for p := (model.Page{Limit: page}); ; {
		list, err := w.Checks(w.T.Context(), w.clerk, "", p)
		w.Must(err)
		for _, o := range list.Items {
			found[o.Rule] = append(found[o.Rule], o.Unit.ID.String())
			if !strings.HasSuffix(o.Sentence, "。") || strings.Contains(o.Sentence, "「」") {
				w.T.Errorf("%s: %q", o.Rule, o.Sentence)
			}
		}
		if p.After = list.Next; p.After == nil {
			return found
		}
	}
}

// breaks changes the world and wants exactly one rule to be broken, by these units.
func (w *world) breaks(rule string, units ...model.UnitID) {
	w.T.Helper()
	var want []string
	for _, u := range units {
		want = append(want, u.String())
	}
	slices.Sort(want)
	found := w.offenders(2)
	if !slices.Equal(found[rule], want) || len(found) != 1 {
		w.T.Errorf("%s should be broken by %v; broken are %v", rule, want, found)
	}
}

// complete adds to the world what the rules want of it: the Party's tree.
func (w *world) complete() {
	w.T.Helper()
	department, err := w.Found(w.T.Context(), w.clerk, county.Founding{Kind: model.Department, Name: "组织部", ParentID: w.county})
	w.Must(err)
	committee, err := w.Found(w.T.Context(), w.clerk, county.Founding{Kind: model.Committee, Name: "镇党委", ParentID: w.town, SuperiorID: department.ID})
	w.Must(err)
	for _, community := range []model.UnitID{w.here, w.there} {
		o, err := w.Found(w.T.Context(), w.clerk, county.Founding{Kind: model.Organisation, Name: "社区党委", ParentID: community, SuperiorID: committee.ID})
		w.Must(err)
		if community == w.here {
			_, err = w.Change(w.T.Context(), w.clerk, w.branch, nil, county.Change{SuperiorID: &o.ID})
			w.Must(err)
		}
	}
	w.post(w.branch, w.secretary.User, model.TenureInPost)
	for _, grid := range w.grids {
		w.lead(grid, w.Staff(model.GridWorker, grid))
	}
	for _, group := range w.groups {
		_, err := w.Change(w.T.Context(), w.clerk, group, nil, county.Change{ParentID: &w.branch, SuperiorID: &w.branch})
		w.Must(err)
	}
}

// lead lets somebody lead a grid.
func (w *world) lead(grid model.UnitID, who model.Actor) {
	w.T.Helper()
	w.Must(w.Store.GridLeads.Add(w.T.Context(), &model.GridLead{
		ID: model.NewID[model.GridLead](w.Clock.Now()), GridID: grid, UserID: who.User, ValidFrom: "2026-01-01", Live: model.Lasting(),
		AppointedBy: w.clerk.User, CreatedAt: w.Clock.Now(),
	}))
}

// post puts somebody in post.
func (w *world) post(branch model.UnitID, user model.UserID, status model.TenureStatus) {
	w.T.Helper()
	now := w.Clock.Now()
	w.Must(w.Store.Tenures.Add(w.T.Context(), &model.Tenure{
		ID: model.NewID[model.Tenure](now), BranchID: branch, PostBranchID: branch, UserID: user, Name: "郭志强", Source: model.ResidentMember,
		Status: status, StartsOn: "2026-01-01", ProposedBy: w.clerk.User, CreatedAt: now, UpdatedAt: now, Version: 1,
	}))
}

func TestAWholeCountyBreaksNoRule(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if found := w.offenders(3); len(found["unit_superior"]) != 3 || len(found["place_party"]) != 4 || len(found["branch_secretary"]) != 1 || len(found["grid_lead"]) != 2 {
			t.Errorf("%v", found)
		}
		w.complete()
		if found := w.offenders(3); len(found) != 0 {
			t.Errorf("%v", found)
		}
	})
}

func TestEachRuleNamesWhoBreaksIt(t *testing.T) {
	for rule, broken := range map[string]func(w *world) []model.UnitID{
		"building_grid": func(w *world) []model.UnitID {
			w.Must(w.Release(w.T.Context(), w.clerk, w.grids[0], w.buildings[0], ""))
			past := model.Cover{UnitID: w.grids[1], CoveredID: w.buildings[1], ValidFrom: "2020-01-01"} // from before there were keys
			w.Must(w.Store.Covers.Add(w.T.Context(), &past))
			return w.buildings[:2]
		},
		"group_grid": func(w *world) []model.UnitID {
			w.Must(w.Release(w.T.Context(), w.clerk, w.groups[0], w.grids[0], ""))
			return w.groups[:1]
		},
		"estate_branch": func(w *world) []model.UnitID { return []model.UnitID{w.Unit(model.Estate, w.there)} },
		"branch_estates": func(w *world) []model.UnitID {
			second := w.Unit(model.Estate, w.here)
			past := model.Cover{UnitID: w.branch, CoveredID: second, ValidFrom: "2020-01-01"}
			w.Must(w.Store.Covers.Add(w.T.Context(), &past))
			return []model.UnitID{w.branch}
		},
		"unit_parent": func(w *world) []model.UnitID {
			station := w.Unit(model.Station, w.town)
			return []model.UnitID{station}
		},
		"secretary_grant": func(w *world) []model.UnitID {
			w.Staff(model.Secretary, w.branch)
			return []model.UnitID{w.branch}
		},
		"grid_lead": func(w *world) []model.UnitID {
			of := func(community model.UnitID) model.UnitID {
				building, grid := w.Unit(model.Building, w.estate), w.Unit(model.Grid, community)
				w.World.Cover(grid, building)
				return grid
			}
			nobody, elsewhere, led := of(w.here), of(w.here), of(w.here)
			w.lead(elsewhere, w.Staff(model.CommunityWorker, w.there))
			w.lead(led, w.Staff(model.CommunityWorker, w.covering(w.here, model.Organisation, "2026-11-23")[0]))
			return []model.UnitID{nobody, elsewhere}
		},
		"member_building": func(w *world) []model.UnitID {
			w.member(w.branch, w.buildings[0])
			w.member(w.branch, model.UnitID{})
			return []model.UnitID{w.branch}
		},
	} {
		t.Run(rule, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.complete()
				units := broken(w)
				w.breaks(rule, units...)
			})
		})
	}
}

// member puts a Party member on the roster.
func (w *world) member(branch, building model.UnitID) {
	w.T.Helper()
	id := model.NewID[model.RosterEntry](w.Clock.Now())
	w.Must(w.Store.RosterEntries.Add(w.T.Context(), &model.RosterEntry{
		ID: id, Kind: model.PartyRoster, BranchID: branch, BuildingID: building, NameSealed: []byte{}, PhoneSealed: []byte{},
		Member: []byte{}, LiveKey: append(id[:], id[:]...), Content: make([]byte, 32), ValidFrom: "2026-01-01", CreatedAt: w.Clock.Now(),
	}))
}

func TestAsManySecretariesAreInPostAsThereAreBranches(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.complete()
		branch := func(superior model.UnitID) model.UnitID {
			b := w.branchOf(w.there, model.SingleBranch, w.Unit(model.Estate, w.there))
			_, err := w.Change(t.Context(), w.clerk, b, nil, county.Change{SuperiorID: &superior})
			w.Must(err)
			return b
		}
		organisation := w.covering(w.there, model.Organisation, "2026-11-23")[0]
		vacant, suspended := branch(organisation), branch(organisation)
		w.post(suspended, w.clerk.User, model.TenureSuspended)
		w.breaks("branch_secretary", vacant, suspended)
	})
}

func TestAJointBranchIsBoundToOneGrid(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.complete()
		organisation := w.Read(w.covering(w.there, model.Organisation, "2026-11-23")[0])
		first, second := w.Unit(model.Estate, w.there), w.Unit(model.Estate, w.there)
		joint := w.branchOf(w.there, model.JointBranch, first, second)
		_, err := w.Change(t.Context(), w.clerk, joint, nil, county.Change{SuperiorID: &organisation.ID})
		w.Must(err)
		w.post(joint, w.clerk.User, model.TenureInPost)
		w.Grant(w.clerk, model.Secretary, joint)
		w.breaks("joint_branch_grid", joint)
		grid, other := w.Unit(model.Grid, w.there), w.Unit(model.Grid, w.there)
		worker := w.Staff(model.CommunityWorker, w.there)
		w.lead(grid, worker)
		w.lead(other, worker)
		w.World.Cover(grid, w.Unit(model.Building, first))
		w.World.Cover(other, w.Unit(model.Building, second))
		_, err = w.Service.Cover(t.Context(), w.clerk, joint, []model.UnitID{grid}, "")
		w.Must(err)
		w.breaks("joint_branch_grid", joint) // a building of its estates lies in another grid
		buildings, err := w.Store.Units.ListCovered(t.Context(), other, "2026-11-23", model.Page{})
		w.Must(err)
		_, err = w.Service.Cover(t.Context(), w.clerk, grid, []model.UnitID{buildings.Items[0].ID}, "")
		w.Must(err)
		if found := w.offenders(5); len(found) != 0 {
			t.Errorf("%v", found)
		}
	})
}

func TestChecksShowOneRuleAndOnesOwnUnits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		estate := w.Unit(model.Estate, w.there)
		list, err := w.Checks(t.Context(), w.clerk, "estate_branch", model.Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].Unit.ID != estate {
			t.Errorf("%+v, %v", list, err)
		}
		list, err = w.Checks(t.Context(), w.secretary, "", model.Page{})
		w.Must(err)
		for _, o := range list.Items {
			if o.Unit.ID == estate || o.Rule == "place_party" {
				t.Errorf("a secretary sees %+v", o)
			}
		}
		_, err = w.Checks(t.Context(), w.Person("居民"), "", model.Page{})
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Checks(t.Context(), w.clerk, "estate_branch", model.Page{After: &model.Cursor{ID: estate}})
		w.ExpectFault(err, model.ErrInvalidCursor)
		_, err = w.Checks(t.Context(), w.clerk, "nonsense", model.Page{})
		w.ExpectFault(err, fault.ErrInvalid)
	})
}

func TestCoverageNamesWhatIsLeftOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.complete()
		w.member(w.branch, w.buildings[0])
		w.Must(w.Release(t.Context(), w.clerk, w.grids[0], w.buildings[1], ""))
		w.Must(w.Release(t.Context(), w.clerk, w.groups[1], w.grids[1], ""))
		lonely := w.Unit(model.Estate, w.there)
		for unit, estates := range map[model.UnitID]int{w.branch: 1, w.estate: 1, w.here: 1, w.county: 2} {
			w.org.Forget()
			c, err := w.Coverage(t.Context(), w.clerk, unit)
			w.Must(err)
			if c.Estates != estates || c.Grids != 2 || c.Buildings != 4 || c.InGrids != 3 || c.WithMember != 1 ||
				len(c.BuildingsWithoutGrid) != 1 || c.BuildingsWithoutGrid[0].ID != w.buildings[1] || len(c.BuildingsWithoutMember) != 3 ||
				len(c.GridsWithoutGroup) != 1 || c.GridsWithoutGroup[0].ID != w.grids[1] || len(c.GroupsWithoutGrid) != 1 ||
				len(c.EstatesWithoutBranch) != estates-1 || estates == 2 && c.EstatesWithoutBranch[0].ID != lonely {
				t.Errorf("%s: %+v", c.Unit.Kind, c)
			}
		}
		_, err := w.Coverage(t.Context(), w.clerk, w.grids[0])
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = w.Coverage(t.Context(), w.secretary, w.there)
		w.ExpectFault(err, fault.ErrNotFound)
	})
}
