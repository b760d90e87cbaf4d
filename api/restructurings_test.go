package api_test

import (
	"slices"
	"testing"

	"jinlin/api/apitest"
	"jinlin/model"
)

type restructuringAnswer struct {
	ID, Status string
	Diff       struct {
		Created, Dissolved []struct{ Name string }
		Before, After      struct{ Branches, Single, Former int }
	}
	Work []struct {
		Kind     string
		HandOver bool
	}
	Events []struct{ Move string }
}

func TestARestructuringOverHTTP(t *testing.T) {
	t.Parallel()
	c := openCounty(t, "")
	clerk := appointed(t, c.server, "clerk-one", model.CountyClerk, c.root)
	other := appointed(t, c.server, "clerk-two", model.CountyClerk, c.root)
	form := map[string]any{
		"unitId": c.there.community, "title": "组织设置调整", "effectiveOn": "2026-11-23",
		"branches":  []map[string]any{{"ref": "new", "name": "新建党支部", "branchType": "single", "estateIds": []model.UnitID{c.there.estate}}},
		"dissolved": []map[string]any{{"branchId": c.there.branch, "successorRef": "new"}},
	}
	var r restructuringAnswer
	tag := clerk.Post("/v1/restructurings", form, "Idempotency-Key: r").Want(201).Into(&r).Header.Get("ETag")
	path := "/v1/restructurings/" + r.ID
	form["title"] = "小区党组织设置优化"
	clerk.Put(path, form, "If-Match: "+tag).Want(200)
	clerk.Put(path, form, "If-Match: "+tag).Refused(412, "changed_meanwhile")
	other.Post(path+"/approval", nil).Refused(409, "illegal_transition")
	clerk.Post(path+"/submission", nil).Want(200)
	clerk.Post(path+"/approval", nil).Refused(403, "own_restructuring")
	c.request(c.there)
	other.Post(path+"/approval", nil).Refused(409, "open_work")
	if clerk.Get(path).Want(200).Into(&r); len(r.Work) != 1 || r.Work[0].Kind != "mailbox" || r.Work[0].HandOver || r.Diff.After.Single != 1 {
		t.Errorf("%+v", r)
	}
	other.Post(path+"/rejection", map[string]string{"reason": "诉求一并移交"}).Want(200)
	form["handOver"] = []string{"mailbox"}
	clerk.Put(path, form).Want(200)
	clerk.Post(path+"/submission", nil).Want(200)
	other.Post(path+"/approval", map[string]string{"note": "同意"}, "Idempotency-Key: a").Want(200).Into(&r)
	other.Post(path+"/approval", map[string]string{"note": "同意"}, "Idempotency-Key: a").Want(200)
	if clerk.Get(path).Want(200).Into(&r); r.Status != "effective" || len(r.Diff.Created) != 1 || len(r.Diff.Dissolved) != 1 || r.Diff.Before != r.Diff.After {
		t.Errorf("%+v", r)
	}
	var moves []string
	for _, e := range r.Events {
		moves = append(moves, e.Move)
	}
	want := []string{"draft", "edit", "submission", "rejection", "edit", "submission", "approval", "effect"}
	if !slices.Equal(moves, want) {
		t.Errorf("%v", moves)
	}
	followed(t, c, c.server.Anybody(t))
}

// request puts one that is open at a place.
func (c *county) request(p *place) { requestIn(model.RequestAccepted)(c, p, p.neighbour) }

// followed asks as anybody who took over.
func followed(t *testing.T, c *county, anybody *apitest.Person) {
	t.Helper()
	var lineage struct {
		Successors []struct {
			Unit struct{ ID, Name string }
			Main bool
		}
	}
	anybody.Get("/v1/units/" + c.there.branch.String() + "/lineage").Want(200).Into(&lineage)
	if len(lineage.Successors) != 1 || lineage.Successors[0].Unit.Name != "新建党支部" || !lineage.Successors[0].Main {
		t.Fatalf("%+v", lineage)
	}
	for day, name := range map[string]string{"2026-11-22": "branch", "2026-11-23": "新建党支部"} {
		var units struct{ Items []struct{ Name string } }
		anybody.Get("/v1/units?kind=branch&parentId=" + c.there.community.String() + "&asOf=" + day).Want(200).Into(&units)
		if len(units.Items) != 1 || units.Items[0].Name != name {
			t.Errorf("on %s: %+v", day, units.Items)
		}
	}
}
