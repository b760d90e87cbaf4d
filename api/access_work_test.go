package api_test

import (
	"maps"
	"time"

	"jinlin/model"
	"jinlin/service/access"
)

// The access cases of what staff do with requests, and of the policies of their clocks.

func init() { maps.Copy(accessCases, workCases) }

var (
	handleRequest = staff(access.MailboxHandle)
	setPolicies   = staff(access.MailboxPolicy)
)

var workCases = map[string][]accessCase{
	"dispatchRequest":   {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestAccepted), body: `{"teamUnitId":"{unit}"}`}},
	"returnRequest":     {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestDispatched), body: `{"reason":"不归我们"}`}},
	"pauseRequest":      {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestHandling), body: `{"reason":"materials","until":"2026-11-25T09:00:00Z"}`}},
	"resumeRequest":     {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestPaused)}},
	"askExtension":      {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: replyDue, body: `{"until":"2026-11-26T09:00:00Z","reason":"配件未到"}`}},
	"decideExtension":   {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: moreTimeAsked, body: `{"decision":"grant"}`}},
	"mergeRequest":      {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: twice, body: `{"intoId":"{into}"}`}},
	"recordReturnVisit": {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestReturnVisit), body: `{"outcome":"fixed","note":"电话回访，已修好"}`}},

	"makePromise":   {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestHandling), body: `{"text":"本月修好","on":"2026-12-01"}`}},
	"putOffPromise": {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: promised, body: `{"on":"2026-12-09","reason":"等天晴"}`}},
	"keepPromise":   {{may: handleRequest, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: promised, body: `{"text":"已修好"}`}},
	"countPromises": {{may: everyone, about: aboutUnit, at: atBranch, query: "unitId={unit}"}},

	"listCannedReplies": {{may: handleRequest, about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"addCannedReply":    {{may: handleRequest, about: aboutUnit, at: atBranch, gone: 409, body: `{"unitId":"{unit}","title":"已转物业","text":"已转物业办理，三日内回复。"}`}},
	"dropCannedReply":   {{may: handleRequest, about: aboutThing, at: atBranch, make: cannedReply}},

	"listClockPresets":  {{may: everyone}},
	"listClockPolicies": {{may: staff(access.MailboxRead)}, {may: staff(access.MailboxRead), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"getClockPolicy":    {{may: staff(access.MailboxRead), about: aboutUnit, at: atBranch, make: clockPolicy("utilities")}},
	"setClockPolicy":    {{may: setPolicies, about: aboutUnit, at: atBranch, make: clockPolicy("safety"), gone: 409, body: `{"preset":"province","reply":"10wd"}`}},
	"endClockPolicy":    {{may: setPolicies, about: aboutUnit, at: atBranch, make: clockPolicy("safety")}},
}

// replyDue is a request under way whose reply is due tomorrow.
func replyDue(c *county, p *place, owner model.UserID) names {
	made, now := requestIn(model.RequestHandling)(c, p, owner), c.Clock.Now()
	id, err := model.ParseID[model.Request](made["id"])
	c.Must(err)
	c.Must(c.Store.RequestClocks.Add(c.T.Context(), &model.RequestClock{
		ID: newID[model.RequestClock](c), RequestID: id, Name: model.ClockReply, Allowed: "24h", StartedAt: now, DueAt: now.Add(24 * time.Hour),
	}))
	return made
}

// moreTimeAsked is one for which somebody asks for another day.
func moreTimeAsked(c *county, p *place, owner model.UserID) names {
	made, now := replyDue(c, p, owner), c.Clock.Now()
	id, err := model.ParseID[model.Request](made["id"])
	c.Must(err)
	until := now.Add(48 * time.Hour)
	asked := model.RequestEvent{
		ID: newID[model.RequestEvent](c), RequestID: id, Seq: 2, Kind: model.MoveExtension, From: model.RequestHandling, To: model.RequestHandling,
		Level: model.LevelBranch, ActorID: c.Person("经办人").User, Party: model.PartyStaff, Text: "配件未到", At: now,
	}.With(model.EventDetails{Until: &until})
	c.Must(c.Store.RequestEvents.Add(c.T.Context(), &asked))
	request, err := c.Store.Requests.Get(c.T.Context(), id)
	c.Must(err)
	request.Version = 2
	_, err = c.Store.Requests.SaveMoved(c.T.Context(), request, 1)
	c.Must(err)
	return made
}

// twice are two requests that say the same.
func twice(c *county, p *place, owner model.UserID) names {
	made := requestIn(model.RequestScreened)(c, p, owner)
	made["into"] = requestIn(model.RequestHandling)(c, p, p.neighbour)["id"]
	return made
}

// clockPolicy is what a branch says about the clocks of a category.
func clockPolicy(category string) maker {
	return func(c *county, p *place, _ model.UserID) names {
		before, err := c.Store.ClockPolicies.Get(c.T.Context(), p.branch, category)
		c.Must(err)
		preset, _ := model.ClockPreset(model.PresetDanger)
		preset.ID, preset.UnitID, preset.Category, preset.Version = newID[model.ClockPolicy](c), p.branch, category, before.Version+1
		preset.ChangedBy, preset.CreatedAt = c.clerk, c.Clock.Now()
		c.Must(c.Store.ClockPolicies.Add(c.T.Context(), &preset))
		return names{"category": category}
	}
}

// promised is a request about which something was promised.
func promised(c *county, p *place, owner model.UserID) names {
	made, now := requestIn(model.RequestHandling)(c, p, owner), c.Clock.Now()
	id, err := model.ParseID[model.Request](made["id"])
	c.Must(err)
	promise := model.RequestPromise{
		ID: newID[model.RequestPromise](c), RequestID: id, BranchID: p.branch, Seq: 1, DueOn: "2026-12-01", Status: model.PromiseOpen,
		MadeBy: c.clerk, CreatedAt: now, UpdatedAt: now,
	}
	c.Must(c.Store.RequestPromises.Add(c.T.Context(), &promise))
	made["promiseId"] = promise.ID.String()
	return made
}

func cannedReply(c *county, p *place, _ model.UserID) names {
	r := model.CannedReply{ID: newID[model.CannedReply](c), UnitID: p.branch, Title: "已转物业", Text: "已转物业办理。", CreatedBy: c.clerk, CreatedAt: c.Clock.Now()}
	c.Must(c.Store.CannedReplies.Add(c.T.Context(), &r))
	return names{"id": r.ID.String()}
}
