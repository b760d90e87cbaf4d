package app

import (
	"context"
	"time"

	"jinlin/service/access"
	"jinlin/service/board"
	"jinlin/service/calendar"
	"jinlin/service/followers"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/open311"
	"jinlin/service/org"
	"jinlin/service/privacy"
	"jinlin/service/push"
	"jinlin/service/statistics"
	"jinlin/service/suggestion"
)

// openness is what the public and other programs see of the mailbox.
type openness struct {
	board     *board.Service
	followers *followers.Service
	figures   *statistics.Service
	alike     *suggestion.Service
	programs  *open311.Service
}

// openBoard makes it, and lets it hear of what happens to requests.
func (a *App) openBoard(rights *access.Service, units *org.Service, texts *moderation.Service, requests *mailbox.Service, pushes *push.Service, days *calendar.Service) openness {
	o := openness{
		board: board.New(a.Store, rights, units, texts, pushes), followers: followers.New(a.Store, pushes, mailbox.NameOf),
		figures: statistics.New(a.Store, rights, units, days, requests.Settings().Hours),
	}
	o.alike = suggestion.New(a.Store, units, o.board)
	o.programs = open311.New(a.Store, rights, units, requests, o.board, a.Config.Open311Jurisdiction)
	requests.ConcealWith(privacy.Conceal)
	requests.OnEvent(o.board.RequestMoved)
	requests.OnEvent(o.followers.RequestMoved)
	o.board.OnHidden(o.followers.Hidden)
	o.followers.Work(a.Jobs)
	a.recurring("board.index", board.IndexedSince, func(ctx context.Context, _ time.Time) error { return o.board.IndexAnew(ctx) })
	return o
}
