// Package reveal shows staff a number that their lists mask: one at a time, with a reason.
//
// Lists show 138****0000. Whoever works with a list and has to call somebody on it asks for
// that one number and says why. Each look is counted, 50 a day for one member of staff,
// and written down twice: in the record of staff, and where the person finds it in their
// export. Asking again under the same idempotency key shows the number again and counts
// once. Names of those whom people bring along are never revealed: they may be children.
package reveal

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/audit"
)

// ErrNoPhone is a fault: the person has bound no number.
var ErrNoPhone = fault.Define(fault.Conflict, "no_phone",
	"对方没有绑定手机号。", "They have bound no phone number.")

const (
	leastReason = 4 // letters
	mostReason  = 200
	dailyUse    = "reveal"
)

// PerDay is how many numbers a member of staff may look at on a calendar day.
const PerDay = 50

// Service shows what is masked.
type Service struct {
	store  *store.Store
	access *access.Service
	limits bool
}

// New makes the service. limits says whether PerDay holds.
func New(s *store.Store, a *access.Service, limits bool) *Service {
	return &Service{store: s, access: a, limits: limits}
}

// Shown is what was masked.
type Shown struct {
	model.Reveal
	Phone string
}

// subject is somebody on a list, and the units that list is of.
type subject struct {
	person model.UserID
	kind   model.RevealKind
	id     model.ID[any]
	units  []model.UnitID
}

// Units are those whose staff work with the list.
func (s subject) Units() []model.UnitID { return s.units }

// OfResidence shows the number of whoever registered a residence that is not over.
// Faults: those of access.Find, invalid, no_phone, rate_limited.
func (s *Service) OfResidence(ctx context.Context, actor model.Actor, id model.ResidenceID, reason string) (Shown, error) {
	return show(ctx, s, actor, s.residence, id, reason)
}

// OfSignUp shows the number of whoever signed up for an activity. Faults: as OfResidence.
func (s *Service) OfSignUp(ctx context.Context, actor model.Actor, id model.SignUpID, reason string) (Shown, error) {
	return show(ctx, s, actor, s.signUp, id, reason)
}

func (s *Service) residence(ctx context.Context, id model.ResidenceID) (subject, error) {
	r, err := s.store.Residences.Get(ctx, id)
	if err == nil && r.Status != model.ResidencePending && r.Status != model.ResidenceVerified {
		err = fault.ErrNotFound
	}
	return subject{r.UserID, model.RevealResidence, model.ID[any](id), r.Units()}, err
}

func (s *Service) signUp(ctx context.Context, id model.SignUpID) (subject, error) {
	row, err := s.store.SignUps.Get(ctx, id)
	if err == nil && row.State == model.SignUpCancelled {
		err = fault.ErrNotFound
	}
	if err != nil {
		return subject{}, err
	}
	activity, err := s.store.Activities.Get(ctx, row.ActivityID)
	return subject{row.UserID, model.RevealSignUp, model.ID[any](id), []model.UnitID{activity.UnitID}}, err
}

func show[K any](ctx context.Context, s *Service, actor model.Actor, find func(context.Context, K) (subject, error), key K, reason string) (Shown, error) {
	about, err := access.Find(ctx, s.access, actor, access.PersonReveal, find, key)
	if err != nil {
		return Shown{}, err
	}
	reason, err = fault.Reason(reason, leastReason, mostReason)
	if err != nil {
		return Shown{}, err
	}
	role, err := s.roleOf(ctx, actor)
	if err != nil {
		return Shown{}, err
	}
	// What is kept for a repeat of the key is that somebody looked, and not the number.
	look, err := store.Once(ctx, s.store, func(tx *store.Store) (model.Reveal, error) {
		return s.record(ctx, tx, actor, about, role, reason)
	})
	if err != nil {
		return Shown{}, err
	}
	phone, err := account.PhoneOf(ctx, s.store, look.SubjectID)
	if err == nil && phone == "" { // taken off since
		err = ErrNoPhone
	}
	return Shown{Reveal: look, Phone: phone}, err
}

// roleOf is by what the actor may look: the person concerned learns a post, not a name.
func (s *Service) roleOf(ctx context.Context, actor model.Actor) (model.Role, error) {
	grants, err := s.access.Grants(ctx, actor)
	for _, g := range grants {
		if slices.Contains(access.Table[access.PersonReveal], g.Role) {
			return g.Role, nil
		}
	}
	if err == nil {
		err = fault.ErrForbidden
	}
	return "", err
}

func (s *Service) record(ctx context.Context, tx *store.Store, actor model.Actor, about subject, role model.Role, reason string) (model.Reveal, error) {
	now := tx.Now()
	look := model.Reveal{
		ID: model.NewID[model.Reveal](now), SubjectID: about.person, ActorID: actor.User, Role: role, UnitID: about.units[len(about.units)-1],
		Kind: about.kind, ObjectID: about.id, Reason: reason, At: now,
	}
	if number, err := account.PhoneOf(ctx, tx, about.person); err != nil || number == "" {
		if err == nil {
			err = ErrNoPhone
		}
		return look, err
	}
	if err := s.count(ctx, tx, actor); err != nil {
		return look, err
	}
	if err := tx.Reveals.Add(ctx, &look); err != nil {
		return look, err
	}
	return look, audit.Record(ctx, tx, actor, audit.Act{
		Action: string(access.PersonReveal), ObjectKind: string(about.kind), ObjectID: about.id, Unit: look.UnitID, Detail: "reveal " + look.ID.String(),
	})
}

func (s *Service) count(ctx context.Context, tx *store.Store, actor model.Actor) error {
	if !s.limits {
		return nil
	}
	return tx.DailyUses.Spend(ctx, actor.User, dailyUse, PerDay, fault.ErrRateLimited)
}
