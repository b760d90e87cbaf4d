package api_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
)

// TestAMergedRequestIsReadAndJudgedInItself merges li's request into wang's, and that into another of
// wang's.
func TestAMergedRequestIsReadAndJudgedInItself(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang, li, secretary := s.SignIn(t, "resident-wang"), s.SignIn(t, "resident-li"), s.SignIn(t, "secretary-hongqiao")
	wang.Patch("/v1/me", map[string]string{"nickname": "王女士"}).Want(200)
	estate := estateLedBy(t, s, secretary)
	var first, second, last requestAnswer
	li.Post("/v1/mailbox/requests", lamp(estate)).Want(201).Into(&first)
	wang.Post("/v1/mailbox/requests", lamp(estate)).Want(201).Into(&second)
	wang.Post("/v1/mailbox/requests", lamp(estate)).Want(201).Into(&last)
	path := func(r requestAnswer) string { return "/v1/mailbox/requests/" + r.ID }
	secretary.Post(path(first)+"/merges", map[string]any{"intoId": second.ID}).Want(200)
	secretary.Post(path(second)+"/merges", map[string]any{"intoId": last.ID}).Want(200)
	ended := string(secretary.Post(path(last)+"/merges", map[string]any{"intoId": first.ID}).Refused(409, "illegal_transition").Body)
	if !strings.Contains(ended, `"current":"merged"`) || !strings.Contains(ended, "intoId") {
		t.Errorf("the end of the other is told as %s", ended)
	}
	li.Post(path(first)+"/feedback", map[string]any{"outcome": "fixed"}).Refused(409, "illegal_transition")
	secretary.Post(path(last)+"/acceptance", nil).Want(200)
	secretary.Post(path(last)+"/reply", map[string]any{"text": "王女士您好，已换新灯"}).Want(200)

	var view struct {
		Status string
		Merged struct {
			Status  string
			Answers []struct{ Kind, Text string }
		}
	}
	answer := li.Get(path(first)).Want(200)
	answer.Into(&view)
	if view.Status != "merged" || view.Merged.Status != "replied" || len(view.Merged.Answers) != 1 || !strings.HasSuffix(view.Merged.Answers[0].Text, "您好，已换新灯") {
		t.Errorf("%+v", view)
	}
	everything := string(answer.Body) + string(li.Get("/v1/me/requests").Want(200).Body) + string(li.Get("/v1/me/export").Want(200).Body)
	for _, word := range []string{second.ID, last.ID, last.Receipt, "王女士"} {
		if strings.Contains(everything, word) {
			t.Errorf("they read %q", word)
		}
	}
	staff := ""
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(staff, `"mergedIntoId":"`+last.ID); { // a job merges it on
		if _, err := s.Jobs.Drain(t.Context()); err != nil || time.Now().After(deadline) {
			t.Fatalf("%v; staff read %s", err, staff)
		}
		staff = string(secretary.Get(path(first)).Want(200).Body)
	}
	li.Post(path(first)+"/feedback", map[string]any{"outcome": "not_fixed", "rating": 1}).Want(200)
	li.Post(path(first)+"/feedback", map[string]any{"outcome": "fixed"}).Refused(409, "illegal_transition")
	var after requestAnswer
	wang.Get(path(last)).Want(200).Into(&after)
	if end := after.Timeline[len(after.Timeline)-1]; after.Status != "reopened" || end.Kind != "objection" || end.By != "resident" || end.Text != "" {
		t.Errorf("%+v", after)
	}
	if text := string(wang.Get(path(last)).Body); strings.Contains(text, first.ID) {
		t.Errorf("the other reads %s", text)
	}
}
