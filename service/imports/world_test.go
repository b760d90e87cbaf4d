package imports_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/grant"
	"jinlin/service/imports"
	"jinlin/service/org"
)

// silent tells nobody anything.
type silent struct{}

func (silent) Tell(context.Context, *store.Store, model.Notice) error { return nil }

// world is a town of two communities, each with an estate and its branch.
type world struct {
	storetest.World
	*imports.Service
	org                                *org.Service
	county, nancheng, kangle           model.UnitID
	hongqiao, tianyue, branch, grid    model.UnitID
	clerk, worker, elsewhere, resident model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, org: units, Service: imports.New(s, access.New(s, units), units, grant.New(s, access.New(s, units), units, silent{}, true))}
	w.county = w.unit(model.County, model.UnitID{}, "定襄县")
	town := w.unit(model.Town, w.county, "晋昌镇")
	w.nancheng, w.kangle = w.unit(model.Community, town, "南城社区"), w.unit(model.Community, town, "康乐社区")
	w.hongqiao, w.tianyue = w.unit(model.Estate, w.nancheng, "虹桥小区"), w.unit(model.Estate, w.kangle, "天悦华庭")
	w.branch, w.grid = w.unit(model.Branch, w.nancheng, "虹桥小区党支部"), w.unit(model.Grid, w.nancheng, "虹桥一网格")
	w.cover(w.branch, w.hongqiao)
	w.clerk, w.worker = w.Staff(model.CountyClerk, w.county), w.Staff(model.CommunityWorker, w.nancheng)
	w.elsewhere, w.resident = w.Staff(model.CommunityWorker, w.kangle), w.Person("居民")
	return w
}

func (w *world) unit(kind model.UnitKind, parent model.UnitID, name string) model.UnitID {
	w.T.Helper()
	u := model.Unit{ID: model.NewID[model.Unit](w.Clock.Now()), ParentID: parent, Kind: kind, Name: name, ValidFrom: "2020-01-01", CreatedAt: w.Clock.Now()}
	if kind == model.Branch {
		u.BranchType = model.SingleBranch
	}
	w.Must(w.Store.Units.Add(w.T.Context(), &u))
	return u.ID
}

func (w *world) cover(unit, covered model.UnitID) {
	w.T.Helper()
	units, err := w.Store.Units.ListByID(w.T.Context(), []model.UnitID{unit, covered})
	w.Must(err)
	if units[0].ID != unit {
		units[0], units[1] = units[1], units[0]
	}
	w.Must(w.Store.Covers.Add(w.T.Context(), model.NewCover(units[0], units[1], "2020-01-01")))
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

// send sends a file of lines below a header.
func (w *world) send(actor model.Actor, kind model.ImportKind, dry bool, lines ...string) (imports.Result, error) {
	w.T.Helper()
	return w.Create(w.T.Context(), actor, imports.NewImport{Kind: kind, DryRun: dry, File: strings.NewReader(strings.Join(lines, "\n"))})
}

// done sends a file and applies it.
func (w *world) done(actor model.Actor, kind model.ImportKind, lines ...string) imports.Result {
	w.T.Helper()
	r, err := w.send(actor, kind, false, lines...)
	w.Must(err)
	for r.Working() {
		w.work(r)
		r, err = w.Get(w.T.Context(), actor, r.ID)
		w.Must(err)
	}
	if r.Status != model.ImportApplied {
		w.T.Fatalf("%s: %+v", r.Status, r.Report)
	}
	return r
}

func (w *world) job(r imports.Result) model.Job {
	payload, err := json.Marshal(r.ID)
	w.Must(err)
	return model.Job{Kind: imports.Job, Payload: payload}
}

func (w *world) work(r imports.Result) {
	w.T.Helper()
	w.Must(w.Work(w.T.Context(), w.job(r)))
}

// counts are an import's counts in one line: added, changed, unchanged, missing, wrong.
func counts(r imports.Result) string {
	return fmt.Sprintf("+%d ~%d =%d -%d !%d", r.Added, r.Changed, r.Unchanged, r.Missing, r.Invalid)
}

func (w *world) want(r imports.Result, want string) {
	w.T.Helper()
	if got := counts(r); got != want {
		w.T.Fatalf("%s instead of %s: %+v", got, want, r.Report)
	}
}

func (w *world) households(estate model.UnitID) int64 {
	w.T.Helper()
	n, err := w.Store.Households.Count(w.T.Context(), store.HouseholdFilter{Estate: estate, Day: model.DateOf(w.Clock.Now())})
	w.Must(err)
	return n
}

const (
	flats     = "小区,楼栋,单元,房号"
	residents = "小区,楼栋,单元,房号,姓名,手机号,身份"
)

// block are the lines of so many flats in buildings of a hundred.
func block(estate string, n int) []string {
	lines := []string{flats}
	for i := range n {
		lines = append(lines, fmt.Sprintf("%s,%d号楼,%d,%d%02d", estate, i/100+1, i/50%2+1, i/2%25+1, i%2+1))
	}
	return lines
}

// crowd writes so many residents of an estate, each in a flat of their own.
func crowd(estate string, n int) *bytes.Buffer {
	var out bytes.Buffer
	out.WriteString(residents + "\n")
	for i := range n {
		fmt.Fprintf(&out, "%s,%d号楼,1单元,%d%02d,王桂%d,139%08d,业主\n", estate, i/100+1, i/4%25+1, i%4+1, i, i)
	}
	return &out
}
