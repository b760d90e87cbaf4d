package mailbox

import (
	"context"
	"errors"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Entry is a request in a list.
type Entry struct {
	Request    model.Request
	Clocks     model.RequestClocks
	Overdue    bool // staff are late
	Unverified bool // heard in a group, and nobody has confirmed that they said it
}

// InboxFilter narrows an inbox; zero fields do not.
type InboxFilter struct {
	Status  model.RequestStatus // none: everything that is open
	Overdue bool                // only what staff are late with
	UnitID  model.UnitID
	Number  string // of a receipt or a slip: only that request, and no other field counts
}

// Inbox pages the requests in the actor's authority, what is due first coming first.
// Faults: unauthenticated, forbidden, not_found, invalid, invalid_cursor.
func (s *Service) Inbox(ctx context.Context, actor model.Actor, f InboxFilter, page model.Page) (model.Listing[Entry], error) {
	units, err := s.scope(ctx, actor, f.UnitID)
	if err != nil {
		return model.Listing[Entry]{}, err
	}
	if f.Number != "" {
		return s.numbered(ctx, actor, f.Number)
	}
	filter := store.RequestFilter{Open: !f.Status.Ended(), Status: f.Status}
	if f.Overdue {
		filter.Overdue = s.store.Now()
	}
	requests, err := s.store.Requests.ListInbox(ctx, units, filter, page)
	if err != nil {
		return model.Listing[Entry]{}, err
	}
	return s.entries(ctx, requests, model.PartyStaff)
}

// numbered is the request with a receipt's or a slip's number, whatever became of it, as a list; an
// empty one where there is none in the actor's authority.
func (s *Service) numbered(ctx context.Context, actor model.Actor, number string) (model.Listing[Entry], error) {
	var found model.Listing[model.Request]
	r, err := s.byNumber(ctx, strings.TrimSpace(number))
	if err == nil {
		err = s.access.Require(ctx, actor, access.MailboxRead, r.Units()...)
	}
	if err == nil {
		found.Items = []model.Request{r}
	}
	if err := ignoring(err, fault.ErrNotFound); err != nil {
		return model.Listing[Entry]{}, err
	}
	return s.entries(ctx, found, model.PartyStaff)
}

// byNumber finds a request by its receipt, or by the slip on which it was written. Fault: not_found.
func (s *Service) byNumber(ctx context.Context, number string) (model.Request, error) {
	r, err := s.store.Requests.GetByReceipt(ctx, strings.ToUpper(number))
	if !errors.Is(err, fault.ErrNotFound) {
		return r, err
	}
	printed, wrong := model.ParseSlipNumber(number)
	if wrong != nil { // it is no slip's either
		return r, fault.ErrNotFound
	}
	slip, err := s.store.Slips.Get(ctx, printed)
	if err == nil && !slip.Entered() {
		err = fault.ErrNotFound
	}
	if err != nil {
		return r, err
	}
	return s.store.Requests.Get(ctx, slip.RequestID)
}

// scope are the units whose requests an actor reads: the one asked for, or the tops of the
// actor's authority. Faults: unauthenticated, forbidden, not_found, invalid.
func (s *Service) scope(ctx context.Context, actor model.Actor, asked model.UnitID) ([]model.Unit, error) {
	if asked.IsZero() {
		return s.tops(ctx, actor)
	}
	if err := s.access.Require(ctx, actor, access.MailboxRead, asked); err != nil {
		return nil, err
	}
	unit, err := s.org.Unit(ctx, asked)
	if err == nil && !s.store.Requests.CanScope(unit.Kind) {
		err = fault.InvalidField("query.unitId", "not_allowed", "不能按这类单位筛选。", "Requests cannot be listed by this kind of unit.")
	}
	return []model.Unit{unit}, err
}

func (s *Service) tops(ctx context.Context, actor model.Actor) ([]model.Unit, error) {
	ids, err := s.access.Units(ctx, actor, access.MailboxRead)
	if err != nil {
		return nil, err
	}
	var tops []model.Unit
	for _, id := range ids {
		ground, err := s.org.Ground(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, unit := range ground {
			if unit.Kind == model.County {
				return []model.Unit{unit}, nil
			}
			if s.store.Requests.CanScope(unit.Kind) {
				tops = append(tops, unit)
			}
		}
	}
	return tops, nil
}

// ListMine pages the actor's own requests, newest first. Fault: unauthenticated.
func (s *Service) ListMine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[Entry], error) {
	if actor.Nobody() {
		return model.Listing[Entry]{}, fault.ErrUnauthenticated
	}
	ids, err := s.store.SealedIdentities.ListIDs(ctx, actor.User)
	if err != nil {
		return model.Listing[Entry]{}, err
	}
	requests, err := s.store.Requests.ListBySubmitter(ctx, ids, page)
	if err != nil {
		return model.Listing[Entry]{}, err
	}
	return s.entries(ctx, requests, model.PartyResident)
}

// entries gives requests their clocks.
func (s *Service) entries(ctx context.Context, requests model.Listing[model.Request], party model.RequestParty) (model.Listing[Entry], error) {
	ids := make([]model.RequestID, len(requests.Items))
	for i, r := range requests.Items {
		ids[i] = r.ID
	}
	clocks, err := s.store.RequestClocks.ListByRequests(ctx, ids...)
	if err != nil {
		return model.Listing[Entry]{}, err
	}
	of := map[model.RequestID]model.RequestClocks{}
	for _, clock := range clocks {
		of[clock.RequestID] = append(of[clock.RequestID], clock)
	}
	unverified, err := s.unverified(ctx, requests.Items...)
	if err != nil {
		return model.Listing[Entry]{}, err
	}
	return model.Map(requests, func(r model.Request) Entry {
		return Entry{
			Request: masked(party, r), Clocks: of[r.ID], Overdue: of[r.ID].Overdue(s.store.Now()),
			Unverified: slices.Contains(unverified, r.ID),
		}
	}), nil
}

// unverified are those of some requests that were heard in a group, and that nobody has confirmed.
func (s *Service) unverified(ctx context.Context, requests ...model.Request) ([]model.RequestID, error) {
	var heard []model.RequestID
	for _, r := range requests {
		if r.Source == model.SourceGroup {
			heard = append(heard, r.ID)
		}
	}
	return s.store.Absentees.ListUnverified(ctx, heard...)
}
