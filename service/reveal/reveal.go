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

// Subject is somebody on a list, and the units that list is of, the nearest one last.
type Subject struct {
	Person model.UserID
	Kind   model.RevealKind
	ID     model.ID[any]
	Of     []model.UnitID
}

// Units are those whose staff work with the list.
func (s Subject) Units() []model.UnitID { return s.Of }

// OfResidence shows the number of whoever registered a residence that is not over.
// Faults: those of access.Find, invalid, no_phone, rate_limited.
func (s *Service) OfResidence(ctx context.Context, actor model.Actor, id model.ResidenceID, reason string) (Shown, error) {
	return show(ctx, s, actor, s.residence, id, reason)
}

// OfSignUp shows the number of whoever signed up for an activity. Faults: as OfResidence.
func (s *Service) OfSignUp(ctx context.Context, actor model.Actor, id model.SignUpID, reason string) (Shown, error) {
	return show(ctx, s, actor, s.signUp, id, reason)
}

func (s *Service) residence(ctx context.Context, id model.ResidenceID) (Subject, error) {
	r, err := s.store.Residences.Get(ctx, id)
	if err == nil && r.Status != model.ResidencePending && r.Status != model.ResidenceVerified {
		err = fault.ErrNotFound
	}
	return Subject{r.UserID, model.RevealResidence, model.ID[any](id), r.Units()}, err
}

func (s *Service) signUp(ctx context.Context, id model.SignUpID) (Subject, error) {
	row, err := s.store.SignUps.Get(ctx, id)
	if err == nil && row.State == model.SignUpCancelled {
		err = fault.ErrNotFound
	}
	if err != nil {
		return Subject{}, err
	}
	activity, err := s.store.Activities.Get(ctx, row.ActivityID)
	return Subject{row.UserID, model.RevealSignUp, model.ID[any](id), []model.UnitID{activity.UnitID}}, err
}

func show[K any](ctx context.Context, s *Service, actor model.Actor, find func(context.Context, K) (Subject, error), key K, reason string) (Shown, error) {
	about, err := access.Find(ctx, s.access, actor, access.PersonReveal, find, key)
	if err != nil {
		return Shown{}, err
	}
	look, err := s.Look(ctx, actor, about, reason, func(tx *store.Store) error {
		_, err := phoneOf(ctx, tx, about.Person)
		return err
	})
	if err != nil {
		return Shown{}, err
	}
	phone, err := phoneOf(ctx, s.store, look.SubjectID) // it may have been taken off since
	return Shown{Reveal: look, Phone: phone}, err
}

// phoneOf is somebody's number. Fault: no_phone.
func phoneOf(ctx context.Context, s *store.Store, person model.UserID) (string, error) {
	number, err := account.PhoneOf(ctx, s, person)
	if err == nil && number == "" {
		err = ErrNoPhone
	}
	return number, err
}

// Look counts and writes down that somebody on staff, who must be found to have the right
// before, looks at what is masked. there says whether it is there to be seen: what is not
// costs nothing. Faults: those of there, invalid, forbidden, rate_limited.
func (s *Service) Look(ctx context.Context, actor model.Actor, about Subject, reason string, there func(*store.Store) error) (model.Reveal, error) {
	reason, err := fault.Reason(reason, leastReason, mostReason)
	if err != nil {
		return model.Reveal{}, err
	}
	role, err := s.roleOf(ctx, actor)
	if err != nil {
		return model.Reveal{}, err
	}
	// What is kept for a repeat of the key is that somebody looked, and not what they saw.
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Reveal, error) {
		if err := there(tx); err != nil {
			return model.Reveal{}, err
		}
		return s.record(ctx, tx, actor, about, role, reason)
	})
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

func (s *Service) record(ctx context.Context, tx *store.Store, actor model.Actor, about Subject, role model.Role, reason string) (model.Reveal, error) {
	look := model.Reveal{
		ID: model.NewID[model.Reveal](tx.Now()), SubjectID: about.Person, ActorID: actor.User, Role: role, UnitID: about.Of[len(about.Of)-1],
		Kind: about.Kind, ObjectID: about.ID, Reason: reason, At: tx.Now(),
	}
	if err := s.count(ctx, tx, actor); err != nil {
		return look, err
	}
	if err := tx.Reveals.Add(ctx, &look); err != nil {
		return look, err
	}
	return look, audit.Record(ctx, tx, actor, audit.Act{
		Action: string(access.PersonReveal), ObjectKind: string(about.Kind), ObjectID: about.ID, Unit: look.UnitID, Detail: "reveal " + look.ID.String(),
	})
}

func (s *Service) count(ctx context.Context, tx *store.Store, actor model.Actor) error {
	if !s.limits {
		return nil
	}
	return tx.DailyUses.Spend(ctx, actor.User, dailyUse, PerDay, fault.ErrRateLimited)
}
