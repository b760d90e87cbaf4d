package api_test

import (
	"maps"

	"jinlin/model"
	"jinlin/service/access"
)

// The public board, in the access matrix.

// shownKind is a request on the board: everybody may know the id that it has there.
var shownKind = kind{name: ""}

var (
	writeBoard   = staff(access.BoardWrite)
	approveBoard = staff(access.BoardApprove)
	readBoard    = staff(access.BoardWrite, access.BoardApprove, access.MailboxRead)

	readFigures   = staff(access.StatisticsRead)
	manageOpen311 = staff(access.Open311Manage)
)

const publicWords = `{"title":"楼道灯不亮","text":"有居民反映楼道灯不亮。"}`

func init() {
	maps.Copy(accessCases, map[string][]accessCase{
		"listPublicRequests":    {{may: everyone, about: aboutUnit, query: "estateId={estate}", key: "estate"}},
		"getPublicRequest":      {{may: everyone, about: aboutThing, at: atHome, kind: shownKind, make: onBoard}},
		"getPublicRequestsFeed": {{may: everyone, about: aboutUnit, query: "estateId={estate}", key: "estate"}},

		"getPublicVersion":        {{may: readBoard.orOwner(), about: aboutThing, at: atHome, kind: requestKind, make: publicVersionIn(model.PublicProposed)}},
		"listPublicVersionEvents": {{may: readBoard.orOwner(), about: aboutThing, at: atHome, kind: requestKind, make: publicVersionIn(model.PublicProposed)}},
		"proposePublicVersion":    {{may: writeBoard, about: aboutThing, at: atHome, kind: requestKind, make: requestIn(model.RequestAccepted), body: publicWords}},
		"approvePublicVersion":    {{may: approveBoard, about: aboutThing, at: atHome, kind: requestKind, make: publicVersionIn(model.PublicProposed)}},
		"rejectPublicVersion":     {{may: approveBoard, about: aboutThing, at: atHome, kind: requestKind, make: publicVersionIn(model.PublicProposed), body: `{"reason":"请写得简短些"}`}},
		"withdrawPublicVersion":   {{may: writeBoard.orOwner(), about: aboutThing, at: atHome, kind: requestKind, make: publicVersionIn(model.PublicProposed), body: `{"reason":"居民要求"}`}},
		"listPublicVersions":      {{may: writeBoard, about: aboutUnit, at: atBranch, query: "unitId={unit}"}},

		"followRequest":        {{may: signedIn, about: aboutThing, at: atHome, kind: shownKind, make: onBoard, own: 409}},
		"unfollowRequest":      {{may: signedIn, about: aboutThing, at: atHome, kind: shownKind, make: onBoard, none: 204}},
		"listFollowedRequests": {{may: signedIn}},
		"suggestRequests":      {{may: signedIn, about: aboutUnit, key: "estate", none: 400, body: `{"text":"楼道灯不亮","estateId":"{estate}","position":{"latitude":36.9,"longitude":112.9}}`}},

		"getMailboxStatistics":     {{may: readFigures, about: aboutUnit, at: atBranch, query: "unitId={unit}&from=2026-11-01&to=2026-11-30"}},
		"compareMailboxStatistics": {{may: readFigures, about: aboutThing, at: atCommunity, kind: batchKind, make: restructured, query: "restructuringId={id}"}},

		"getOpen311ServicesJSON":   {{may: everyone}},
		"getOpen311ServicesXML":    {{may: everyone}},
		"getOpen311Service":        {{may: everyone, make: namesOf("file", "safety.json")}},
		"getOpen311RequestsJSON":   {{may: everyone}},
		"getOpen311RequestsXML":    {{may: everyone}},
		"getOpen311Request":        {{may: everyone, make: open311File}},
		"createOpen311RequestJSON": {{always: 403, form: "application/x-www-form-urlencoded", body: "service_code=safety&description=x&address_string=y"}},
		"createOpen311RequestXML":  {{always: 403, form: "application/x-www-form-urlencoded", body: "service_code=safety&description=x&address_string=y"}},
		"registerOpen311Client":    {{may: manageOpen311, body: `{"name":"热线{n}","dailyLimit":100}`}},
		"listOpen311Clients":       {{may: manageOpen311}},
		"endOpen311Client":         {{may: manageOpen311, make: open311Client}},
	})
}

// publicVersionIn is a request of the owner's with a public version that somebody else wrote.
func publicVersionIn(status model.PublicVersionStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		made := requestIn(model.RequestAccepted)(c, p, owner)
		id, err := model.ParseID[model.Request](made["id"])
		c.Must(err)
		now := c.Clock.Now()
		v := model.PublicVersion{
			RequestID: id, PublicID: model.RandomID[model.PublicVersion](), EstateID: p.estate, Category: "other", Status: status, Title: "路灯不亮", Text: "有居民反映路灯不亮。", AuthorID: c.clerk,
			Shown: status == model.PublicApproved, ShownTitle: "路灯不亮", ShownText: "有居民反映路灯不亮。",
			CameAt: now, PublishedAt: now, CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		c.Must(c.Store.PublicVersions.Add(c.T.Context(), &v))
		c.Must(c.Store.PublicVersionEvents.Add(c.T.Context(), &model.PublicVersionEvent{
			ID: newID[model.PublicVersionEvent](c), RequestID: id, Seq: 1, Move: model.ProposePublic, To: model.PublicProposed, ActorID: c.clerk, At: now,
		}))
		made["public"] = v.PublicID.String()
		return made
	}
}

// onBoard is a request on the board, by the id that it has there.
func onBoard(c *county, p *place, owner model.UserID) names {
	return names{"id": publicVersionIn(model.PublicApproved)(c, p, owner)["public"]}
}

// restructured is a restructuring of the place's community that has taken effect.
func restructured(c *county, p *place, _ model.UserID) names {
	now := c.Clock.Now()
	today := model.DateOf(now)
	r := model.Restructuring{
		ID: newID[model.Restructuring](c), UnitID: p.community, Title: "联建", EffectiveOn: today, EffectedOn: &today,
		Status: model.RestructuringEffective, DraftedBy: c.clerk, CreatedAt: now, UpdatedAt: now, Version: 4,
	}
	r.SetOutcome(model.RestructuringDiff{})
	c.Must(c.Store.Restructurings.Add(c.T.Context(), &r))
	return names{"id": r.ID.String()}
}

func namesOf(name, value string) maker {
	return func(*county, *place, model.UserID) names { return names{name: value} }
}

// open311File is a request on the board, by the name that Open311 gives it.
func open311File(c *county, p *place, owner model.UserID) names {
	return names{"file": onBoard(c, p, owner)["id"] + ".json"}
}

func open311Client(c *county, _ *place, _ model.UserID) names {
	client, _, err := c.server.API.Open311.Register(c.T.Context(), model.Actor{User: c.clerk}, "热线", 10)
	c.Must(err)
	return names{"id": client.ID.String()}
}
