package app

import (
	"cmp"
	"context"
	"path/filepath"
	"time"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/files"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/activity"
	"jinlin/service/callback"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/upload"
	"jinlin/service/wechat"
)

func openFiles(c config.Config) (*files.Files, error) {
	return files.Open(c.FilesURL, filepath.Join(c.DataDir, "uploads"))
}

func (a *App) openFiles(context.Context, Options) (err error) {
	if a.Files, err = openFiles(a.Config); err == nil {
		a.onClose(a.Files.Close)
	}
	return err
}

func (a *App) newUploads(rights *access.Service, units *org.Service, texts *moderation.Service, letters upload.Notices) *upload.Service {
	// In development a worker may be alone, beside an API at the same address as its own would be.
	reached := func() string { return cmp.Or(a.Config.PublicURL, a.URL("api"), "http://"+a.Config.HTTPAddr) }
	uploads := upload.New(a.Store, a.Files, rights, units, a.WeChat, texts, letters, reached, a.Config.Limited())
	uploads.SpoolIn(a.Config.DataDir)
	return uploads
}

// uploadJobs have WeChat look at what was sent, hear what it says, hand to people what it says
// nothing about, tell those what waits for them, and delete what belongs to nothing.
func (a *App) uploadJobs(uploads *upload.Service, texts *moderation.Service, notices moderation.Notices, events *callback.Service) {
	a.Jobs.Handle(upload.CheckJob, uploads.Check)
	events.On(wechat.EventMediaCheck, uploads.OnVerdict)
	a.every("upload.watch", time.Minute, func(ctx context.Context, _ time.Time) error { return uploads.Watch(ctx) })
	a.every("moderation.waiting", 10*time.Minute, func(ctx context.Context, _ time.Time) error {
		_, err := texts.TellWaiting(ctx, notices)
		return err
	})
	a.every("upload.sweep", 10*time.Minute, func(ctx context.Context, _ time.Time) error { return uploads.Sweep(ctx) })
}

// followDecisions has services act on what people decided about what they show.
func followDecisions(texts *moderation.Service, accounts *account.Service, activities *activity.Service, requests *mailbox.Service, uploads *upload.Service) {
	texts.OnDecision(model.ModeratedNickname, accounts.NicknameDecided)
	texts.OnDecision(model.ModeratedCancellation, activities.CancellationDecided)
	texts.OnDecision(model.ModeratedMessage, requests.MessageDecided)
	texts.OnDecision(model.ModeratedUpload, uploads.Decided)
	uploads.AttachTo(model.HeldByRequest, requests)
}
