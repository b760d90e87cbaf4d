package demo_test

import (
	"slices"
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/board"
	"jinlin/service/demo"
	"jinlin/service/followers"
	"jinlin/service/identity"
	"jinlin/service/mailbox"
	"jinlin/service/org"
	"jinlin/service/paperbox"
	"jinlin/service/push"
)

// mailroom: sealed identities, boxes of tin, entries for others, the board and what followed.
func mailroom(t *testing.T, s *store.Store) {
	units := org.New(s)
	rights, ctx := access.New(s, units), t.Context()
	clerk := persona(t, s, "clerk-county")
	must := func(what string, found bool, err error) {
		t.Helper()
		if err != nil || !found {
			t.Errorf("there is no %s, %v", what, err)
		}
	}

	sources := map[model.RequestSource]int{}
	cards, reds, risen := 0, 0, 0
	box := mailbox.New(s, rights, units, nil, nil, nil, mailbox.Defaults())
	everything := readAll(t, func(page model.Page) (model.Listing[mailbox.Entry], error) {
		return box.Inbox(ctx, clerk, mailbox.InboxFilter{}, page)
	})
	for _, e := range everything {
		sources[e.Request.Source]++
		for _, c := range e.Clocks {
			if c.RedAt != nil {
				reds++
			}
			if c.RedAt != nil && c.YellowAt != nil {
				cards++
			}
		}
		if e.Request.Level == model.LevelTown || e.Request.Level == model.LevelCounty {
			risen++
		}
	}
	for _, source := range []model.RequestSource{model.SourceOnline, model.SourceBox, model.SourceProxy, model.SourceGroup} {
		must(string(source)+" request", sources[source] > 0, nil)
	}
	must("clock with both cards", cards > 0 && reds > cards, nil)
	must("request that came up to the town", risen > 0, nil)

	openings, err := identity.New(s, rights, units, nil).List(ctx, clerk, model.UnitID{}, "", model.Page{})
	must("identity that was opened", len(openings.Items) > 0 && openings.Items[0].Status == model.OpeningApproved, err)
	paper := paperbox.New(s, rights, units, box, nil, nil)
	for _, overdue := range []bool{false, true} {
		boxes, err := paper.Boxes(ctx, clerk, model.UnitID{}, overdue, model.Page{})
		must("box of tin, or overdue one", len(boxes.Items) > 0, err)
	}
	told, err := paper.Public(ctx, string(model.NewSlipNumber(1)), "")
	must("slip that was answered", told.AnsweredAt != nil, err)

	book, err := box.PromiseBook(ctx, demo.Generate().Branch("虹桥小区").ID)
	must("promise that was kept, and one that was broken", book.Kept > 0 && book.Broken > 0 && book.Open > 0, err)
	secretary, err := push.New(s, rights, units, nil, push.Settings{}).Inbox(ctx, persona(t, s, "secretary-tianyue"), model.Page{Limit: model.MaxLimit})
	must("word of a box that nobody opened", slices.ContainsFunc(secretary.Items, func(m model.Message) bool { return m.Kind == "box_missed" }), err)
	shown, err := board.New(s, rights, units, nil, nil).Public(ctx, board.Filter{}, model.Page{Limit: model.MaxLimit})
	must("board", len(shown.Items) >= 8, err)
	heard := 0
	for _, r := range demo.Generate().Residents {
		followed, err := followers.New(s, nil, nil).Mine(ctx, model.Actor{User: r.User}, model.Page{})
		if err != nil {
			t.Fatal(err)
		}
		if len(followed.Items) == 0 {
			continue
		}
		inbox, err := push.New(s, rights, units, nil, push.Settings{}).Inbox(ctx, model.Actor{User: r.User}, model.Page{Limit: model.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range inbox.Items {
			if m.Kind == "followed_request" {
				heard++
			}
		}
	}
	must("follower who heard", heard > 0, nil)
}

// readAll reads a list to its end.
func readAll[T any](t *testing.T, list func(model.Page) (model.Listing[T], error)) (all []T) {
	t.Helper()
	for page := (model.Page{Limit: model.MaxLimit}); ; {
		found, err := list(page)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found.Items...)
		if page.After = found.Next; page.After == nil {
			return all
		}
	}
}
