package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
)

// branchWithSecretary adds a county with a branch, the estate it leads and its secretary.
// The secretary is the county's clerk as well, who fills pools.
func branchWithSecretary(t *testing.T, s *apitest.Server) (branch, estate model.UnitID, secretary *apitest.Person) {
	t.Helper()
	now := s.Clock.Now()
	county := model.Unit{ID: model.NewID[model.Unit](now), Kind: model.County, Name: "晋县", ValidFrom: "2026-01-01", CreatedAt: now}
	b := model.Unit{ID: model.NewID[model.Unit](now), ParentID: county.ID, Kind: model.Branch, Name: "虹桥小区党支部", ValidFrom: "2026-01-01", CreatedAt: now}
	e := model.Unit{ID: model.NewID[model.Unit](now), ParentID: county.ID, Kind: model.Estate, Name: "虹桥小区", ValidFrom: "2026-01-01", CreatedAt: now}
	secretary = s.SignIn(t, "secretary-hongqiao")
	user, err := model.ParseID[model.User](secretary.ID)
	for _, err := range []error{
		err, s.Store.Units.Add(t.Context(), &county, &b, &e),
		s.Store.Covers.Add(t.Context(), &model.Cover{UnitID: b.ID, CoveredID: e.ID, ValidFrom: "2026-01-01"}),
		s.Store.Grants.Add(t.Context(),
			&model.Grant{ID: model.NewID[model.Grant](now), UserID: user, Role: model.Secretary, UnitID: b.ID, ValidFrom: now, CreatedAt: now},
			&model.Grant{ID: model.NewID[model.Grant](now), UserID: user, Role: model.CountyClerk, UnitID: county.ID, ValidFrom: now, CreatedAt: now}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.ID, e.ID, secretary
}

type activityBody struct {
	ID, Status string
	PlacesLeft int
	MySignUp   *struct {
		ID, Status string
		Position   int
	}
}

func TestAnActivityFromDraftToAttendance(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	branch, estate, secretary := branchWithSecretary(t, s)
	wang, li, zhao := s.SignIn(t, "resident-wang"), s.SignIn(t, "resident-li"), s.SignIn(t, "resident-zhao")
	start := s.Clock.Now().Add(30 * time.Minute)
	draft := map[string]any{
		"title": "清扫楼道", "description": "带上扫帚", "unitId": branch, "startsAt": start, "endsAt": start.Add(time.Hour),
		"signUpOpensAt": start.Add(-time.Hour), "signUpClosesAt": start, "capacity": 2, "waitingList": true, "place": "3 号楼",
		"points": 5, "requiresCheckOut": false, "audience": "open",
	}
	wang.Post("/v1/activities", draft).Refused(http.StatusForbidden, "forbidden")
	var a activityBody
	written := secretary.Post("/v1/activities", draft).Want(http.StatusCreated).Into(&a)
	path := "/v1/activities/" + a.ID
	s.Anybody(t).Get(path).Refused(http.StatusNotFound, "not_found")
	tag := written.Header.Get("ETag")
	secretary.Patch(path, map[string]any{"title": "清扫 3 号楼"}, "If-Match: "+tag).Want(http.StatusOK)
	secretary.Patch(path, map[string]any{"title": "清扫 4 号楼"}, "If-Match: "+tag).Refused(http.StatusPreconditionFailed, "changed_meanwhile")
	first := secretary.Post(path+"/publication", nil, "Idempotency-Key: p-1").Want(http.StatusOK)
	if again := secretary.Post(path+"/publication", nil, "Idempotency-Key: p-1").Want(http.StatusOK); string(again.Body) != string(first.Body) || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Fatalf("%s is not %s", again.Body, first.Body)
	}
	secretary.Post(path+"/publication", nil).Refused(http.StatusConflict, "illegal_transition")

	var page struct{ Items []activityBody }
	s.Anybody(t).Get("/v1/activities?estateId=" + estate.String()).Want(http.StatusOK).Into(&page)
	if len(page.Items) != 1 || page.Items[0].ID != a.ID {
		t.Fatalf("%+v", page)
	}
	var came, helped, waits struct {
		ID, Status string
		Position   int
	}
	wang.Post(path+"/sign-ups", map[string]any{}).Want(http.StatusCreated).Into(&came)
	li.Post(path+"/sign-ups", map[string]any{"answers": map[string]string{"过敏": "无"}}).Want(http.StatusCreated).Into(&helped)
	taken := map[string]any{"purpose": "companions", "given": false}
	li.Post("/v1/me/consents", taken).Want(http.StatusCreated)
	zhao.Post("/v1/me/consents", taken).Want(http.StatusCreated)
	zhao.Post(path+"/sign-ups", map[string]any{"answers": map[string]string{"过敏": "无"}}).Refused(http.StatusConflict, "consent_required")
	zhao.Get("/v1/me/consents").Want(http.StatusOK)
	zhao.Post(path+"/sign-ups", map[string]any{}).Want(http.StatusCreated).Into(&waits)
	wang.Post(path+"/sign-ups", map[string]any{}).Refused(http.StatusConflict, "already_signed_up")
	zhao.Get(path).Want(http.StatusOK).Into(&a)
	if a.PlacesLeft != 0 || a.MySignUp == nil || a.MySignUp.Status != "waitlisted" || waits.Position != 1 {
		t.Fatalf("%+v, %+v", a, waits)
	}
	zhao.Get("/v1/me/sign-ups").Want(http.StatusOK)
	zhao.Get(path+"/sign-ups").Refused(http.StatusForbidden, "forbidden")
	secretary.Get(path + "/sign-ups").Want(http.StatusOK)

	var code struct{ Code string }
	secretary.Get(path + "/check-in-code").Want(http.StatusOK).Into(&code)
	wang.Post(path+"/check-ins", map[string]string{"code": code.Code}).Want(http.StatusOK)
	zhao.Post(path+"/check-ins", map[string]string{"code": code.Code}).Refused(http.StatusConflict, "not_signed_up")
	// No pool has been filled: the record stays, the points are owed, and a repeat hears the same.
	record := map[string]any{"signUpId": came.ID, "at": s.Clock.Now(), "kind": "in", "clientId": "tablet/1"}
	for _, key := range []string{"a-1", "a-1", "a-2"} {
		secretary.Post(path+"/attendance", record, "Idempotency-Key: "+key).Refused(http.StatusConflict, "pool_exhausted")
	}
	wang.Get(path).Into(&a)
	if a.MySignUp == nil || a.MySignUp.Status != "confirmed" {
		t.Fatalf("%+v", a.MySignUp)
	}
	secretary.Post("/v1/points/pools", map[string]any{"sponsor": "红星超市", "unitId": branch, "points": 100, "backing": "大米 4 袋"}).Want(http.StatusCreated)
	record["signUpId"], record["clientId"] = helped.ID, "tablet/2"
	for range 2 {
		secretary.Post(path+"/attendance", record).Want(http.StatusOK)
	}
	var earned struct{ Available int }
	if li.Get("/v1/me/points").Want(http.StatusOK).Into(&earned); earned.Available != 5 {
		t.Fatalf("earned %d points", earned.Available)
	}
	calendar := s.Anybody(t).Get(path + "/calendar.ics").Want(http.StatusOK)
	if got := calendar.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" || !strings.HasPrefix(string(calendar.Body), "BEGIN:VCALENDAR\r\n") {
		t.Fatalf("%s %q", got, calendar.Body)
	}
}

func TestAFreedPlaceIsOfferedAndAccepted(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	branch, _, secretary := branchWithSecretary(t, s)
	wang, li := s.SignIn(t, "resident-wang"), s.SignIn(t, "resident-li")
	start := s.Clock.Now().Add(48 * time.Hour)
	var a activityBody
	secretary.Post("/v1/activities", map[string]any{
		"title": "银龄课堂", "unitId": branch, "startsAt": start, "endsAt": start.Add(time.Hour), "signUpOpensAt": s.Clock.Now(),
		"signUpClosesAt": start, "capacity": 1, "place": "党群服务站",
	}).Want(http.StatusCreated).Into(&a)
	path := "/v1/activities/" + a.ID
	secretary.Post(path+"/publication", nil).Want(http.StatusOK)
	wang.Post(path+"/sign-ups", map[string]any{}).Want(http.StatusCreated)
	var waits struct{ ID string }
	li.Post(path+"/sign-ups", map[string]any{}).Want(http.StatusCreated).Into(&waits)
	li.Post("/v1/sign-ups/"+waits.ID+"/acceptance", nil).Refused(http.StatusConflict, "illegal_transition")
	wang.Delete(path + "/sign-ups/mine").Want(http.StatusNoContent)
	wang.Post("/v1/sign-ups/"+waits.ID+"/acceptance", nil).Refused(http.StatusNotFound, "not_found")
	for range 2 {
		li.Post("/v1/sign-ups/"+waits.ID+"/acceptance", nil, "Idempotency-Key: k").Want(http.StatusOK)
	}
	secretary.Post(path+"/cancellation", map[string]string{"reason": "停电"}).Want(http.StatusOK)
	wang.Post(path+"/sign-ups", map[string]any{}).Refused(http.StatusConflict, "sign_up_closed")
}
