package app

import (
	"jinlin/service/callback"
	"jinlin/service/consent"
	"jinlin/service/privacy"
	"jinlin/service/wechat"
)

func (a *App) privacySettings() privacy.Settings {
	s := privacy.Settings{Grace: a.Config.ClosureGrace}
	if a.Config.Limited() {
		s.Exports = privacy.ExportsPerDay
	}
	return s
}

// privacyJobs delete what people took their consent back for, erase those who leave, and keep
// what is sealed under the newest key.
func (a *App) privacyJobs(consents *consent.Service, people *privacy.Service, events *callback.Service) {
	consents.BeforeForget(privacy.TakeOut)
	a.Jobs.Handle(consent.Job, consents.Forget)
	a.Jobs.Handle(privacy.BeginJob, people.Begin)
	a.Jobs.Handle(privacy.EraseJob, people.Erase)
	a.rotateKeys(rotationOf(a.Store))
	events.On(wechat.EventRevoked, people.OnRevoked)
	events.On(wechat.EventCancelled, people.OnCancelled)
}
