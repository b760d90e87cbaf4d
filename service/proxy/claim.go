package proxy

import (
	"context"
	"errors"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/account"
	"jinlin/service/mailbox"
)

const (
	// TriesPerDay is how often somebody may try to take a request over on a day.
	TriesPerDay = 20
	triesUse    = "proxy.claim"

	// KeptFor is how long after the end of a request those are named who never took it over.
	KeptFor    = 90 * 24 * time.Hour
	emptyBatch = 200
)

// Claim has the actor take over a request that was entered for them: they have its code, or
// have bound the number it was entered with. What is written may be a receipt's number or a
// slip's. Claiming again what is theirs changes nothing. Whoever entered or handled it does not
// take it over: they would say of their own work that it is done.
// Faults: unauthenticated, not_found, rate_limited, request_claimed, same_person.
func (s *Service) Claim(ctx context.Context, actor model.Actor, written, code string) (mailbox.State, error) {
	if actor.Nobody() {
		return mailbox.State{}, fault.ErrUnauthenticated
	}
	if err := s.try(ctx, actor); err != nil {
		return mailbox.State{}, err
	}
	id, err := s.named(ctx, written)
	if err != nil {
		return mailbox.State{}, err
	}
	phone, err := account.PhoneOf(ctx, s.store, actor.User)
	if err != nil {
		return mailbox.State{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (mailbox.State, error) {
		row, err := tx.Absentees.GetLocked(ctx, id)
		if err != nil {
			return mailbox.State{}, err
		}
		known := phone != "" && tx.Keys().IsPhone(row.PhoneHash, phone)
		switch {
		case !Fits(row.CodeHash, code) && !known && row.ClaimedBy != actor.User:
			return mailbox.State{}, fault.ErrNotFound
		case row.ClaimedBy == actor.User:
			return s.mailbox.StateOf(ctx, tx, id)
		case row.ClaimedAt != nil:
			return mailbox.State{}, ErrClaimed
		case row.EnteredBy == actor.User: // of a text that waits for a person no event says so
			return mailbox.State{}, mailbox.ErrSamePerson
		}
		if err := store.Held(tx.Absentees.SaveClaimed(ctx, row.ID, actor.User, tx.Now())); err != nil {
			return mailbox.State{}, err
		}
		return s.mailbox.Claim(ctx, tx, actor, id, row.ID)
	})
}

// try uses one of the day's tries, also when it comes to nothing. Fault: rate_limited.
func (s *Service) try(ctx context.Context, actor model.Actor) error {
	if !s.limits {
		return nil
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		return tx.DailyUses.Spend(ctx, actor.User, triesUse, TriesPerDay, fault.ErrRateLimited)
	})
}

// named finds a request by its receipt, or by the number of its slip. Fault: not_found.
func (s *Service) named(ctx context.Context, written string) (model.RequestID, error) {
	number, err := model.ParseSlipNumber(written)
	if err != nil {
		request, err := s.store.Requests.GetByReceipt(ctx, strings.ToUpper(strings.TrimSpace(written)))
		return request.ID, err
	}
	slip, err := s.store.Slips.Get(ctx, number)
	if err == nil && !slip.Entered() {
		err = fault.ErrNotFound
	}
	return slip.RequestID, err
}

// Waiting is a request that was entered with the actor's number and that they can take over.
type Waiting struct {
	Receipt   string
	Category  string
	Source    model.RequestSource
	CreatedAt time.Time
}

// Mine pages the requests that were entered with the actor's number, newest first.
// Fault: unauthenticated.
func (s *Service) Mine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[Waiting], error) {
	if actor.Nobody() {
		return model.Listing[Waiting]{}, fault.ErrUnauthenticated
	}
	phone, err := account.PhoneOf(ctx, s.store, actor.User)
	if err != nil || phone == "" {
		return model.Listing[Waiting]{}, err
	}
	rows, err := s.store.Absentees.ListByPhone(ctx, s.store.Keys().PhoneIndexes(phone), page)
	if err != nil {
		return model.Listing[Waiting]{}, err
	}
	found := model.Listing[Waiting]{Next: rows.Next}
	for _, row := range rows.Items {
		r, err := s.store.Requests.Get(ctx, row.RequestID)
		if err != nil {
			return found, err
		}
		found.Items = append(found.Items, Waiting{r.Receipt, r.Category, row.Source, r.CreatedAt})
	}
	return found, nil
}

// EmptyOld empties the names and numbers of those who never came, some time after their
// requests ended, and says how many; a job's work.
func (s *Service) EmptyOld(ctx context.Context) (emptied int, err error) {
	var last model.UserID
	for {
		now := s.store.Now()
		rows, err := s.store.Absentees.ListToEmpty(ctx, now.Add(-KeptFor), last, emptyBatch)
		if err != nil {
			return emptied, err
		}
		for _, row := range rows {
			if err := s.store.Absentees.SaveEmptied(ctx, row.ID, now); err != nil {
				return emptied, err
			}
			emptied, last = emptied+1, row.ID
		}
		if len(rows) < emptyBatch {
			return emptied, nil
		}
	}
}

// ErrNotEntered is a fault: a request came from its submitter themselves.
var ErrNotEntered = fault.Define(fault.NotFound, "not_entered_by_others",
	"这条诉求由本人提交。", "This request came from its submitter.")

func notEntered(err error) error {
	if errors.Is(err, fault.ErrNotFound) {
		return ErrNotEntered
	}
	return err
}
