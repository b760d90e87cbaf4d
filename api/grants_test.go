package api_test

import (
	"net/http"
	"testing"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

type grantSeen struct {
	ID, UserID, Role, Status, From, Nickname string
	To                                       *string
	Unit                                     struct{ ID, Name, Kind string }
}

// office is a county with two clerks, a town and a branch that leads an estate.
type office struct {
	*apitest.Server
	county, branch, estate model.UnitID
	clerk, second, elder   *apitest.Person
}

func openOffice(t *testing.T) *office {
	t.Helper()
	o := &office{Server: apitest.Start(t, "", "JINLIN_ROLES=api")}
	w := storetest.World{T: t, Store: o.Store, Clock: o.Clock}
	o.county = w.Unit(model.County, model.UnitID{})
	community := w.Unit(model.Community, w.Unit(model.Town, o.county))
	o.branch, o.estate = w.Unit(model.Branch, community), w.Unit(model.Estate, community)
	w.Cover(o.branch, o.estate)
	o.clerk, o.second = appointed(t, o.Server, "clerk", model.CountyClerk, o.county), appointed(t, o.Server, "second", model.CountyClerk, o.county)
	o.elder = o.SignIn(t, "elder")
	return o
}

func TestAClerkGivesARoleAndEndsIt(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	form := map[string]any{"userId": o.elder.ID, "role": "secretary", "unitId": o.branch, "from": "2026-11-23", "to": "2027-11-23T00:00:00+08:00"}
	var given, again grantSeen
	o.clerk.Post("/v1/grants", form, "Idempotency-Key: one").Want(http.StatusCreated).Into(&given)
	repeated := o.clerk.Post("/v1/grants", form, "Idempotency-Key: one").Want(http.StatusCreated).Into(&again)
	if given.ID != again.ID || repeated.Header.Get("Idempotency-Replayed") != "true" || given.Status != "in_force" || *given.To != "2027-11-22T16:00:00Z" {
		t.Errorf("%+v, then %+v", given, again)
	}
	o.clerk.Post("/v1/grants", form).Refused(http.StatusConflict, "already_granted")
	var me struct{ Roles []struct{ Role string } }
	o.elder.Get("/v1/me").Want(http.StatusOK).Into(&me)
	var inbox struct {
		Items []struct{ Title, Text string }
	}
	o.elder.Get("/v1/me/messages").Want(http.StatusOK).Into(&inbox)
	if len(me.Roles) != 1 || me.Roles[0].Role != "secretary" || len(inbox.Items) != 1 || inbox.Items[0].Title != "您有新的工作角色" {
		t.Errorf("%+v, %+v", me, inbox)
	}
	o.clerk.Delete("/v1/grants/" + given.ID).Want(http.StatusNoContent)
	o.clerk.Delete("/v1/grants/" + given.ID).Want(http.StatusNoContent)
	o.elder.Get("/v1/mailbox/inbox").Refused(http.StatusForbidden, "forbidden")
	var list struct{ Items []grantSeen }
	o.clerk.Get("/v1/grants?userId=" + o.elder.ID).Want(http.StatusOK).Into(&list)
	if len(list.Items) != 1 || list.Items[0].Status != "ended" || list.Items[0].To == nil || list.Items[0].Unit.Kind != "branch" || list.Items[0].Nickname == "" {
		t.Errorf("%+v", list)
	}
	o.clerk.Get("/v1/grants?role=secretary&asOf=2026-11-22&unitId=" + o.county.String()).Want(http.StatusOK).Into(&list)
	if len(list.Items) != 0 {
		t.Errorf("the day before: %+v", list)
	}
}

func TestGrantsThatAreRefused(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	give := func(change map[string]any) *apitest.Answer {
		form := map[string]any{"userId": o.elder.ID, "role": "secretary", "unitId": o.branch}
		for name, value := range change {
			form[name] = value
		}
		return o.clerk.Post("/v1/grants", form)
	}
	give(map[string]any{"userId": o.clerk.ID}).Refused(http.StatusForbidden, "own_role")
	give(map[string]any{"role": "emperor"}).Want(http.StatusBadRequest)
	give(map[string]any{"from": "tomorrow"}).Want(http.StatusBadRequest)
	give(map[string]any{"to": "2026-11-22"}).Want(http.StatusBadRequest)
	give(map[string]any{"unitId": o.county}).Want(http.StatusBadRequest)
	o.elder.Post("/v1/grants", map[string]any{"userId": o.clerk.ID, "role": "secretary", "unitId": o.branch}).Refused(http.StatusForbidden, "forbidden")
}

func TestAClerkIsMadeByTwo(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	var given grantSeen
	o.clerk.Post("/v1/grants", map[string]any{"userId": o.elder.ID, "role": "county_clerk", "unitId": o.county}).Want(http.StatusCreated).Into(&given)
	if given.Status != "pending" {
		t.Errorf("%+v", given)
	}
	o.elder.Get("/v1/grants").Refused(http.StatusForbidden, "forbidden")
	o.clerk.Post("/v1/grants/"+given.ID+"/confirmation", nil).Refused(http.StatusForbidden, "second_person_required")
	var waiting struct{ Items []grantSeen }
	o.second.Get("/v1/grants?status=pending").Want(http.StatusOK).Into(&waiting)
	if len(waiting.Items) != 1 || waiting.Items[0].ID != given.ID {
		t.Errorf("%+v", waiting)
	}
	o.second.Post("/v1/grants/"+given.ID+"/confirmation", nil).Want(http.StatusOK).Into(&given)
	o.second.Post("/v1/grants/"+given.ID+"/confirmation", nil).Refused(http.StatusConflict, "illegal_transition")
	o.elder.Get("/v1/grants").Want(http.StatusOK)
	if given.Status != "in_force" {
		t.Errorf("%+v", given)
	}
}

func TestATeamFromTheStaffsListToTheHousehold(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	secretary := appointed(t, o.Server, "secretary", model.Secretary, o.branch)
	path := "/v1/units/" + o.branch.String() + "/team-members"
	var added struct{ ID, ValidFrom, Phone string }
	secretary.Post(path, map[string]any{"role": "lawyer", "name": "智律师", "phone": "13800000001", "task": "每月一次法律咨询"}).Want(http.StatusCreated).Into(&added)
	secretary.Post(path, map[string]any{"role": "lawyer", "name": "智律师"}).Refused(http.StatusConflict, "team_member_already")
	type team struct {
		Secretary, Worker string
		Branch            struct{ ID string }
		Members           []struct{ ID, Role, Name, Phone, Task string }
	}
	var mine team
	o.elder.Get("/v1/my-team").Want(http.StatusBadRequest)
	o.elder.Get("/v1/my-team?estateId=" + o.estate.String()).Want(http.StatusOK).Into(&mine)
	if mine.Branch.ID != o.branch.String() || mine.Secretary == "" || len(mine.Members) != 1 || mine.Members[0].Phone != "138****0001" {
		t.Errorf("%+v", mine)
	}
	id, err := model.ParseID[model.User](o.elder.ID)
	if err != nil {
		t.Fatal(err)
	}
	w := storetest.World{T: t, Store: o.Store, Clock: o.Clock}
	w.LivesIn(model.Actor{User: id}, o.estate, w.Unit(model.Building, o.estate))
	o.elder.Get("/v1/my-team").Want(http.StatusOK).Into(&mine)
	if len(mine.Members) != 1 || mine.Members[0].Phone != "13800000001" || mine.Members[0].Task != "每月一次法律咨询" {
		t.Errorf("%+v", mine)
	}
	secretary.Delete("/v1/team-members/" + added.ID).Want(http.StatusNoContent)
	o.elder.Get("/v1/my-team").Want(http.StatusOK).Into(&mine)
	if len(mine.Members) != 0 {
		t.Errorf("%+v", mine)
	}
}
