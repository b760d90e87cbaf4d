// Package points keeps the love-points ledger.
//
// Double entry: every movement is one transaction whose entries add up to zero, so all
// accounts always add up to zero. Points come into being only against a sponsor's
// backing (from a unit's issuance account, which is below zero by what it has issued,
// into a pool), are earned from a pool, held while goods are reserved, taken by the shop
// at the hand-over, given back when it does not come to that, and expire. Entries and
// transactions are added and never changed; a mistake is put right by a reversal.
//
// A balance moves only by one conditional relative statement per account, in the order
// in which all transactions touch accounts, and never below zero. Whatever happens once
// (an earning, a hold, an award, a reversal) has a unique reference: a repeat finds what
// the first did.
//
// Points are earned in lots and run out by lot, 24 months after the day on which they
// were earned. Spending takes the lot that runs out first; what a hold gives back goes to
// the lots it came from, and runs out with them. A lot that has ended can be spent until
// the day's expiry has run. A person is told once, 30 days ahead, of what will run out on a
// day, and of each award posted.
//
// A person earns at most 60 points on a Shanghai day and 40 for one activity: an earning
// above that counts only up to it, and one of which nothing is left is remembered as
// capped, so that its repeat on a later day earns nothing either. Awards by hand do not
// count towards the limits; above 100 points they wait for a second person.
//
// An earning that finds no pool with enough is a debt. It is counted on the day of the
// service and posted, oldest first, when a pool is filled.
package points

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Limits of earning and awarding, in points.
const (
	DayLimit       = 60
	ActivityLimit  = 40
	AwardThreshold = 100
)

// The jobs of this service: posting debts after a pool was filled, the day's expiry, and
// telling people of expiries to come.
const (
	SettleJob = "points.settle"
	ExpireJob = "points.expire"
	WarnJob   = "points.warn"
)

var (
	// ErrInsufficient is a fault: the account does not have so many points.
	ErrInsufficient = fault.Define(fault.Conflict, "insufficient_points",
		"积分不足。", "There are not enough points.")
	// ErrPoolExhausted is a fault: no pool of the unit or above has so many points.
	ErrPoolExhausted = fault.Define(fault.Conflict, "pool_exhausted",
		"积分池余额不足，请联系县委组织部补充。", "No pool has enough points. Ask for one to be filled.")
	// ErrOwnAward is a fault: nobody gives points to themselves.
	ErrOwnAward = fault.Define(fault.Forbidden, "award_own",
		"不能给自己发放积分。", "You may not award points to yourself.")
	// ErrSamePerson is a fault: the second person must be neither the first nor the one who gains.
	ErrSamePerson = fault.Define(fault.Forbidden, "award_same_person",
		"须由发放人和受益人以外的人审批。", "Somebody other than the awarder and the receiver must approve.")
	// ErrReferenceUsed is a fault: the awarder has used this reference for another award.
	ErrReferenceUsed = fault.Define(fault.Conflict, "award_reference_used",
		"该凭据号已用于另一笔发放。", "This reference was used for a different award.")
	// ErrAlreadyReversed is a fault: a transaction is reversed once.
	ErrAlreadyReversed = fault.Define(fault.Conflict, "already_reversed",
		"该笔积分已经冲正。", "This has been reversed already.")
	// ErrNotReversible is a fault: this kind of transaction has an undoing of its own, or none.
	ErrNotReversible = fault.Define(fault.Conflict, "not_reversible",
		"该笔积分不能冲正。", "This cannot be reversed.")
)

// Service keeps the ledger.
type Service struct {
	store   *store.Store
	access  *access.Service
	notices Notices
	limits  bool
}

// New makes the service. limits says whether the daily and per-activity limits of
// earning hold; load tests lift them.
func New(s *store.Store, a *access.Service, notices Notices, limits bool) *Service {
	return &Service{store: s, access: a, notices: notices, limits: limits}
}

// Limited says whether the limits of earning hold.
func (s *Service) Limited() bool { return s.limits }

// Balance is what a person has.
type Balance struct {
	Available int64
	Held      int64 // set aside for reserved goods
}

// Balance reads a person's points.
func (s *Service) Balance(ctx context.Context, user model.UserID) (b Balance, err error) {
	available, held := model.AccountOf(model.VolunteerAccount, user), model.AccountOf(model.HeldAccount, user)
	accounts, err := s.store.PointsAccounts.ListByID(ctx, []model.AccountID{available, held})
	for _, account := range accounts {
		switch account.ID {
		case available:
			b.Available = account.Balance
		case held:
			b.Held = account.Balance
		}
	}
	return b, err
}

// shownEnds is how many of the next expiry days a person is shown.
const shownEnds = 24

// Ending is points that run out on a day.
type Ending struct {
	Points int64
	On     model.Date
}

// Expiring says how many of a person's points run out on which day, the nearest first.
func (s *Service) Expiring(ctx context.Context, user model.UserID) ([]Ending, error) {
	sums, err := s.store.PointsLots.ListEnds(ctx, model.AccountOf(model.VolunteerAccount, user), shownEnds)
	ends := make([]Ending, len(sums))
	for i, sum := range sums {
		ends[i] = Ending{Points: sum.Points, On: sum.ExpiresOn}
	}
	return ends, err
}

// Line is an entry with what it belongs to.
type Line struct {
	Entry       model.LedgerEntry
	Transaction model.LedgerTransaction
}

// MyEntries pages what happened to a person's available points, newest first.
func (s *Service) MyEntries(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[Line], error) {
	return s.lines(ctx, model.AccountOf(model.VolunteerAccount, actor.User), page)
}

// Entries pages an account's entries for staff, newest first.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Entries(ctx context.Context, actor model.Actor, id model.AccountID, page model.Page) (model.Listing[Line], error) {
	if _, err := s.access.Units(ctx, actor, access.PointsRead); err != nil {
		return model.Listing[Line]{}, err
	}
	account, err := s.store.PointsAccounts.Get(ctx, id)
	if err != nil {
		return model.Listing[Line]{}, err
	}
	if err := s.mayRead(ctx, actor, account); err != nil {
		return model.Listing[Line]{}, err
	}
	return s.lines(ctx, id, page)
}

// Accounts pages somebody's accounts, for staff who may read them; owner is the id of a
// person, a unit or a pool. Faults: unauthenticated, forbidden, not_found.
func (s *Service) Accounts(ctx context.Context, actor model.Actor, owner [16]byte, page model.Page) (l model.Listing[model.PointsAccount], err error) {
	if _, err := s.access.Units(ctx, actor, access.PointsRead); err != nil {
		return l, err
	}
	var ids []model.AccountID
	for _, kind := range []model.AccountKind{model.VolunteerAccount, model.HeldAccount, model.PoolAccount, model.IssuanceAccount, model.ShopAccount} {
		ids = append(ids, model.AccountOf(kind, owner))
	}
	accounts, err := s.store.PointsAccounts.List(ctx, ids, page)
	if err == nil && len(accounts.Items) == 0 && page.After == nil {
		err = fault.ErrNotFound // what a person hears whose accounts are not theirs to read
	}
	for _, account := range accounts.Items {
		if err := s.mayRead(ctx, actor, account); err != nil {
			return l, err
		}
	}
	return accounts, err
}

// mayRead lets those pass who may read the place where an account belongs: a person's
// estates, and where it was first used.
func (s *Service) mayRead(ctx context.Context, actor model.Actor, account model.PointsAccount) error {
	units := []model.UnitID{account.UnitID}
	if account.Kind == model.VolunteerAccount || account.Kind == model.HeldAccount {
		estates, err := s.estates(ctx, model.UserID(account.OwnerID))
		if err != nil {
			return err
		}
		units = append(units, estates...)
	}
	return s.access.Require(ctx, actor, access.PointsRead, units...)
}

// estates are where a person verifiably lives, and the areas where they verifiably work.
func (s *Service) estates(ctx context.Context, user model.UserID) ([]model.UnitID, error) {
	residences, err := s.store.Residences.ListByUser(ctx, user)
	var estates []model.UnitID
	for _, r := range residences {
		if r.Status == model.ResidenceVerified {
			estates = append(estates, r.EstateID)
		}
	}
	if err != nil {
		return nil, err
	}
	areas, err := s.store.Employments.ListVerified(ctx, user)
	for _, e := range areas {
		estates = append(estates, e.UnitID)
	}
	return estates, err
}

func (s *Service) lines(ctx context.Context, account model.AccountID, page model.Page) (model.Listing[Line], error) {
	entries, err := s.store.LedgerEntries.List(ctx, account, page)
	if err != nil {
		return model.Listing[Line]{}, err
	}
	ids := make([]model.LedgerTransactionID, len(entries.Items))
	for i, entry := range entries.Items {
		ids[i] = entry.TransactionID
	}
	transactions, err := s.store.LedgerTransactions.ListByID(ctx, ids)
	byID := map[model.LedgerTransactionID]model.LedgerTransaction{}
	for _, transaction := range transactions {
		byID[transaction.ID] = transaction
	}
	return model.Map(entries, func(e model.LedgerEntry) Line {
		return Line{Entry: e, Transaction: byID[e.TransactionID]}
	}), err
}
