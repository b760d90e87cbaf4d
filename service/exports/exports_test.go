package exports_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/exports"
	"jinlin/service/org"
	"jinlin/service/roster"
	"jinlin/service/sheet"
)

// world is an estate of one flat, with its roster and its branch's.
type world struct {
	storetest.World
	*exports.Service
	county, community, elsewhere model.UnitID
	clerk, worker, resident      model.Actor
}

// hostile is a name that a spreadsheet would run.
const hostile = "=HYPERLINK(\"http://x\")"

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		units := org.New(s)
		w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, Service: exports.New(s, access.New(s, units), units)}
		w.county = w.Unit(model.County, model.UnitID{})
		town := w.Unit(model.Town, w.county)
		w.community, w.elsewhere = w.Unit(model.Community, town), w.Unit(model.Community, town)
		estate, branch := w.Unit(model.Estate, w.community), w.Unit(model.Branch, w.community)
		building := w.Unit(model.Building, estate)
		stairwell := model.Stairwell{ID: model.NewID[model.Stairwell](s.Now()), EstateID: estate, BuildingID: building, Name: "2", ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: s.Now()}
		w.Must(s.Stairwells.Add(t.Context(), &stairwell))
		w.Must(s.Households.Add(t.Context(), &model.Household{
			ID: model.NewID[model.Household](s.Now()), EstateID: estate, BuildingID: building, StairwellID: stairwell.ID, Room: "301", ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: s.Now(),
		}))
		lines := []roster.Line{
			{Kind: model.ResidentRoster, EstateID: estate, BuildingID: building, Stairwell: "2", Room: "301", Name: "王桂花", Phone: "13800000001", Relation: "owner"},
			{Kind: model.ResidentRoster, EstateID: estate, BuildingID: building, Stairwell: "2", Room: "302", Name: hostile, Phone: "+1", Relation: "@x"},
			{Kind: model.PartyRoster, BranchID: branch, EstateID: estate, BuildingID: building, Name: "李建国", Phone: "13800000002", Member: roster.Member{JoinedOn: "1998-07-01", Duty: "组织委员", WorksAt: "县一中"}},
		}
		w.Must(s.InTx(t.Context(), func(tx *store.Store) error {
			_, err := roster.Put(t.Context(), tx, model.NewID[model.RosterBatch](s.Now()), lines)
			return err
		}))
		w.clerk, w.worker, w.resident = w.Staff(model.CountyClerk, w.county), w.Staff(model.CommunityWorker, w.community), w.Person("居民")
		test(t, w)
	})
}

func (w *world) order(actor model.Actor, o exports.Order) (string, error) {
	w.T.Helper()
	if o.Format == "" {
		o.Format = sheet.CSV
	}
	table, err := w.Order(w.T.Context(), actor, o)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	w.Must(table.Write(w.T.Context(), &out))
	return out.String(), nil
}

func (w *world) audited() int {
	w.T.Helper()
	page, err := w.Store.Audit.List(w.T.Context(), model.Page{Limit: 100})
	w.Must(err)
	return len(page.Items)
}

func TestRostersLeaveMasked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for kind, wants := range map[exports.Kind][]string{
			exports.Roster:     {"estate,building,2,301,王**,138****0001,业主"},
			exports.Members:    {"branch,李**,138****0002,***,***,***,***,estate,building"},
			exports.Households: {"estate,building,2,301,2020-01-01"},
			exports.Units:      {"社区,community,town", "小区,estate,community"},
		} {
			text, err := w.order(w.worker, exports.Order{Kind: kind, UnitID: w.community, Reason: "走访核对"})
			w.Must(err)
			for _, want := range wants {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %q is not in %s", kind, want, text)
				}
			}
			for _, secret := range []string{"桂花", "建国", "13800000001", "13800000002", "1998", "县一中", "组织委员"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s: %s is in %s", kind, secret, text)
				}
			}
		}
		if n := w.audited(); n != 4 {
			t.Errorf("%d of 4 exports are in the record", n)
		}
	})
}

func TestUnmaskedNeedsARightAndAReason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		unmasked := exports.Order{Kind: exports.Roster, UnitID: w.community, Unmasked: true, Reason: "人口普查核对"}
		_, err := w.order(w.worker, unmasked)
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.order(w.clerk, exports.Order{Kind: exports.Roster, UnitID: w.community, Unmasked: true, Reason: " 1 "})
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = w.order(w.worker, exports.Order{Kind: exports.Roster, UnitID: w.elsewhere, Reason: "走访核对"})
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.order(w.resident, exports.Order{Kind: exports.Units, UnitID: w.community, Reason: "走访核对"})
		w.ExpectFault(err, fault.ErrForbidden)
		if n := w.audited(); n != 0 {
			t.Fatalf("%d refused exports are in the record", n)
		}
		text, err := w.order(w.clerk, unmasked)
		w.Must(err)
		if !strings.Contains(text, "王桂花,13800000001") {
			t.Error(text)
		}
		page, err := w.Store.Audit.List(t.Context(), model.Page{})
		w.Must(err)
		if len(page.Items) != 1 || !strings.Contains(page.Items[0].Detail, "unmasked: 人口普查核对") || page.Items[0].ActorID != w.clerk.User {
			t.Errorf("%+v", page.Items)
		}
	})
}

// TestNoExportedCellIsActive reads what leaves as a spreadsheet would.
func TestNoExportedCellIsActive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := exports.Order{Kind: exports.Roster, UnitID: w.community, Unmasked: true, Reason: "人口普查核对"}
		text, err := w.order(w.clerk, o)
		w.Must(err)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
		w.Must(err)
		if !strings.Contains(fmt.Sprint(rows), "'"+hostile) {
			t.Errorf("the hostile cell is missing: %v", rows)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\x00") {
					t.Errorf("%q", cell)
				}
			}
		}
		o.Format = sheet.XLSX
		text, err = w.order(w.clerk, o)
		w.Must(err)
		table, err := sheet.Open(strings.NewReader(text), int64(len(text)), func(cells []string) bool { return cells[0] == "小区" })
		w.Must(err)
		defer table.Close()
		names := map[string]bool{}
		for range 2 {
			row, err := table.Next()
			w.Must(err)
			names[row.Cells[4]] = true
		}
		if !names["王桂花"] || !names[hostile] {
			t.Errorf("%v", names)
		}
	})
}
