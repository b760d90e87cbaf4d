package app

import (
	"context"
	"time"

	"jinlin/service/identity"
	"jinlin/service/mailbox"
	"jinlin/service/paperbox"
	"jinlin/service/proxy"
)

// mailboxSettings are the defaults, without the daily limit where abuse limits are off.
func (a *App) mailboxSettings() mailbox.Settings {
	settings := mailbox.Defaults()
	if !a.Config.Limited() {
		settings.DailyLimit = 0
	}
	return settings
}

// mailboxJobs tell staff what waits, and sealed submitters what is new, let clocks ring, close what
// nobody answered, report what nobody watches, tell of boxes that nobody opened, and forget in time for whom others entered requests.
func (a *App) mailboxJobs(m *mailbox.Service, proxies *proxy.Service, boxes *paperbox.Service, letters identity.Courier) {
	m.Jobs(a.Jobs)
	a.Jobs.Handle(identity.NoticeJob, letters.Deliver)
	a.every("paperbox.missed", 10*time.Minute, func(ctx context.Context, _ time.Time) error {
		_, err := boxes.TellMissed(ctx)
		return err
	})
	a.every("proxy.forget", 24*time.Hour, func(ctx context.Context, _ time.Time) error {
		_, err := proxies.EmptyOld(ctx)
		return err
	})
	a.every("mailbox.clocks", time.Minute, func(ctx context.Context, _ time.Time) error {
		_, err := m.Ring(ctx)
		return err
	})
	a.every("mailbox.silence", 10*time.Minute, func(ctx context.Context, _ time.Time) error {
		_, err := m.CloseSilent(ctx)
		return err
	})
	a.every("mailbox.watch", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return m.CheckWatch(ctx) })
}
