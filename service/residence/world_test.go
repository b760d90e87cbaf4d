package residence_test

import (
	"context"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/org"
	"jinlin/service/residence"
	"jinlin/service/roster"
)

// world is an estate of two buildings, each with a grid, and a second estate. Wang, Li and
// Zhao have accounts; Wang is on the roster of flat 302.
type world struct {
	storetest.World
	*residence.Service
	told *told

	estate, building, second, elsewhere model.UnitID
	stairwell                           model.StairwellID
	household                           model.HouseholdID
	secretary, gridWorker, stranger     model.Actor
	wang, li, zhao                      model.Actor
}

// told keeps who was told of what.
type told struct {
	mu      sync.Mutex
	notices []model.Notice
}

func (n *told) Tell(_ context.Context, _ *store.Store, notice model.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.notices = append(n.notices, notice)
	return nil
}

// of is how many notices somebody got.
func (n *told) of(who model.Actor) (count int) {
	for _, notice := range n.notices {
		if notice.User == who.User {
			count++
		}
	}
	return count
}

const wangsNumber = "13800000001"

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, told: &told{}}
	w.Service = residence.New(s, access.New(s, units), units, w.told, false)
	community := w.Unit(model.Community, w.Unit(model.County, model.UnitID{}))
	w.estate, w.elsewhere = w.Unit(model.Estate, community), w.Unit(model.Estate, community)
	w.building, w.second = w.Unit(model.Building, w.estate), w.Unit(model.Building, w.estate)
	branch, grid := w.Unit(model.Branch, community), w.Unit(model.Grid, community)
	other := w.Unit(model.Branch, community)
	w.Cover(branch, w.estate)
	w.Cover(grid, w.second)
	w.Cover(other, w.elsewhere)
	w.secretary, w.gridWorker, w.stranger = w.Staff(model.Secretary, branch), w.Staff(model.GridWorker, grid), w.Staff(model.Secretary, other)
	w.stairwell, w.household = w.flat(w.building, "2", "302")
	w.wang, w.li, w.zhao = w.Person("王女士"), w.Person("李师傅"), w.Person("赵女士")
	w.onRoster(wangsNumber)
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func (w *world) flat(building model.UnitID, stairwell, room string) (model.StairwellID, model.HouseholdID) {
	w.T.Helper()
	now := w.Clock.Now()
	s := &model.Stairwell{ID: model.NewID[model.Stairwell](now), EstateID: w.estate, BuildingID: building, Name: stairwell, ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: now}
	h := &model.Household{ID: model.NewID[model.Household](now), EstateID: w.estate, BuildingID: building, StairwellID: s.ID, Room: room, ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: now}
	w.Must(w.Store.Stairwells.Add(w.T.Context(), s))
	w.Must(w.Store.Households.Add(w.T.Context(), h))
	return s.ID, h.ID
}

// onRoster puts a number on the roster at flat 302.
func (w *world) onRoster(number string) {
	w.T.Helper()
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		_, err := roster.Put(w.T.Context(), tx, model.NewID[model.RosterBatch](tx.Now()), []roster.Line{{
			Kind: model.ResidentRoster, EstateID: w.estate, BuildingID: w.building, Stairwell: "2单元", Room: "302室", Name: "某某" + number, Phone: number,
		}})
		return err
	}))
}

// binds gives somebody a number, as if WeChat had.
func (w *world) binds(who model.Actor, number string) {
	w.T.Helper()
	phone, err := account.NewPhone(w.Store, who.User, number)
	w.Must(err)
	w.Must(w.Store.Phones.Add(w.T.Context(), phone))
}

// door is flat 302.
func (w *world) door() residence.Door {
	return residence.Door{BuildingID: w.building, Stairwell: "二单元", Room: "302室", Relation: "owner"}
}

func (w *world) registers(who model.Actor, change ...func(*residence.Door)) model.Residence {
	w.T.Helper()
	d := w.door()
	for _, c := range change {
		c(&d)
	}
	r, err := w.Register(w.T.Context(), who, d)
	w.Must(err)
	return r
}

// wangsHome is Wang's residence, verified by the roster.
func (w *world) wangsHome() model.Residence {
	w.T.Helper()
	w.binds(w.wang, wangsNumber)
	r := w.registers(w.wang)
	if r.Proof != model.ProofRoster {
		w.T.Fatalf("%+v", r)
	}
	return r
}

// rights says whether somebody has a verified residence, as all other services ask.
func (w *world) rights(who model.Actor) bool {
	w.T.Helper()
	rows, err := w.Store.Residences.ListByUser(w.T.Context(), who.User)
	w.Must(err)
	for _, r := range rows {
		if r.Status == model.ResidenceVerified {
			return true
		}
	}
	return false
}
