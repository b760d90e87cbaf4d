package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/account"
	"jinlin/service/activity"
	"jinlin/service/identity"
	"jinlin/service/mailbox"
	"jinlin/service/points"
	"jinlin/service/push"
	"jinlin/service/shop"
	"jinlin/service/signup"
	"jinlin/service/upload"
	"jinlin/service/upload/photo"
	"jinlin/service/upload/voice"
)

func (a *API) settingsRoutes() {
	handle(a, operation{
		id: "getPublicSettings", method: http.MethodGet, path: "/v1/settings/public", tag: "Settings", public: true,
		summary: "Limits, times and terms that concern residents, as they are where no policy of a place or a matter says otherwise",
	}, a.getPublicSettings)
}

// publicSettingsOut has every figure from where the rule is kept. What counts for all hours
// is in hours or less; a day here is 24 of them, unless it says calendar day.
type publicSettingsOut struct {
	Account  accountSettings  `json:"account"`
	Mailbox  mailboxSettings  `json:"mailbox"`
	Uploads  uploadSettings   `json:"uploads"`
	Activity activitySettings `json:"activity"`
	Points   pointsSettings   `json:"points"`
	Shop     shopSettings     `json:"shop"`
	Messages messageSettings  `json:"messages"`
	Requests rateSettings     `json:"requestRate"`
}

type accountSettings struct {
	SessionIdleDays   int `json:"sessionIdleDays" doc:"Days without a request after which a session ends"`
	SessionsPerPerson int `json:"sessionsPerPerson" doc:"A further sign-in ends the oldest one"`
}

type mailboxSettings struct {
	RequestsPerDay         *int `json:"requestsPerDay" nullable:"true" doc:"A person's requests on a calendar day; null is no limit"`
	SealedPerDay           int  `json:"sealedPerDay" doc:"How many sealed ones of a person one branch takes on a calendar day"`
	AcknowledgeWithinHours int  `json:"acknowledgeWithinHours" doc:"Until the staff say that they have it, unless a policy says otherwise; each request shows its own"`
	ReplyWithinHours       int  `json:"replyWithinHours" doc:"Until the staff answer, unless a policy says otherwise"`
	SilenceClosesHours     int  `json:"silenceClosesHours" doc:"Hours after an answer without feedback until the request is closed, or the staff ask, unless a policy says otherwise"`
	UrgesPerDay            int  `json:"urgesPerDay" doc:"Of one request, on a calendar day"`
	PauseWorkingDays       int  `json:"pauseWorkingDays" doc:"Most that one rest may last"`
	AllPausesWorkingDays   int  `json:"allPausesWorkingDays" doc:"Most that all rests of a request may last together"`
	ExtensionWorkingDays   int  `json:"extensionWorkingDays" doc:"Most that the one extension may give"`
}

type uploadSettings struct {
	PerDay           *int `json:"perDay" nullable:"true" doc:"Files a person can send on a calendar day; null is no limit"`
	Bytes            int  `json:"bytes" doc:"Most of one file"`
	Pixels           int  `json:"pixels" doc:"Most of one photo"`
	RecordingSeconds int  `json:"recordingSeconds" doc:"Most of one recording"`
	Photos           int  `json:"photos" doc:"Most with one request, message or reply"`
	Recordings       int  `json:"recordings" doc:"Most with one request, message or reply"`
	LinkMinutes      int  `json:"linkMinutes" doc:"How long a link opens"`
}

type activitySettings struct {
	OfferedPlaceWakingHours int `json:"offeredPlaceWakingHours" doc:"How long an offered place is kept, not counting quiet hours"`
	CheckInOpensMinutes     int `json:"checkInOpensMinutes" doc:"Minutes before the start, unless the activity says otherwise"`
	CheckInCodeSeconds      int `json:"checkInCodeSeconds" doc:"After so many seconds another code is shown"`
}

type pointsSettings struct {
	PerDay        *int64 `json:"perDay" nullable:"true" doc:"Points a person can earn on a calendar day; null is no limit"`
	PerActivity   *int64 `json:"perActivity" nullable:"true" doc:"Points a person can earn for one activity; null is no limit"`
	ExpiresMonths int    `json:"expiresMonths" doc:"Calendar months after which points run out, counted from the day they were earned"`
}

type shopSettings struct {
	ReservedGoodsDays int `json:"reservedGoodsDays" doc:"How long reserved goods are kept"`
}

type messageSettings struct {
	QuietFrom         model.TimeOfDay `json:"quietFrom" doc:"Shanghai time, as in 21:30; messages wait from then, urgent ones apart"`
	QuietUntil        model.TimeOfDay `json:"quietUntil" doc:"Shanghai time, on the next day where it is the earlier one"`
	PerWeek           int             `json:"perWeek" doc:"Subscribe messages a person gets from Monday to Sunday from all senders; urgent ones and answers to their requests come all the same"`
	NewsAt            model.TimeOfDay `json:"newsAt" doc:"When a branch's news of the day goes out unless it says otherwise, Shanghai time"`
	NewsMissedMinutes int             `json:"newsMissedMinutes" doc:"News later than this is not sent that day"`
}

type rateSettings struct {
	PerPersonMinute  *int `json:"perPersonMinute" nullable:"true" doc:"Requests to this API a minute and person; null is no limit"`
	PerAddressMinute *int `json:"perAddressMinute" nullable:"true" doc:"Requests to this API a minute and address; null is no limit"`
}

func (a *API) getPublicSettings(context.Context, model.Actor, *none) (*body[publicSettingsOut], error) {
	out := publicSettingsOut{
		Account: accountSettings{SessionIdleDays: wholeDays(account.SessionIdle), SessionsPerPerson: account.SessionLimit},
		Mailbox: mailboxFrom(a.Mailbox.Settings()),
		Uploads: a.uploadLimits(),
		Activity: activitySettings{
			OfferedPlaceWakingHours: hours(signup.OfferTime), CheckInOpensMinutes: activity.DefaultCheckIn,
			CheckInCodeSeconds: int(signup.CodeEvery / time.Second),
		},
		Points: pointsSettings{ExpiresMonths: model.LotMonths},
		Shop:   shopSettings{ReservedGoodsDays: wholeDays(shop.KeepFor)},
		Messages: messageSettings{
			QuietFrom: model.DefaultQuietFrom, QuietUntil: model.DefaultQuietUntil, PerWeek: push.WeeklyCap,
			NewsAt: model.DefaultPushAt, NewsMissedMinutes: int(push.Lateness / time.Minute),
		},
		Requests: rateSettings{PerPersonMinute: perMinute(a.settings.PerPerson), PerAddressMinute: perMinute(a.settings.PerAddress)},
	}
	if a.Points.Limited() {
		perDay, perActivity := int64(points.DayLimit), int64(points.ActivityLimit)
		out.Points.PerDay, out.Points.PerActivity = &perDay, &perActivity
	}
	return &body[publicSettingsOut]{Body: out}, nil
}

// mailboxFrom shows the policy of what is neither urgent nor a question; each request shows when
// its own clocks are due.
func mailboxFrom(s mailbox.Settings) mailboxSettings {
	general, _ := model.ClockPreset(model.PresetGeneral)
	out := mailboxSettings{
		SealedPerDay:           identity.PerDay,
		AcknowledgeWithinHours: hours(general.Acknowledge.Plain()), ReplyWithinHours: hours(general.Reply.Plain()),
		SilenceClosesHours: hours(general.Silence.Plain()), UrgesPerDay: mailbox.UrgesADay,
		PauseWorkingDays: s.PauseDays, AllPausesWorkingDays: s.AllPausesDays, ExtensionWorkingDays: s.ExtensionDays,
	}
	if s.DailyLimit > 0 {
		out.RequestsPerDay = &s.DailyLimit
	}
	return out
}

func (a *API) uploadLimits() uploadSettings {
	out := uploadSettings{
		Bytes: upload.MaxBytes, Pixels: photo.MaxPixels, RecordingSeconds: int(voice.MaxDuration / time.Second),
		Photos: upload.MaxPhotos, Recordings: upload.MaxVoices, LinkMinutes: int(upload.LinkFor / time.Minute),
	}
	if perDay := upload.DailyUploads; a.Upload.Limited() {
		out.PerDay = &perDay
	}
	return out
}

func perMinute(l Limiter) *int {
	if l == nil {
		return nil
	}
	n := l.PerMinute()
	return &n
}

func hours(d time.Duration) int     { return int(d / time.Hour) }
func wholeDays(d time.Duration) int { return hours(d) / 24 }
