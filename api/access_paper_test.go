package api_test

import (
	"jinlin/model"
	"jinlin/service/access"
	"jinlin/service/proxy"
)

var (
	boxKind     = kind{"box", staff(access.MailboxRead, access.BoxManage, access.MailboxEnter), atBox}
	openingOfIt = kind{"opening of a box", staff(access.MailboxRead, access.MailboxEnter), atBox}
)

func init() {
	add := func(id string, c accessCase) { accessCases[id] = []accessCase{c} }
	manage, enter, read := staff(access.BoxManage), staff(access.MailboxEnter), staff(access.MailboxRead)
	add("hangBox", accessCase{may: manage, about: aboutUnit, at: atEstate, key: "estate", body: `{"estateId":"{estate}","place":"门口","rhythmDays":7}`, gone: 400})
	add("listBoxes", accessCase{may: read, about: aboutUnit, at: atBranch, query: "unitId={unit}"})
	add("getBox", accessCase{may: read, about: aboutThing, at: atBox, kind: boxKind, make: boxIn})
	add("changeBox", accessCase{may: manage, about: aboutThing, at: atBox, kind: boxKind, make: boxIn, body: `{"place":"楼下","rhythmDays":3}`})
	add("takeBoxDown", accessCase{may: manage, about: aboutThing, at: atBox, kind: boxKind, make: boxIn})
	add("listBoxOpenings", accessCase{may: read, about: aboutThing, at: atBox, kind: boxKind, make: boxIn})
	add("printSlips", accessCase{may: manage, about: aboutUnit, at: atBranch, body: `{"branchId":"{unit}","count":3}`, gone: 400})
	add("openBox", accessCase{may: enter, about: aboutThing, at: atBox, make: boxIn, body: `{"boxId":"{id}","slips":2}`})
	add("getBoxOpening", accessCase{may: read, about: aboutThing, at: atBox, kind: openingOfIt, make: boxOpeningIn(model.BoxConfirmed)})
	add("confirmBoxOpening", accessCase{may: enter, about: aboutThing, at: atBox, kind: openingOfIt, make: boxOpeningIn(model.BoxOpened), body: `{"slips":2}`})
	add("voidBoxOpening", accessCase{may: enter, about: aboutThing, at: atBox, kind: openingOfIt, make: boxOpeningIn(model.BoxOpened)})
	add("keyInSlips", accessCase{may: enter, about: aboutThing, at: atBox, kind: openingOfIt, make: boxOpeningIn(model.BoxConfirmed), body: `{"items":[{"number":"000005724","category":"other","text":"路灯坏了","noPhoto":"private","answers":[{"question":"brief","text":"夜里没有灯"}]}]}`})
	add("getPublicSlip", accessCase{may: everyone, about: aboutThing, at: atBox, make: printedSlip, key: "number", none: 400})

	add("enterForSomebody", accessCase{may: enter, about: aboutUnit, at: atEstate, key: "estate", gone: 400, body: `{"estateId":"{estate}","name":"李奶奶","consent":{"how":"in_person"},"category":"other","text":"路灯坏了","answers":[{"question":"brief","text":"夜里没有灯"}]}`})
	add("captureFromGroup", accessCase{may: enter, about: aboutUnit, at: atEstate, key: "estate", gone: 400, body: `{"estateId":"{estate}","group":"业主群","category":"other","text":"路灯坏了","answers":[{"question":"brief","text":"夜里没有灯"}]}`})
	add("getProxy", accessCase{may: read, about: aboutThing, at: atHome, kind: requestKind, make: enteredRequest})
	add("revealProxy", accessCase{may: staff(access.PersonReveal), about: aboutThing, at: atHome, kind: requestKind, make: enteredRequest, body: `{"reason":"上门回访"}`, personal: oneNumber})
	add("listEnteredForMe", accessCase{may: signedIn})
	add("claimRequest", accessCase{may: signedIn, about: aboutThing, at: atHome, make: enteredRequest, key: "receipt", body: `{"receipt":"{receipt}","code":"{code}"}`})
}

// boxIn is a box that hangs in the place's estate.
func boxIn(c *county, p *place, _ model.UserID) names {
	now := c.Clock.Now()
	b := model.Box{ID: newID[model.Box](c), BranchID: p.branch, EstateID: p.estate, Place: "门口", RhythmDays: 7, DueOn: model.DateOf(now), CreatedAt: now, Version: 1}
	c.Must(c.Store.Boxes.Add(c.T.Context(), &b))
	return names{"id": b.ID.String()}
}

// boxOpeningIn is an opening with two slips by somebody who is nobody of the matrix.
func boxOpeningIn(status model.BoxOpeningStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		box, err := model.ParseID[model.Box](boxIn(c, p, owner)["id"])
		c.Must(err)
		o := model.BoxOpening{
			ID: newID[model.BoxOpening](c), BoxID: box, BranchID: p.branch, EstateID: p.estate, Status: status, Slips: 2, OpenedBy: c.clerk, OpenedAt: c.Clock.Now(), Version: 1,
		}
		if status == model.BoxOpened {
			o.Live = model.Lasting()
		}
		c.Must(c.Store.BoxOpenings.Add(c.T.Context(), &o))
		return names{"id": o.ID.String()}
	}
}

// printedSlip is a slip that nobody has keyed in.
func printedSlip(c *county, p *place, _ model.UserID) names {
	c.serial++
	slip := model.Slip{Number: model.NewSlipNumber(int64(50_000_000 + c.serial)), BookID: newID[model.SlipBook](c), BranchID: p.branch, CodeHash: proxy.HashOf("2222-2222")}
	c.Must(c.Store.Slips.Add(c.T.Context(), &slip))
	return names{"id": string(slip.Number), "number": slip.Number.Printed()}
}

// enteredRequest is a request that others entered for somebody.
func enteredRequest(c *county, p *place, _ model.UserID) names {
	row, err := proxy.NewRow(c.Store, proxy.Person{Name: "李奶奶", Phone: c.number()})
	c.Must(err)
	code := proxy.NewCode()
	made := requestIn(model.RequestScreened)(c, p, row.ID)
	row.RequestID, err = model.ParseID[model.Request](made["id"])
	c.Must(err)
	row.CodeHash, row.EnteredBy = proxy.HashOf(code), c.clerk
	c.Must(c.Store.Absentees.Add(c.T.Context(), &row))
	request, err := c.Store.Requests.Get(c.T.Context(), row.RequestID)
	c.Must(err)
	made["receipt"], made["code"] = request.Receipt, code
	return made
}
