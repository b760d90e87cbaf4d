package app

import (
	"context"
	"time"

	"jinlin/config"
	"jinlin/model"
	"jinlin/service/callback"
	"jinlin/service/news"
	"jinlin/service/push"
	"jinlin/service/wechat"
)

func pushSettings(c config.Config) push.Settings {
	return push.Settings{
		Production: c.Production(), Concurrency: c.PushSenders, LongTerm: split(c.TemplateLongTerm),
		TemplateIDs: map[model.Template]string{
			model.TemplateReply: c.TemplateReply, model.TemplateNews: c.TemplateNews, model.TemplatePlaceOffered: c.TemplatePlace,
			model.TemplateReminder: c.TemplateReminder, model.TemplateRedemption: c.TemplateRedemption,
		},
	}
}

// newsJobs publishes and pushes by the clock, and lets pushes hear what WeChat tells.
func (a *App) newsJobs(articles *news.Service, pushes *push.Service, events *callback.Service) {
	pushes.Work(a.Jobs)
	events.On(wechat.EventSubscribePopup, pushes.OnTap)
	events.On(wechat.EventSubscribeChange, pushes.OnChange)
	events.On(wechat.EventSubscribeSent, pushes.OnSent)
	a.every("news.publish_due", time.Minute, func(ctx context.Context, _ time.Time) error { return articles.PublishDue(ctx) })
	a.every("forget.wechat_events", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return events.Forget(ctx) })
}
