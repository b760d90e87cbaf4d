// Package identity keeps apart who stands behind sealed requests.
//
// A sealed request has, in the place of its submitter, an id that stands for the person
// towards one branch. Every sealed request of theirs to that branch has the same one, and
// those to another branch have another, so that staff know whom they write with and nobody
// can put two branches' letters side by side. Staff see a label, as in 7K4M-9QTD, which
// nothing was computed of. Who it is stands in a row of its own, under a key of its own. The
// person finds all of theirs by a keyed hash, and so do export and erasure; with the row goes
// the last thing that joins the two.
//
// Abuse is limited by the label. A person writes three sealed requests a day to a branch, and
// the branch's staff may take none of a label for up to thirty days, without learning whose
// it is. Requests under a name stay open to them.
//
// What is told to a sealed person goes to whom it is for, but says neither which request it
// is about nor leads there, and not when it happened: they are told after the next quarter
// hour. Rows with a person's id in them must not name a request, be it by its id, by a word
// that stands in both, or by their times. Until then the notice waits as a job, sealed under
// the key of identities, of which nothing is left once they are told.
//
// An identity is opened for one request, for one of four reasons of law, on paper with a
// number. One officer asks, and another one approves within three days; neither may be of
// those who handle the request. Approval tells the person that it was opened, as everything
// is told to them; why, and on which paper, they read in a list of their own, and in their
// export. For a day after it, these two and nobody else may read who it is; each look is an
// event and on record. From then on neither officer handles any request under that label, nor
// does whoever asks handle the one they asked about while nobody has decided.
package identity

import (
	"context"
	"crypto/rand"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/org"
)

// Faults of sealed identities.
var (
	ErrDailyLimit = fault.Define(fault.RateLimited, "sealed_limit_reached",
		"今天向该支部提交的密封诉求已达上限，请明天再来，或选择实名、隐名提交。",
		"You have sent this branch as many sealed requests as one day allows. Come back tomorrow, or submit it named or hidden.")
	ErrSuspended = fault.Define(fault.Conflict, "sealed_suspended",
		"您向该支部的密封提交已被暂停，请选择实名或隐名提交。", "Sealed requests of yours to this branch are suspended. Submit it named or hidden.")
	ErrNotSealed = fault.Define(fault.Conflict, "not_sealed",
		"这条诉求不是密封提交的。", "This request is not sealed.")
	ErrNobody = fault.Define(fault.Conflict, "identity_erased",
		"提交人已注销账号，身份信息已删除。", "Whoever submitted it has closed their account, and who they were was erased.")
)

// PerDay is how many sealed requests a person submits to one branch on a day in Shanghai.
const PerDay = 3

const sealedUse = "identity.sealed"

// Service suspends and opens sealed identities.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
	phones Phones
}

// Phones finds the number that a person has bound, in plain form; "" if none.
type Phones func(ctx context.Context, s *store.Store, user model.UserID) (string, error)

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, phones Phones) *Service {
	return &Service{store: s, access: a, org: o, phones: phones}
}

// Submit gives the id under which a person submits a sealed request to a branch, and uses one
// of the day's if those are limited. It belongs in the transaction of the request.
// Faults: sealed_suspended, sealed_limit_reached, busy.
func Submit(ctx context.Context, tx *store.Store, user model.UserID, branch model.UnitID, limited bool) (model.UserID, error) {
	row, err := towards(ctx, tx, user, branch)
	if err != nil {
		return row.ID, err
	}
	if row.Suspended(tx.Now()) {
		return row.ID, ErrSuspended.After(row.SuspendedUntil.Sub(tx.Now()))
	}
	if !limited {
		return row.ID, nil
	}
	return row.ID, tx.DailyUses.Spend(ctx, row.ID, sealedUse, PerDay, ErrDailyLimit)
}

// towards finds or makes the sealed identity of a person towards a branch. Fault: busy.
func towards(ctx context.Context, tx *store.Store, user model.UserID, branch model.UnitID) (model.SealedIdentity, error) {
	for range 2 {
		row, err := tx.SealedIdentities.GetByPair(ctx, tx.Keys().Indexes(pairPurpose, pair(user, branch)))
		if !errors.Is(err, fault.ErrNotFound) {
			return row, err
		}
		if row, err = NewRow(tx, user, branch); err != nil {
			return row, err
		}
		err = tx.SealedIdentities.Add(ctx, &row)
		if !errors.Is(err, store.ErrDuplicate) { // or the person's other device was first
			return row, err
		}
	}
	return model.SealedIdentity{}, fault.ErrBusy
}

// Is says whether an id stands for a person: their own, or one of a sealed identity of theirs.
func Is(ctx context.Context, s *store.Store, id, user model.UserID) (bool, error) {
	if id == user || id.IsZero() || user.IsZero() {
		return id == user, nil
	}
	row, err := s.SealedIdentities.Get(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	return err == nil && s.Keys().IsPerson(row.PersonHash, user), err
}

// Knows says whether somebody knows, as one of two officers, who stands behind a sealed request, or
// is about to. Whoever calls holds the request, as asking and deciding do.
func Knows(ctx context.Context, tx *store.Store, r model.Request, user model.UserID) (bool, error) {
	if r.Identity != model.IdentitySealed {
		return false, nil
	}
	n, err := tx.IdentityOpenings.CountKnowing(ctx, r, user, tx.Now())
	return n > 0, err
}

// PersonOf is who stands behind an id: the person themselves unless it is sealed.
func PersonOf(ctx context.Context, s *store.Store, id model.UserID) (model.UserID, error) {
	row, err := s.SealedIdentities.Get(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return id, nil
	}
	if err != nil {
		return id, err
	}
	return open(s, row)
}

// LabelOf is what staff call who stands behind an id; "" for one that is not sealed, or whose
// person is gone.
func LabelOf(ctx context.Context, s *store.Store, id model.UserID) (string, error) {
	row, err := s.SealedIdentities.Get(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	return row.Label, err
}

// labelLetters leave out what is mistaken for something else: 0 and O, 1 and I.
const labelLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// label is random: nothing of the person or the branch is in it.
func label() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	for i := range b {
		b[i] = labelLetters[int(b[i])%len(labelLetters)]
	}
	return string(b[:4]) + "-" + string(b[4:])
}
