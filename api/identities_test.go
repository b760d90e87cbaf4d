package api_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

// TestStaffNeverSeeWhoSealed reads all that staff can read after a sealed request was played
// through, and looks for the person; then two officers open who it is, and they see it.
func TestStaffNeverSeeWhoSealed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang, secretary, clerk, second := s.SignIn(t, "resident-wang"), s.SignIn(t, "secretary-hongqiao"), s.SignIn(t, "clerk-county"), s.SignIn(t, "second-clerk")
	auditor := s.SignIn(t, "auditor")
	estate := estateLedBy(t, s, secretary)
	w := storetest.World{T: t, Store: s.Store, Clock: s.Clock}
	chain := w.Read(w.Read(w.Read(estate).ParentID).ParentID).ParentID
	for person, role := range map[*apitest.Person]model.Role{clerk: model.CountyClerk, second: model.CountyClerk, auditor: model.Auditor} {
		id, err := model.ParseID[model.User](person.ID)
		w.Must(err)
		w.Grant(model.Actor{User: id}, role, chain)
	}
	wang.Patch("/v1/me", map[string]any{"nickname": "王桂花"}).Want(200)
	in := lamp(estate)
	in["identity"] = "sealed"
	var request requestAnswer
	wang.Post("/v1/mailbox/requests", in).Want(201).Into(&request)
	path := "/v1/mailbox/requests/" + request.ID
	secretary.Post(path+"/acceptance", nil).Want(200)
	secretary.Post(path+"/messages", map[string]any{"text": "请问几号楼？"}).Want(201)
	wang.Post(path+"/messages", map[string]any{"text": "三号楼【复核】"}).Want(201)
	secretary.Post(path+"/reply", map[string]any{"text": "已换新灯"}).Want(200)
	wang.Post(path+"/feedback", map[string]any{"outcome": "not_fixed"}).Want(200)

	var view struct{ Label, Submitter string }
	secretary.Get(path).Want(200).Into(&view)
	if view.Label == "" || view.Submitter != "" {
		t.Fatalf("%+v", view)
	}
	var opening struct{ ID string }
	court := map[string]any{"ground": "court", "document": "（2026）民初1号", "note": "法院依法调取"}
	clerk.Post(path+"/identity-openings", court).Want(201).Into(&opening)
	branch := branchOf(t, s, request.ID)
	for _, who := range []*apitest.Person{secretary, clerk, auditor} {
		for _, list := range []string{
			path, "/v1/mailbox/inbox", "/v1/mailbox/inbox?status=reopened", "/v1/moderation/items?unitId=" + branch, "/v1/mailbox/identity-openings",
			"/v1/mailbox/identity-openings/" + opening.ID, "/v1/me/messages", "/v1/grants", "/v1/public/requests?estateId=" + estate.String(),
		} {
			if text := string(who.Get(list).Body); strings.Contains(text, wang.ID) || strings.Contains(text, "王桂花") {
				t.Errorf("%s sees who it is in %s: %s", who.ID, list, text)
			}
		}
	}
	opened := "/v1/mailbox/identity-openings/" + opening.ID
	clerk.Post(opened+"/approval", nil).Refused(403, "second_officer_required")
	second.Post(opened+"/approval", nil).Want(200)
	if text := string(second.Post(opened+"/reveals", nil).Want(201).Body); !strings.Contains(text, "王桂花") {
		t.Error(text)
	}
	if text := string(wang.Get("/v1/me/identity-openings").Want(200).Body); !strings.Contains(text, opening.ID) || strings.Contains(text, clerk.ID) {
		t.Error(text)
	}
	s.Clock.Move(25 * time.Hour)
	second.Post(opened+"/reveals", nil).Refused(409, "illegal_transition")
}

// branchOf is the branch that a request is with.
func branchOf(t *testing.T, s *apitest.Server, id string) string {
	t.Helper()
	request, err := model.ParseID[model.Request](id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Store.Requests.Get(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return r.BranchID.String()
}
