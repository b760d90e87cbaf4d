package api_test

import (
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
)

func TestAHeldActivityIsReleasedBySomebodyElse(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	branch, _, secretary := branchWithSecretary(t, s)
	worker, wang := s.SignIn(t, "worker-nancheng"), s.SignIn(t, "resident-wang")
	user, err := model.ParseID[model.User](worker.ID)
	if err == nil {
		now := s.Clock.Now()
		err = s.Store.Grants.Add(t.Context(), &model.Grant{ID: model.NewID[model.Grant](now), UserID: user, Role: model.CommunityWorker, UnitID: branch, ValidFrom: now, CreatedAt: now})
	}
	if err != nil {
		t.Fatal(err)
	}
	var a activityBody
	start := s.Clock.Now().Add(30 * time.Minute)
	secretary.Post("/v1/activities", map[string]any{
		"title": "【复核】清扫", "description": "带上扫帚", "unitId": branch, "startsAt": start, "endsAt": start.Add(time.Hour),
		"signUpOpensAt": start.Add(-time.Hour), "signUpClosesAt": start, "capacity": 2, "waitingList": true, "place": "3 号楼",
		"points": 0, "requiresCheckOut": false, "audience": "open",
	}).Want(201).Into(&a)
	publish := "/v1/activities/" + a.ID + "/publication"
	secretary.Post(publish, nil).Refused(409, "content_held")
	var waiting struct {
		Items []struct{ ID, Kind, ObjectID, Text, Status string }
		Next  *string
	}
	list := "/v1/moderation/items?status=held&unitId=" + branch.String()
	wang.Get(list).Refused(403, "forbidden")
	worker.Get(list).Want(200).Into(&waiting)
	if len(waiting.Items) != 1 || waiting.Items[0].ObjectID != a.ID || waiting.Items[0].Kind != "activity" || waiting.Items[0].Status != "held" {
		t.Fatalf("%+v", waiting)
	}
	decisions := "/v1/moderation/items/" + waiting.Items[0].ID + "/decisions"
	release, refuse := map[string]any{"decision": "release"}, map[string]any{"decision": "refuse"}
	secretary.Post(decisions, release).Refused(403, "own_text")
	wang.Post(decisions, release).Refused(403, "forbidden")
	worker.Post(decisions, refuse).Refused(400, "invalid")
	worker.Post(decisions, map[string]any{"decision": "drop"}).Refused(400, "invalid")
	worker.Post(decisions, release, "Idempotency-Key: one").Want(200)
	worker.Post(decisions, release, "Idempotency-Key: one").Want(200)
	worker.Post(decisions, release).Refused(409, "illegal_transition")
	secretary.Post(publish, nil).Want(200)
	worker.Get(list).Want(200).Into(&waiting)
	if len(waiting.Items) != 0 {
		t.Errorf("%+v", waiting)
	}
}
