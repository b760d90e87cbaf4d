package api_test

import (
	"jinlin/model"
	"jinlin/service/access"
)

// The access cases of dispatch rules and of referrals to departments.

func init() {
	add := func(id string, cases ...accessCase) { accessCases[id] = cases }
	read, route, handles, enter := staff(access.MailboxRead), staff(access.MailboxRoute), staff(access.MailboxHandle), staff(access.MailboxEnter)
	add("listDispatchRules", accessCase{may: read}, accessCase{may: read, about: aboutUnit, at: atBranch, query: "unitId={unit}"})
	add("getDispatchRule", accessCase{may: read, about: aboutUnit, at: atBranch, make: dispatchRule("parking")})
	add("setDispatchRule", accessCase{may: route, about: aboutUnit, at: atBranch, make: dispatchRule("care"), gone: 409, body: `{"team":"grid"}`})
	add("endDispatchRule", accessCase{may: route, about: aboutUnit, at: atBranch, make: dispatchRule("care")})

	add("referRequest", accessCase{may: handles, about: aboutThing, at: atHome, kind: requestKind, own: 403, make: referable, body: `{"departmentId":"{department}","text":"请住建局协助"}`})
	add("listReferrals", accessCase{may: read.orOwner(), about: aboutThing, at: atHome, make: referralIn(model.ReferralAsked, "request")})
	add("decideReferral", accessCase{may: owner, about: aboutThing, at: atHome, make: referralIn(model.ReferralAsked, "id"), body: `{"decision":"agree","passes":["text"]}`})
	add("recordReferralConsent", accessCase{may: enter, about: aboutThing, at: atHome, make: absenteesReferral, body: `{"decision":"agree","how":"by_phone"}`})
	add("takeReferralBack", accessCase{may: handles, about: aboutThing, at: atHome, own: 403, make: referralIn(model.ReferralAsked, "id")})
	office := staff(access.ReferralAnswer)
	add("listReferredTo", accessCase{may: office})
	add("getReferral", accessCase{may: office, about: aboutThing, at: atCommunity, make: referralIn(model.ReferralAgreed, "id")})
	add("answerReferral", accessCase{may: office, about: aboutThing, at: atCommunity, own: 403, make: referralIn(model.ReferralAgreed, "id"), body: `{"text":"已列入今年计划"}`})
	add("returnReferral", accessCase{may: office, about: aboutThing, at: atCommunity, own: 403, make: referralIn(model.ReferralAgreed, "id"), body: `{"reason":"不属于本部门"}`})
}

func dispatchRule(category string) maker {
	return func(c *county, p *place, _ model.UserID) names {
		before, err := c.Store.DispatchRules.Get(c.T.Context(), p.branch, category)
		c.Must(err)
		rule := model.DispatchRule{
			ID: newID[model.DispatchRule](c), Team: model.TeamOfBranch,
			Ruling: model.Ruling{UnitID: p.branch, Category: category, Version: before.Version + 1, ChangedBy: c.clerk, CreatedAt: c.Clock.Now()},
		}
		c.Must(c.Store.DispatchRules.Add(c.T.Context(), &rule))
		return names{"category": category}
	}
}

func referable(c *county, p *place, owner model.UserID) names {
	made := requestIn(model.RequestHandling)(c, p, owner)
	made["department"] = c.bureau.String()
	return made
}

// referralIn is a referral of a request of the owner's; the path names it, or its request.
func referralIn(status model.ReferralStatus, named string) maker {
	return func(c *county, p *place, owner model.UserID) names {
		return referralOf(c, p, requestIn(model.RequestHandling)(c, p, owner), status, named)
	}
}

// absenteesReferral is one of a request that others entered for somebody.
func absenteesReferral(c *county, p *place, owner model.UserID) names {
	return referralOf(c, p, enteredRequest(c, p, owner), model.ReferralAsked, "id")
}

func referralOf(c *county, p *place, made names, status model.ReferralStatus, named string) names {
	request, err := model.ParseID[model.Request](made["id"])
	c.Must(err)
	now := c.Clock.Now()
	r := model.Referral{
		ID: newID[model.Referral](c), RequestID: request, DepartmentID: c.bureau, Status: status, Passes: "text",
		AskedBy: c.clerk, Live: model.Lasting(), Seq: 1, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if status != model.ReferralAsked {
		r.ConsentHow, r.ConsentAt = model.ConsentByTap, &now
	}
	c.Must(c.Store.Referrals.Add(c.T.Context(), &r))
	if named == "request" {
		return names{"id": request.String()}
	}
	return names{"id": r.ID.String()}
}
