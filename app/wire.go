package app

import (
	"cmp"
	"context"
	"strings"
	"time"

	"jinlin/api"
	"jinlin/config"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/activity"
	"jinlin/service/calendar"
	"jinlin/service/callback"
	"jinlin/service/chain"
	"jinlin/service/consent"
	"jinlin/service/county"
	"jinlin/service/desk"
	"jinlin/service/digest"
	"jinlin/service/duty"
	"jinlin/service/employment"
	"jinlin/service/exports"
	"jinlin/service/grant"
	"jinlin/service/gridlead"
	"jinlin/service/guardian"
	"jinlin/service/identity"
	"jinlin/service/imports"
	"jinlin/service/jobs"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/mybranch"
	"jinlin/service/news"
	"jinlin/service/org"
	"jinlin/service/paperbox"
	"jinlin/service/points"
	"jinlin/service/privacy"
	"jinlin/service/proxy"
	"jinlin/service/push"
	"jinlin/service/residence"
	"jinlin/service/restructuring"
	"jinlin/service/reveal"
	"jinlin/service/roster"
	"jinlin/service/shop"
	"jinlin/service/signup"
	"jinlin/service/station"
	"jinlin/service/team"
	"jinlin/service/tenure"
	"jinlin/service/wechat"
	"jinlin/service/wechat/sandbox"
)

// Settings of the built-in sandbox's message push, known to both sides. Production must
// set its own, see config.
const (
	sandboxPushToken = "jinlin-sandbox-push-token" //nolint:gosec // signs only between our own sandbox and API, in development
	sandboxPushKey   = "JinlinSandboxPushEncodingAESKeyForDevelop0X"
)

// openWeChat builds the gateway, and the sandbox where it is built in.
func (a *App) openWeChat(_ context.Context, o Options) (err error) {
	c := wechat.Config{
		AppID: a.Config.WeChatAppID, Secret: a.Config.WeChatSecret, BaseURL: a.Config.WeChatURL,
		MiniProgramState: a.Config.WeChatState, PushToken: a.Config.WeChatPushToken, PushAESKey: a.Config.WeChatPushKey,
		Observe: a.metrics.call,
	}
	if !a.Config.Production() {
		c.AppID, c.Secret = cmp.Or(c.AppID, sandbox.DemoAppID), cmp.Or(c.Secret, sandbox.DemoSecret)
		c.PushToken, c.PushAESKey = cmp.Or(c.PushToken, sandboxPushToken), cmp.Or(c.PushAESKey, sandboxPushKey)
	}
	if a.Config.BuiltInSandbox() {
		if a.Sandbox, err = OpenSandbox(a.Config, a.URL("api"), o); err != nil {
			return err
		}
		a.onClose(a.Sandbox.Close)
		c.BaseURL = a.URL("sandbox")
	}
	if a.WeChat, err = wechat.New(c, a.KV, o.Clock, a.Log); err == nil {
		a.onClose(func() error { a.WeChat.Close(); return nil })
	}
	return err
}

// OpenSandbox makes a WeChat sandbox whose state lives in the data folder and which pushes
// its events to an API.
func OpenSandbox(c config.Config, apiURL string, o Options) (*sandbox.Sandbox, error) {
	return sandbox.New(sandbox.Config{
		AppID: cmp.Or(c.WeChatAppID, sandbox.DemoAppID), Secret: cmp.Or(c.WeChatSecret, sandbox.DemoSecret),
		DataDir: c.DataDir + "/sandbox", Personas: personas(), Now: o.Clock, Log: o.Log,
		Push: sandbox.Push{
			URL:   pushURL(apiURL),
			Token: cmp.Or(c.WeChatPushToken, sandboxPushToken), AESKey: cmp.Or(c.WeChatPushKey, sandboxPushKey),
		},
	})
}

func pushURL(apiURL string) string {
	if apiURL == "" {
		return ""
	}
	return apiURL + "/wechat/miniprogram/events"
}

// wire makes the services and gives each what it needs.
func (a *App) wire(_ context.Context, o Options) error {
	key, err := sessionKey(a.Config)
	if err != nil {
		return err
	}
	units := org.New(a.Store)
	rights := access.New(a.Store, units)
	places, secretaries := county.New(a.Store, rights, units), tenure.New(a.Store, rights, units)
	pushes := push.New(a.Store, rights, units, a.WeChat, pushSettings(a.Config))
	ledger := points.New(a.Store, rights, pushes, a.Config.Limited())
	shops := shop.New(a.Store, rights, units, ledger, pushes)
	texts, letters := moderation.New(a.Store, rights, units, a.WeChat), identity.NewCourier(a.Store, pushes)
	uploads := a.newUploads(rights, units, texts, letters)
	requests := mailbox.New(a.Store, rights, units, texts, uploads, letters, a.mailboxSettings())

	articles, events := news.New(a.Store, rights, units, texts), callback.New(a.Store, a.WeChat)
	leads, days := gridlead.New(a.Store, rights, units, pushes), calendar.New(a.Store, rights)
	stations := station.New(a.Store, rights, units, days)
	duties := duty.New(a.Store, rights, units, days, stations, pushes)
	grants := grant.New(a.Store, rights, units, pushes, a.Config.Limited(), leads, duties, requests)
	lists := imports.New(a.Store, rights, units, grants)
	accounts, activities := account.New(a.Store, a.WeChat, texts, pushes, key), activity.New(a.Store, rights, units, texts, ledger)
	followDecisions(texts, accounts, activities, requests, uploads)
	desks, guardians, looks := desk.New(a.Store, rights, accounts, a.WeChat), guardian.New(a.Store, pushes), reveal.New(a.Store, rights, a.Config.Limited())
	residences, proxies := residence.New(a.Store, rights, units, pushes, a.Config.Limited()), proxy.New(a.Store, rights, requests, looks, a.Config.Limited())

	proxies.LinkWith(a.WeChat)
	a.openBackground(accounts, desks, guardians)
	a.ledgerJobs(ledger, shops)
	open := a.openBoard(rights, units, texts, requests, pushes, days)
	signUps, boxes := signup.New(a.Store, rights, units, ledger, pushes), paperbox.New(a.Store, rights, units, requests, proxies, pushes)
	a.mailboxJobs(requests, proxies, boxes, letters)
	a.activityJobs(activities, signUps)
	a.newsJobs(articles, pushes, events)
	a.dutyJobs(duties, days, pushes)
	a.importJobs(lists)
	a.uploadJobs(uploads, texts, pushes, events)
	batches := restructuring.New(a.Store, rights, units, pushes, requests, boxes, texts, activities, articles, ledger, shops, roster.New(a.Store))
	a.organisationJobs(units, batches, secretaries)
	a.appointmentJobs(grants, accounts)
	consents, people := consent.New(a.Store), privacy.New(a.Store, a.privacySettings(), uploads, signUps.Settle, shops.Settle, requests.Settle, uploads.Settle)
	a.privacyJobs(consents, people, events)

	a.API, err = api.New(api.Services{
		Account: accounts, Desk: desks, Residence: residences, Guardian: guardians, Reveal: looks, Privacy: people, Consent: consents, Access: rights,
		Identity:   identity.New(a.Store, rights, units, account.PhoneOf),
		Employment: employment.New(a.Store, rights, units, pushes, a.Config.Limited()),
		Grant:      grants, Team: team.New(a.Store, rights, units),
		Org: units, County: places, Restructuring: batches, Tenure: secretaries, Mailbox: requests, Proxy: proxies, Paper: boxes, Board: open.board, Followers: open.followers, Statistics: open.figures, Suggestion: open.alike, Open311: open.programs, Moderation: texts, Upload: uploads, GridLead: leads,
		Activity: activities, SignUp: signUps, Points: ledger, Shop: shops,
		Calendar: days, Station: stations, Duty: duties, MyBranch: mybranch.New(a.Store, units, stations, duties),
		News: articles, Push: pushes, Digest: digest.New(a.Store, rights, units), Callback: events,
		Imports: lists, Exports: exports.New(a.Store, rights, units),
	}, a.edge(o))
	return err
}

func (a *App) edge(o Options) api.Settings {
	s := api.Settings{
		Version: o.Version, PublicURL: a.Config.PublicURL, Ready: a.ready, Log: a.Log, Observe: a.metrics.request,
		TrustedProxies: split(a.Config.TrustProxy),
	}
	if a.Config.Limited() {
		s.PerPerson, s.PerAddress = a.KV.NewLimiter("person", 120), a.KV.NewLimiter("address", 600)
		s.PerDesk = a.KV.NewLimiter("desk", 20)
	}
	return s
}

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.ReplaceAll(text, " ", ""), ",")
}

// openBackground makes what works beside the API, and watches over it.
func (a *App) openBackground(accounts *account.Service, desks *desk.Service, guardians *guardian.Service) {
	a.Jobs = jobs.New(a.Store, a.Log, 8)
	a.Jobs.Observe(a.metrics.job)
	a.Sealer = chain.New(a.Store, a.Log)
	a.housekeeping(accounts, desks, guardians)
	a.watchJobs()
	a.watchChains()
}

// housekeeping forgets what nobody may ask for any more.
func (a *App) housekeeping(accounts *account.Service, desks *desk.Service, guardians *guardian.Service) {
	a.every("forget.login_codes", time.Hour, func(ctx context.Context, _ time.Time) error { return accounts.ForgetOldCodes(ctx) })
	a.every("forget.desk_logins", time.Hour, func(ctx context.Context, _ time.Time) error { return desks.ForgetOld(ctx) })
	a.every("forget.grown_children", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return guardians.ForgetGrown(ctx) })
	a.every("forget.once_records", time.Hour, func(ctx context.Context, _ time.Time) error {
		_, err := a.Store.ForgetOldKeys(ctx)
		return err
	})
	a.every("forget.jobs", 24*time.Hour, func(ctx context.Context, now time.Time) error {
		_, err := a.Store.Jobs.DeleteDone(ctx, now.AddDate(0, 0, -30))
		return err
	})
}

// every adds recurring work; do gets the start of its slot.
func (a *App) every(kind string, d time.Duration, do func(ctx context.Context, slot time.Time) error) {
	a.recurring(kind, jobs.Every(d), do)
}

// recurring is every with slots of another kind.
func (a *App) recurring(kind string, slot func(now time.Time) time.Time, do func(ctx context.Context, slot time.Time) error) {
	a.Jobs.Repeat(jobs.Periodic{Kind: kind, Slot: slot})
	a.Jobs.Handle(kind, jobs.Of(do))
}
