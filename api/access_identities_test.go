package api_test

import (
	"time"

	"jinlin/model"
	"jinlin/service/access"
	"jinlin/service/identity"
)

var openingKind = kind{"opening of an identity", staff(access.IdentityAsk), atBranch}

func init() {
	add := func(id string, c accessCase) { accessCases[id] = []accessCase{c} }
	const asking = `{"ground":"court","document":"（2026）民初1号","note":"法院依法调取"}`
	add("askIdentityOpening", accessCase{may: staff(access.IdentityAsk), about: aboutThing, at: atHome, kind: requestKind, make: sealedRequest, body: asking})
	add("suspendSealed", accessCase{may: staff(access.MailboxHandle), about: aboutThing, at: atHome, kind: requestKind, make: sealedRequest, body: `{"days":7,"reason":"辱骂"}`})
	add("listIdentityOpenings", accessCase{may: staff(access.IdentityAsk), about: aboutUnit, at: atBranch, query: "unitId={unit}"})
	add("getIdentityOpening", accessCase{may: staff(access.IdentityAsk), about: aboutThing, at: atBranch, kind: openingKind, make: openingIn(model.OpeningAsked)})
	add("approveIdentityOpening", accessCase{may: staff(access.IdentityDecide), about: aboutThing, at: atBranch, kind: openingKind, make: openingIn(model.OpeningAsked)})
	add("refuseIdentityOpening", accessCase{may: staff(access.IdentityDecide), about: aboutThing, at: atBranch, kind: openingKind, make: openingIn(model.OpeningAsked), body: `{"reason":"文书不符"}`})
	add("revealIdentity", accessCase{may: staff(access.IdentityAsk), about: aboutThing, at: atBranch, kind: openingKind, make: openingIn(model.OpeningApproved), asOwner: true, personal: "to the two officers of an opening, in the record (identity.ask)"})
	add("listMyIdentityOpenings", accessCase{may: signedIn})
}

// sealedRequest is a sealed request of somebody's who has a number. The owner of the case is
// not who submitted it: nobody is the owner of what they sealed to those who look at rows.
func sealedRequest(c *county, p *place, _ model.UserID) names {
	writer := c.resident(p).User
	withPhone(func(*county, *place, model.UserID) names { return nil })(c, p, writer)
	row, err := identity.NewRow(c.Store, writer, p.branch)
	c.Must(err)
	c.Must(c.Store.SealedIdentities.Add(c.T.Context(), &row))
	made := requestAs(model.RequestScreened, model.IdentitySealed)(c, p, row.ID)
	made["identity"] = row.ID.String()
	return made
}

// openingIn is an opening that the owner of the case has asked for, or somebody else if that
// is who decides.
func openingIn(status model.IdentityOpeningStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		made := sealedRequest(c, p, owner)
		request, err := model.ParseID[model.Request](made["id"])
		c.Must(err)
		sealed, err := model.ParseID[model.User](made["identity"])
		c.Must(err)
		now := c.Clock.Now()
		o := model.IdentityOpening{
			ID: newID[model.IdentityOpening](c), IdentityID: sealed, RequestID: request, BranchID: p.branch, Ground: model.GroundCourt, Document: "1",
			Note: "依法调取", Status: status, AskedBy: c.clerk, AskedAt: now, ExpiresAt: now.Add(48 * time.Hour), Version: 1,
		}
		if status == model.OpeningApproved {
			o.AskedBy, o.DecidedBy, o.DecidedAt = owner, c.clerk, &now
		} else {
			o.Live = model.Lasting()
		}
		c.Must(c.Store.IdentityOpenings.Add(c.T.Context(), &o))
		return names{"id": o.ID.String()}
	}
}
