package api_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
)

// estateLedBy adds an estate whose branch the person is the secretary of.
func estateLedBy(t *testing.T, s *apitest.Server, secretary *apitest.Person) model.UnitID {
	t.Helper()
	now, ctx := s.Clock.Now(), t.Context()
	unit := func(kind model.UnitKind, parent model.UnitID) model.UnitID {
		u := model.Unit{ID: model.NewID[model.Unit](now), ParentID: parent, Kind: kind, Name: string(kind), ValidFrom: "2020-01-01", CreatedAt: now}
		if err := s.Store.Units.Add(ctx, &u); err != nil {
			t.Fatal(err)
		}
		return u.ID
	}
	community := unit(model.Community, unit(model.Town, unit(model.County, model.UnitID{})))
	estate, branch := unit(model.Estate, community), unit(model.Branch, community)
	if err := s.Store.Covers.Add(ctx, &model.Cover{UnitID: branch, CoveredID: estate, ValidFrom: "2020-01-01"}); err != nil {
		t.Fatal(err)
	}
	user, err := model.ParseID[model.User](secretary.ID)
	if err != nil {
		t.Fatal(err)
	}
	grant := model.Grant{ID: model.NewID[model.Grant](now), UserID: user, Role: model.Secretary, UnitID: branch, ValidFrom: now, CreatedAt: now}
	if err := s.Store.Grants.Add(ctx, &grant); err != nil {
		t.Fatal(err)
	}
	return estate
}

type requestAnswer struct {
	ID, Receipt, Status, Level, Outcome, Submitter string
	Overdue, Mine                                  bool
	Clocks                                         []struct {
		Name         string
		DueAt, MetAt time.Time
	}
	Timeline []struct{ Kind, By, Text string }
}

func lamp(estate model.UnitID) map[string]any {
	return map[string]any{"category": "facilities", "text": "三号楼楼道灯坏了", "identity": "named", "estateId": estate}
}

func TestARequestIsSubmittedAnsweredAndJudged(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang, li, secretary := s.SignIn(t, "resident-wang"), s.SignIn(t, "resident-li"), s.SignIn(t, "secretary-hongqiao")
	estate := estateLedBy(t, s, secretary)
	var request, view requestAnswer
	wang.Post("/v1/mailbox/requests", lamp(estate)).Want(201).Into(&request)
	if request.Status != "screened" || len(request.Clocks) != 2 || !request.Clocks[0].DueAt.Equal(s.Clock.Now().Add(24*time.Hour)) {
		t.Fatalf("%+v", request)
	}
	path := "/v1/mailbox/requests/" + request.ID
	li.Get(path).Refused(404, "not_found")
	li.Post(path+"/acceptance", nil).Refused(403, "forbidden")
	wang.Post(path+"/urges", nil).Want(201)
	wang.Post(path+"/urges", nil).Refused(409, "already_urged")
	s.Clock.Move(25 * time.Hour)
	var inbox struct {
		Items []requestAnswer
		Next  *string
	}
	secretary.Get("/v1/mailbox/inbox?overdue=true&status=screened&unitId=" + estate.String()).Want(200).Into(&inbox)
	if len(inbox.Items) != 1 || inbox.Items[0].ID != request.ID || !inbox.Items[0].Overdue || inbox.Next != nil {
		t.Fatalf("%+v", inbox)
	}
	secretary.Post(path+"/acceptance", map[string]any{"priority": "high"}).Want(200)
	answer := secretary.Post(path+"/acceptance", nil).Refused(409, "illegal_transition")
	if text := string(answer.Body); !strings.Contains(text, `"current":"accepted"`) || !strings.Contains(text, `"allowed":["dispatches","start","extensions","referrals","promises","reply","urges","messages","merges","withdrawal"]`) {
		t.Error(text)
	}
	secretary.Post(path+"/start", nil).Want(200)
	secretary.Post(path+"/messages", map[string]any{"text": "明天来修"}).Want(201)
	wang.Post(path+"/messages", map[string]any{"text": "【违规】"}).Want(201)
	secretary.Post(path+"/reply", map[string]any{"text": "已换新灯"}).Want(200)
	wang.Post(path+"/feedback", map[string]any{"outcome": "not_fixed", "rating": 2, "comment": "还是不亮"}).Want(200).Into(&request)
	if request.Status != "reopened" || request.Level != "community" {
		t.Fatalf("%+v", request)
	}
	secretary.Get(path).Want(200).Into(&view)
	var kinds []string
	for _, e := range view.Timeline {
		if !strings.HasSuffix(e.Kind, "_card") { // they come when the worker comes round
			kinds = append(kinds, e.Kind)
		}
	}
	if got := strings.Join(kinds, " "); got != "submission screening urges acceptance start messages reply feedback" || view.Mine || view.Submitter == "" {
		t.Errorf("%s: %+v", got, view)
	}
	wang.Post(path+"/withdrawal", nil).Want(200)
	var mine struct{ Items []requestAnswer }
	wang.Get("/v1/me/requests").Want(200).Into(&mine)
	if len(mine.Items) != 1 || mine.Items[0].Status != "withdrawn" {
		t.Errorf("%+v", mine)
	}
}

func TestTheMailboxRefusesBadInput(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_ABUSE_LIMITS=on")
	wang, secretary := s.SignIn(t, "resident-wang"), s.SignIn(t, "secretary-hongqiao")
	estate := estateLedBy(t, s, secretary)
	with := func(name string, value any) map[string]any {
		content := lamp(estate)
		content[name] = value
		return content
	}
	s.Anybody(t).Post("/v1/mailbox/requests", lamp(estate)).Refused(401, "unauthenticated")
	wang.Post("/v1/mailbox/requests", with("identity", "nobody")).Refused(400, "invalid")
	wang.Post("/v1/mailbox/requests", with("text", strings.Repeat("字", 2001))).Refused(400, "invalid")
	wang.Post("/v1/mailbox/requests", with("text", "  ")).Refused(400, "invalid")
	wang.Post("/v1/mailbox/requests", with("category", "weather")).Refused(400, "invalid")
	wang.Post("/v1/mailbox/requests", with("estateId", "x")).Refused(400, "invalid")
	wang.Post("/v1/mailbox/requests", with("status", "closed")).Refused(400, "unknown_field")
	wang.Get("/v1/mailbox/inbox").Refused(403, "forbidden")
	secretary.Get("/v1/mailbox/inbox?cursor=AAAAAAAAAAABkp1Yd3h4eHh4eHh4eHh4").Refused(400, "invalid_cursor")
	wang.Post("/v1/mailbox/requests", with("text", strings.Repeat("字", 2000))).Want(201)
	for range 9 {
		wang.Post("/v1/mailbox/requests", lamp(estate)).Want(201)
	}
	answer := wang.Post("/v1/mailbox/requests", lamp(estate)).Refused(429, "daily_limit_reached")
	if answer.Header.Get("Retry-After") != "50400" { // from 10:00 to midnight in Shanghai
		t.Errorf("Retry-After %s", answer.Header.Get("Retry-After"))
	}
}

func TestParallelRepeatsOfASubmissionAreOneRequest(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang, secretary := s.SignIn(t, "resident-wang"), s.SignIn(t, "secretary-hongqiao")
	estate := estateLedBy(t, s, secretary)
	bodies := make([]string, 20)
	var wg sync.WaitGroup
	for i := range bodies {
		wg.Go(func() {
			bodies[i] = string(wang.Post("/v1/mailbox/requests", lamp(estate), "Idempotency-Key: one").Want(201).Body)
		})
	}
	wg.Wait()
	for _, body := range bodies {
		if body != bodies[0] {
			t.Fatalf("two answers: %s and %s", body, bodies[0])
		}
	}
	var mine struct{ Items []requestAnswer }
	wang.Get("/v1/me/requests").Want(200).Into(&mine)
	if len(mine.Items) != 1 {
		t.Errorf("%d requests", len(mine.Items))
	}
	wang.Post("/v1/mailbox/requests", map[string]any{"category": "other", "text": "别的", "identity": "named", "estateId": estate}, "Idempotency-Key: one").
		Refused(422, "idempotency_key_reused")
}

func TestCategoriesAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	for header, want := range map[string]string{"Accept-Language: zh": "公共设施维修", "Accept-Language: en": "Repairs of shared facilities"} {
		if text := string(s.Anybody(t).Get("/v1/mailbox/categories", header).Want(200).Body); !strings.Contains(text, want) {
			t.Errorf("%s: %s", header, text)
		}
	}
}
