package api_test

import (
	"net/http"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store/storetest"
)

type gridLeadSeen struct {
	ID, UserID, Name, ValidFrom, Reason string
	ValidTo                             *string
}

func TestAWorkerLeadsAGridIsMovedAndLeaves(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	w := storetest.World{T: t, Store: o.Store, Clock: o.Clock}
	community := w.Read(o.estate).ParentID
	grid, other := w.Unit(model.Grid, community), w.Unit(model.Grid, community)
	leads, today := "/v1/grids/"+grid.String()+"/leads", "2026-11-23"

	o.clerk.Post(leads, map[string]any{"userId": o.elder.ID}).Refused(http.StatusBadRequest, "invalid")
	var given grantSeen
	o.clerk.Post("/v1/grants", map[string]any{"userId": o.elder.ID, "role": "grid_worker", "unitId": grid, "reason": "公开招聘"}).Want(http.StatusCreated).Into(&given)
	var lead gridLeadSeen
	first := o.clerk.Post(leads, map[string]any{"userId": o.elder.ID}, "Idempotency-Key: one").Want(http.StatusCreated)
	first.Into(&lead)
	again := o.clerk.Post(leads, map[string]any{"userId": o.elder.ID}, "Idempotency-Key: one").Want(http.StatusCreated)
	if lead.ValidFrom != today || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%+v", lead)
	}
	o.clerk.Post(leads, map[string]any{"userId": o.elder.ID}).Refused(http.StatusConflict, "leads_already")

	var problem struct {
		Code   string
		Fields []struct{ Path, Message string }
	}
	o.clerk.Delete("/v1/grants/" + given.ID).Want(http.StatusConflict).Into(&problem)
	if problem.Code != "work_in_hand" || len(problem.Fields) != 1 || problem.Fields[0].Path != "leads" || problem.Fields[0].Message != "还有1个牵头的网格。" {
		t.Errorf("%+v", problem)
	}
	moves := "/v1/staff/" + o.elder.ID + "/moves"
	o.clerk.Post(moves, map[string]any{"from": given.ID, "role": "grid_worker", "unitId": w.Unit(model.Grid, w.Unit(model.Community, w.Read(community).ParentID))}).
		Refused(http.StatusConflict, "work_in_hand")
	o.Clock.Move(time.Minute) // ids are in order of time
	var moved struct{ Ended, Begun grantSeen }
	o.clerk.Post(moves, map[string]any{"from": given.ID, "role": "community_worker", "unitId": community, "reason": "通过选聘考试"}).Want(http.StatusCreated).Into(&moved)
	if moved.Ended.Status != "ended" || *moved.Ended.To != moved.Begun.From || moved.Begun.Status != "in_force" {
		t.Errorf("%+v", moved)
	}
	var history struct {
		Items []struct {
			grantSeen
			Reason, GrantedBy, EndedBy string
		}
	}
	o.clerk.Get("/v1/staff/" + o.elder.ID + "/roles").Want(http.StatusOK).Into(&history)
	if len(history.Items) != 2 || history.Items[0].Reason != "通过选聘考试" || history.Items[1].Reason != "公开招聘" || history.Items[1].EndedBy == "" || history.Items[0].Unit.Kind != "community" {
		t.Errorf("%+v", history)
	}
	o.elder.Get("/v1/staff/"+o.elder.ID+"/roles").Refused(http.StatusForbidden, "forbidden")
	o.clerk.Post("/v1/grids/"+grid.String()+"/lead/end", map[string]any{"reason": "轮岗"}).Want(http.StatusOK)
	o.clerk.Post("/v1/grids/"+grid.String()+"/lead/end", map[string]any{"reason": "轮岗"}).Refused(http.StatusConflict, "no_lead")
	o.clerk.Post("/v1/grids/"+other.String()+"/leads", map[string]any{"userId": o.elder.ID, "from": "2026-12-01"}).Want(http.StatusCreated)
	var list struct{ Items []gridLeadSeen }
	o.clerk.Get(leads + "?asOf=" + today).Want(http.StatusOK).Into(&list)
	if len(list.Items) != 0 {
		t.Errorf("ended on the day it began: %+v", list)
	}
	o.clerk.Get(leads).Want(http.StatusOK).Into(&list)
	if len(list.Items) != 1 || list.Items[0].Name == "" || list.Items[0].Reason != "轮岗" || *list.Items[0].ValidTo != today {
		t.Errorf("%+v", list)
	}
}

func TestAClerkFindsSomebodyByTheirNumber(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	number := withNumber(&county{server: o.Server, World: storetest.World{T: t, Store: o.Store, Clock: o.Clock}}, nil, model.UserID{})["phone"]
	var found struct{ ID, Nickname, PhoneMasked string }
	o.clerk.Post("/v1/staff/lookups", map[string]any{"phone": number}).Want(http.StatusOK).Into(&found)
	if found.ID == "" || found.Nickname != "有号码的人" || found.PhoneMasked != number[:3]+"****"+number[7:] {
		t.Errorf("%+v", found)
	}
	o.clerk.Post("/v1/staff/lookups", map[string]any{"phone": "13800009999"}).Refused(http.StatusNotFound, "not_found")
	o.elder.Post("/v1/staff/lookups", map[string]any{"phone": number}).Refused(http.StatusForbidden, "forbidden")
}

func TestAMemberOfATeamIsChangedByWhoeverReadItLast(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	secretary := appointed(t, o.Server, "secretary", model.Secretary, o.branch)
	var member struct {
		ID, Name, Phone, Task string
		Version               int
	}
	secretary.Post("/v1/units/"+o.branch.String()+"/team-members", map[string]any{"role": "volunteer", "name": "热心人", "phone": "13800000001"}).Want(http.StatusCreated).Into(&member)
	path := "/v1/team-members/" + member.ID
	tag := secretary.Get(path).Want(http.StatusOK).Header.Get("ETag")
	secretary.Patch(path, map[string]any{"phone": "13800000002", "task": "代办"}, "If-Match: "+tag).Want(http.StatusOK).Into(&member)
	if member.Phone != "138****0002" || member.Task != "代办" || member.Name != "热心人" || member.Version != 2 {
		t.Errorf("%+v", member)
	}
	secretary.Patch(path, map[string]any{"task": ""}, "If-Match: "+tag).Refused(http.StatusPreconditionFailed, "changed_meanwhile")
}
