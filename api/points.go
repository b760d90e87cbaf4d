package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/points"
)

const pointsTag = "Points"

func (a *API) pointsRoutes() {
	handle(a, operation{
		id: "getMyPoints", method: http.MethodGet, path: "/v1/me/points", tag: pointsTag,
		summary: "My love-points",
	}, a.getMyPoints)
	handle(a, operation{
		id: "listMyPointsEntries", method: http.MethodGet, path: "/v1/me/points/entries", tag: pointsTag,
		summary: "What happened to my love-points, newest first",
	}, a.listMyPointsEntries)
	handle(a, operation{
		id: "fillPointsPool", method: http.MethodPost, path: "/v1/points/pools", tag: pointsTag, once: true,
		status: http.StatusCreated, summary: "Give a unit points to be earned, against a sponsor's backing",
	}, a.fillPointsPool)
	handle(a, operation{
		id: "listPointsPools", method: http.MethodGet, path: "/v1/points/pools", tag: pointsTag,
		summary: "The pools a unit can draw on, nearest first",
	}, a.listPointsPools)
	handle(a, operation{
		id: "awardPoints", method: http.MethodPost, path: "/v1/points/awards", tag: pointsTag, once: true,
		status: http.StatusCreated, summary: "Give points by hand; more than 100 wait for a second person",
	}, a.awardPoints)
	handle(a, operation{
		id: "listPendingAwards", method: http.MethodGet, path: "/v1/points/awards", tag: pointsTag,
		summary: "Awards that wait for my approval",
	}, a.listPendingAwards)
	handle(a, operation{
		id: "approveAward", method: http.MethodPost, path: "/v1/points/awards/{id}/approval", tag: pointsTag, once: true,
		summary: "Approve another's large award",
	}, a.approveAward)
	handle(a, operation{
		id: "reversePoints", method: http.MethodPost, path: "/v1/points/reversals", tag: pointsTag, once: true,
		status: http.StatusCreated, summary: "Put a wrong posting right by its opposite",
	}, a.reversePoints)
	handle(a, operation{
		id: "listPointsAccounts", method: http.MethodGet, path: "/v1/points/accounts", tag: pointsTag,
		summary: "The accounts of a person, a unit or a pool",
	}, a.listPointsAccounts)
	handle(a, operation{
		id: "listPointsEntries", method: http.MethodGet, path: "/v1/points/accounts/{id}/entries", tag: pointsTag,
		summary: "An account's entries, newest first",
	}, a.listPointsEntries)
}

type balanceOut struct {
	Available int64 `json:"available" doc:"Can be spent"`
	Held      int64 `json:"held" doc:"Set aside for reserved goods"`
}

type myPointsOut struct {
	Available int64           `json:"available" doc:"Can be spent"`
	Held      int64           `json:"held" doc:"Set aside for reserved goods"`
	Expiring  []endingOut     `json:"expiring" doc:"The next days on which points run out"`
	AccountID model.AccountID `json:"accountId" doc:"Names my account to staff"`
}

type endingOut struct {
	Points int64      `json:"points"`
	On     model.Date `json:"on" format:"date" doc:"First day without them"`
}

func (a *API) getMyPoints(ctx context.Context, actor model.Actor, _ *none) (*body[myPointsOut], error) {
	balance, err := a.Points.Balance(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	ends, err := a.Points.Expiring(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	account := model.AccountOf(model.VolunteerAccount, actor.User)
	out := myPointsOut{Available: balance.Available, Held: balance.Held, Expiring: []endingOut{}, AccountID: account}
	for _, end := range ends {
		out.Expiring = append(out.Expiring, endingOut{Points: end.Points, On: end.On})
	}
	return &body[myPointsOut]{Body: out}, nil
}

type entryOut struct {
	ID            model.ID[model.LedgerEntry] `json:"id"`
	TransactionID model.LedgerTransactionID   `json:"transactionId"`
	Points        int64                       `json:"points" doc:"Positive when the account gained"`
	BalanceAfter  int64                       `json:"balanceAfter"`
	Cause         model.Cause                 `json:"cause" doc:"A slug: attendance, award, hold, capture, release, return, expiry, reversal, issue …"`
	Note          string                      `json:"note,omitempty" doc:"Staff's words"`
	At            time.Time                   `json:"at"`
}

func entryFrom(l points.Line) entryOut {
	return entryOut{
		ID: l.Entry.ID, TransactionID: l.Transaction.ID, Points: l.Entry.Points, BalanceAfter: l.Entry.BalanceAfter,
		Cause: l.Transaction.Cause, Note: l.Transaction.Note, At: l.Transaction.At,
	}
}

type listMyPointsEntriesIn struct{ Paging }

func (a *API) listMyPointsEntries(ctx context.Context, actor model.Actor, in *listMyPointsEntriesIn) (*body[list[entryOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	lines, err := a.Points.MyEntries(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(lines, entryFrom), nil
}

type fillPointsPoolIn struct {
	Body struct {
		Sponsor string       `json:"sponsor" minLength:"1" maxLength:"64" doc:"Who gives; the same sponsor and unit add to the same pool"`
		UnitID  model.UnitID `json:"unitId"`
		Points  int64        `json:"points" minimum:"1" maximum:"10000000"`
		Backing string       `json:"backing" minLength:"1" maxLength:"200" doc:"The stock or the pledge behind the points"`
	}
}

type poolOut struct {
	ID        model.PoolID    `json:"id"`
	Sponsor   string          `json:"sponsor"`
	UnitID    model.UnitID    `json:"unitId"`
	Balance   int64           `json:"balance" doc:"What can still be earned"`
	AccountID model.AccountID `json:"accountId"`
}

func poolFrom(p model.PointsPool, balance int64) poolOut {
	return poolOut{ID: p.ID, Sponsor: p.Sponsor, UnitID: p.UnitID, Balance: balance, AccountID: model.AccountOf(model.PoolAccount, p.ID)}
}

func (a *API) fillPointsPool(ctx context.Context, actor model.Actor, in *fillPointsPoolIn) (*body[poolOut], error) {
	b := in.Body
	filled, err := a.Points.Fill(ctx, actor, points.Filling{Sponsor: b.Sponsor, UnitID: b.UnitID, Points: b.Points, Backing: b.Backing})
	if err != nil {
		return nil, err
	}
	return &body[poolOut]{Body: poolFrom(filled.Pool, filled.Balance)}, nil
}

type listPointsPoolsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" required:"true"`
}

func (a *API) listPointsPools(ctx context.Context, actor model.Actor, in *listPointsPoolsIn) (*body[list[poolOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	pools, err := a.Points.Pools(ctx, actor, in.UnitID, page)
	if err != nil {
		return nil, err
	}
	return listed(pools, func(p points.PooledAt) poolOut { return poolFrom(p.Pool, p.Balance) }), nil
}

type awardPointsIn struct {
	Body struct {
		UserID    model.UserID `json:"userId"`
		Points    int64        `json:"points" minimum:"1" maximum:"10000"`
		Cause     string       `json:"cause" minLength:"1" maxLength:"64" doc:"What for; the person sees it"`
		Reference string       `json:"reference" minLength:"1" maxLength:"64" doc:"The award's own number; the same one twice is one award"`
	}
}

type awardOut struct {
	ID        model.ID[model.PointsAward] `json:"id"`
	Status    model.AwardStatus           `json:"status" enum:"posted,pending"`
	UserID    model.UserID                `json:"userId"`
	UnitID    model.UnitID                `json:"unitId"`
	Points    int64                       `json:"points"`
	Cause     string                      `json:"cause"`
	Reference string                      `json:"reference"`
	AccountID model.AccountID             `json:"accountId" doc:"Of whoever gets them"`
	At        time.Time                   `json:"at"`
}

func awardFrom(w model.PointsAward) awardOut {
	return awardOut{
		ID: w.ID, Status: w.Status, UserID: w.UserID, UnitID: w.UnitID, Points: w.Points, Cause: w.Cause,
		Reference: w.Reference, AccountID: model.AccountOf(model.VolunteerAccount, w.UserID), At: w.CreatedAt,
	}
}

func (a *API) awardPoints(ctx context.Context, actor model.Actor, in *awardPointsIn) (*body[awardOut], error) {
	b := in.Body
	award, err := a.Points.Award(ctx, actor, points.Awarding{User: b.UserID, Points: b.Points, Cause: b.Cause, Reference: b.Reference})
	if err != nil {
		return nil, err
	}
	return &body[awardOut]{Body: awardFrom(award)}, nil
}

type listPendingAwardsIn struct{ Paging }

func (a *API) listPendingAwards(ctx context.Context, actor model.Actor, in *listPendingAwardsIn) (*body[list[awardOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	awards, err := a.Points.Pending(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(awards, awardFrom), nil
}

type awardIn struct {
	ID model.ID[model.PointsAward] `path:"id"`
}

func (a *API) approveAward(ctx context.Context, actor model.Actor, in *awardIn) (*body[awardOut], error) {
	award, err := a.Points.Approve(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[awardOut]{Body: awardFrom(award)}, nil
}

type reversePointsIn struct {
	Body struct {
		EntryID model.ID[model.LedgerEntry] `json:"entryId" doc:"Any entry of the wrong posting"`
		Reason  string                      `json:"reason" minLength:"1" maxLength:"200"`
	}
}

type reversalOut struct {
	ID       model.LedgerTransactionID `json:"id" doc:"The posting that puts it right"`
	Reversed model.LedgerTransactionID `json:"reversed"`
}

func (a *API) reversePoints(ctx context.Context, actor model.Actor, in *reversePointsIn) (*body[reversalOut], error) {
	reversal, err := a.Points.Reverse(ctx, actor, in.Body.EntryID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &body[reversalOut]{Body: reversalOut{ID: reversal.TransactionID, Reversed: reversal.Reversed}}, nil
}

type listPointsAccountsIn struct {
	Paging
	OwnerID model.ID[model.PointsAccount] `query:"ownerId" required:"true" doc:"The id of a person, a unit or a pool"`
}

type accountOut struct {
	ID      model.AccountID   `json:"id"`
	Kind    model.AccountKind `json:"kind" enum:"issuance,pool,volunteer,held,shop,expired"`
	Balance int64             `json:"balance"`
}

func (a *API) listPointsAccounts(ctx context.Context, actor model.Actor, in *listPointsAccountsIn) (*body[list[accountOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	accounts, err := a.Points.Accounts(ctx, actor, in.OwnerID, page)
	if err != nil {
		return nil, err
	}
	return listed(accounts, func(p model.PointsAccount) accountOut {
		return accountOut{ID: p.ID, Kind: p.Kind, Balance: p.Balance}
	}), nil
}

type listPointsEntriesIn struct {
	Paging
	ID model.AccountID `path:"id"`
}

func (a *API) listPointsEntries(ctx context.Context, actor model.Actor, in *listPointsEntriesIn) (*body[list[entryOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	lines, err := a.Points.Entries(ctx, actor, in.ID, page)
	if err != nil {
		return nil, err
	}
	return listed(lines, entryFrom), nil
}
