package identity

import (
	"context"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// LongestSuspension is how many days nothing sealed may be taken from somebody.
const LongestSuspension = 30

// Suspension is a label from whom a branch takes nothing sealed for a time.
type Suspension struct {
	Label string
	Until time.Time
}

// Suspend has the branch that this request is with take no sealed requests from whoever
// submitted it, for some days and a reason that they read. Saying it again counts from then.
// Faults: those of access.Find, invalid, not_sealed, identity_erased, busy.
func (s *Service) Suspend(ctx context.Context, actor model.Actor, id model.RequestID, days int, reason string) (Suspension, error) {
	request, err := access.Find(ctx, s.access, actor, access.MailboxHandle, s.store.Requests.Get, id)
	if err != nil {
		return Suspension{}, err
	}
	if request.Identity != model.IdentitySealed {
		return Suspension{}, ErrNotSealed
	}
	if reason, err = fault.Reason(reason, 1, 200); err != nil {
		return Suspension{}, err
	}
	if days < 1 || days > LongestSuspension {
		return Suspension{}, fault.InvalidField("days", "out_of_range", "暂停 1 至 30 天。", "One to thirty days.")
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Suspension, error) {
		label, row, err := present(ctx, tx, request)
		if err != nil {
			return Suspension{}, err
		}
		until := tx.Now().AddDate(0, 0, days)
		row.SuspendedUntil = &until
		if err := store.Held(tx.SealedIdentities.SaveSuspended(ctx, row.ID, until)); err != nil {
			return Suspension{}, err
		}
		if err := post(ctx, tx, row.ID, suspended(row, days, reason)); err != nil {
			return Suspension{}, err
		}
		return Suspension{label, until}, audit.Record(ctx, tx, actor, audit.Act{
			Action: "identity.suspension", ObjectKind: "request", ObjectID: id, Unit: request.BranchID, Detail: "until " + until.Format(time.DateOnly),
		})
	})
}

// present is the sealed identity of a request's submitter towards the branch that the request is
// with by now, and the label under which staff know them from it. Another branch took it in where
// that was dissolved, and staff do not learn what these two call the same person.
// Faults: identity_erased, busy.
func present(ctx context.Context, tx *store.Store, seen model.Request) (label string, row model.SealedIdentity, err error) {
	request, err := tx.Requests.GetLocked(ctx, seen.ID) // against a hand-over
	if err == nil {
		err = store.Held(request.BranchID == seen.BranchID, nil) // or whoever suspends has no authority any more
	}
	if err != nil {
		return "", row, err
	}
	row, err = tx.SealedIdentities.Get(ctx, request.SubmitterID)
	if errors.Is(err, fault.ErrNotFound) {
		return "", row, ErrNobody
	}
	if err != nil || row.BranchID == request.BranchID {
		return row.Label, row, err
	}
	label = row.Label
	person, err := open(tx, row)
	if err == nil {
		row, err = towards(ctx, tx, person, request.BranchID)
	}
	return label, row, err
}
