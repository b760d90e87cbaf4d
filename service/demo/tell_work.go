package demo

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/activity"
	"jinlin/service/identity"
	"jinlin/service/jobs"
	"jinlin/service/points"
	"jinlin/service/shop"
	"jinlin/service/wechat"
)

// employ hires a worker for the jobs that the week leaves behind.
func (t *teller) employ(past *store.Store) {
	t.past = past
	t.worker = jobs.New(past, slog.New(slog.DiscardHandler), 1)
	t.worker.Observe(func(kind string, err error, _ time.Duration) {
		if err != nil && !jobs.Deferred(err) { // in quiet hours a message waits for the morning
			t.trouble = errors.Join(t.trouble, err)
		}
	})
	t.push.Work(t.worker)
	t.followers.Work(t.worker)
	t.mailbox.Jobs(t.worker)
	t.worker.Handle(identity.NoticeJob, t.letters.Deliver)
	t.worker.Handle(activity.ReleaseJob, t.signUp.Release)
	t.worker.Handle(activity.NoShowJob, t.signUp.MarkNoShows)
	t.worker.Handle(points.SettleJob, func(ctx context.Context, _ model.Job) error {
		_, err := t.points.Settle(ctx)
		return err
	})
	t.worker.Handle(shop.LapseJob, jobs.Of(t.shop.Lapse))
}

// writeWork has the worker come every morning when the news goes out, from before there
// was any.
func (t *teller) writeWork() {
	for day := -6; day <= 0; day++ {
		t.on(day, 7, 30, "the morning's work", t.work)
	}
	t.justNow(0, "the last work", t.work)
}

func (t *teller) work(ctx context.Context) error {
	_, err := t.worker.Drain(ctx)
	return errors.Join(err, t.trouble)
}

// postman is the WeChat of the past week: it took every message.
type postman struct{ taken int64 }

func (p *postman) SendSubscribe(context.Context, wechat.SubscribeMessage) (int64, error) {
	p.taken++
	return p.taken, nil
}

// templates are the templates' ids as the sandbox has them from the start.
func templates() map[model.Template]string {
	ids := map[model.Template]string{}
	for _, t := range model.Templates {
		ids[t] = string(t)
	}
	return ids
}
