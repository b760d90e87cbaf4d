// Package signup decides who has a place at an activity, and records who came.
//
// Places are a counter on the activity's row. It moves by one conditional relative
// statement before the sign-up is written, so no number of people at once can take more
// than there are; that each person has one sign-up is a unique key. Whoever gives a
// sign-up up and comes again begins anew in the same row.
//
// When no place is left, people wait in the order of a number taken from the activity's
// row. A place that becomes free is offered, in the same transaction, to whoever has
// waited longest; nobody who comes later passes them. An offer holds its place for 12
// waking hours, but not beyond the time at which places stop being offered. Taken places
// are those registered and those offered.
//
// Every change of who has a place writes the activity's row first: a new sign-up by
// taking its place, everything else by taking a turn. So they happen one after another,
// on one database node and on several.
//
// Whoever is offered a place is told, and so is everybody signed up when the activity is
// cancelled. Those with a place are reminded in the evening before the activity.
//
// People check in and out themselves with a code that changes every 30 seconds. That is a
// fact and earns nothing: staff's record does, once, of the arrival, or of the departure
// where the activity asks for one. Records from an offline list may come late.
package signup

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/org"
)

// What can be in the way of a place.
var (
	ErrFull = fault.Define(fault.Conflict, "activity_full",
		"名额已满。", "There is no place left.")
	ErrAlready = fault.Define(fault.Conflict, "already_signed_up",
		"您已经报名。", "You have signed up already.")
	ErrClosed = fault.Define(fault.Conflict, "sign_up_closed",
		"报名未开放或已经结束。", "Sign-up is not open.")
	ErrNotEligible = fault.Define(fault.Conflict, "not_eligible",
		"该活动仅限本小区已认证居民参加。", "This activity is for verified residents of its estates.")
	ErrStarted = fault.Define(fault.Conflict, "activity_started",
		"活动已经开始，不能取消报名。", "The activity has started. It is too late to withdraw.")
	ErrOfferLapsed = fault.Define(fault.Conflict, "offer_lapsed",
		"候补名额的确认时间已过。", "The time to accept this place is over.")
	ErrNotSignedUp = fault.Define(fault.Conflict, "not_signed_up",
		"没有该活动的有效报名。", "There is no place at this activity in this name.")
)

// OfferTime is how long an offered place is held, in waking hours.
const OfferTime = 12 * time.Hour

// Service decides.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	points  Points
	notices Notices
}

// New makes the service.
func New(s *store.Store, rights *access.Service, units *org.Service, points Points, notices Notices) *Service {
	return &Service{store: s, access: rights, org: units, points: points, notices: notices}
}

// Companion is somebody who comes along.
type Companion struct {
	Name      string `json:"name"`
	Relation  string `json:"relation"`
	BirthYear int    `json:"birthYear,omitempty"`
}

// Party is who comes and what they say. All of them get places, or none does.
type Party struct {
	People  []Companion       `json:"people,omitempty"` // beside the person who signs up
	Answers map[string]string `json:"answers,omitempty"`
}

// longestDetails is how many bytes of questions and answers are kept.
const longestDetails = 8 << 10

// fits says whether the party is one the activity can ever take. Fault: invalid.
func (p Party) fits(a model.Activity) error {
	if len(p.People) > model.MaxCompanions || 1+len(p.People) > a.Capacity {
		return fault.InvalidField("people", "too_many", "同行人数超过上限。", "Too many people.")
	}
	size := 0
	for question, answer := range p.Answers {
		size += len(question) + len(answer)
	}
	if size > longestDetails {
		return fault.InvalidField("answers", "too_long", "回答太长。", "The answers are too long.")
	}
	return nil
}

// Joined is what became of a sign-up.
type Joined struct {
	ID       model.SignUpID
	Status   model.SignUpState
	Position int // on the waiting list, from 1; 0 when not on it
}

// Join signs the actor up, with whom they bring: registered when there are places,
// waitlisted otherwise. Faults: activity_full (only without a waiting list),
// already_signed_up, sign_up_closed, not_eligible, invalid, not_found; consent_required when
// it brings people or answers and the actor took their consent to that back.
func (s *Service) Join(ctx context.Context, actor model.Actor, id model.ActivityID, party Party) (Joined, error) {
	if actor.Nobody() {
		return Joined{}, fault.ErrUnauthenticated
	}
	a, err := s.store.Activities.Get(ctx, id)
	if err != nil {
		return Joined{}, err
	}
	if !a.Visible() {
		return Joined{}, fault.ErrNotFound
	}
	if err := party.fits(a); err != nil {
		return Joined{}, err
	}
	if err := s.eligible(ctx, actor, a); err != nil {
		return Joined{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Joined, error) {
		return s.join(ctx, tx, actor, id, party)
	})
}

// eligible says whether the activity is for this person. Fault: not_eligible.
func (s *Service) eligible(ctx context.Context, actor model.Actor, a model.Activity) error {
	if a.Audience == model.OpenAudience {
		return nil
	}
	residences, err := s.store.Residences.ListByUser(ctx, actor.User)
	if err != nil {
		return err
	}
	for _, r := range residences {
		if r.Status != model.ResidenceVerified {
			continue
		}
		within, err := s.org.Within(ctx, r.EstateID, a.UnitID)
		if err != nil || within {
			return err
		}
	}
	return s.worksThere(ctx, actor, a)
}

// worksThere says whether somebody of a new-employment group works where the activity is.
// Fault: not_eligible.
func (s *Service) worksThere(ctx context.Context, actor model.Actor, a model.Activity) error {
	areas, err := s.store.Employments.ListVerified(ctx, actor.User)
	if err != nil {
		return err
	}
	for _, e := range areas {
		within, err := s.org.Within(ctx, e.UnitID, a.UnitID)
		if err != nil || within {
			return err
		}
	}
	return ErrNotEligible
}

func (s *Service) join(ctx context.Context, tx *store.Store, actor model.Actor, id model.ActivityID, party Party) (Joined, error) {
	a, err := tx.Activities.Get(ctx, id)
	if err != nil {
		return Joined{}, err
	}
	if !a.SignUpOpen(tx.Now()) {
		return Joined{}, ErrClosed
	}
	before, err := tx.SignUps.GetByPerson(ctx, id, actor.User)
	known := err == nil
	switch {
	case err != nil && !errors.Is(err, fault.ErrNotFound):
		return Joined{}, err
	case known && before.Live():
		return Joined{}, ErrAlready
	}
	now := tx.Now()
	row := model.SignUp{
		ID: model.NewID[model.SignUp](now), ActivityID: id, UserID: actor.User,
		Places: 1 + len(party.People), CreatedAt: now, UpdatedAt: now,
	}
	if known {
		row.ID = before.ID
	}
	if row.Details, err = sealed(tx, row.ID, party); err != nil {
		return Joined{}, err
	}
	if _, purpose := row.NeedsConsent(); purpose != "" {
		// The form shows the text: whoever fills it in for the first time agrees by that.
		if err := tx.Consents.AddFirst(ctx, actor.User, purpose, model.ConsentOnForm); err != nil {
			return Joined{}, err
		}
	}
	position, err := takePlace(ctx, tx, a, &row)
	if err != nil {
		return Joined{}, err
	}
	if err := keep(ctx, tx, known, before, row); err != nil {
		return Joined{}, err
	}
	return Joined{ID: row.ID, Status: row.State, Position: position}, addEvent(ctx, tx, row, before.State, row.State, actor.User)
}

// takePlace takes the row's places or a number on the waiting list, and says which place
// on it that is. Between the two statements a place may become free: then it looks again.
func takePlace(ctx context.Context, tx *store.Store, a model.Activity, row *model.SignUp) (position int, err error) {
	for range 3 {
		taken, err := tx.Activities.TakePlaces(ctx, a.ID, row.Places)
		if err != nil || taken {
			row.State = model.SignUpRegistered
			return 0, err
		}
		queued, err := tx.Activities.TakeWaitingNumber(ctx, a.ID, row.Places)
		if err != nil {
			return 0, err
		}
		if a, err = tx.Activities.Get(ctx, a.ID); err != nil {
			return 0, err
		}
		switch {
		case queued:
			row.State, row.WaitingNumber = model.SignUpWaitlisted, a.WaitingSeq
			return a.Waiting, nil
		case !a.SignUpOpen(tx.Now()):
			return 0, ErrClosed
		case !a.WaitingList:
			return 0, ErrFull
		}
	}
	return 0, fault.ErrBusy
}

// keep writes the sign-up, anew or in the row of an earlier one.
func keep(ctx context.Context, tx *store.Store, again bool, before, row model.SignUp) error {
	if !again {
		err := tx.SignUps.Add(ctx, &row)
		if errors.Is(err, store.ErrDuplicate) {
			return ErrAlready
		}
		return err
	}
	saved, err := tx.SignUps.SaveAgain(ctx, before, row)
	if err == nil && !saved {
		return ErrAlready
	}
	return err
}

func addEvent(ctx context.Context, tx *store.Store, row model.SignUp, from, to model.SignUpState, actor model.UserID) error {
	return tx.SignUpEvents.Add(ctx, &model.SignUpEvent{
		ID: model.NewID[model.SignUpEvent](tx.Now()), SignUpID: row.ID, ActivityID: row.ActivityID,
		FromState: from, ToState: to, ActorID: actor, At: tx.Now(),
	})
}

// Who comes along and what they answer is sealed, bound to its row. Nobody searches it.
func detailsOf(id model.SignUpID) store.Place {
	return store.Place{Table: "sign_ups", Column: "details", Row: id.String()}
}

func sealed(tx *store.Store, id model.SignUpID, party Party) ([]byte, error) {
	if len(party.People) == 0 && len(party.Answers) == 0 {
		return []byte{}, nil
	}
	text, err := json.Marshal(party)
	if err != nil {
		return nil, err
	}
	return tx.Keys().Seal(detailsOf(id), text)
}

// PartyOf opens the details of a sign-up.
func PartyOf(s *store.Store, row model.SignUp) (party Party, err error) {
	if len(row.Details) == 0 {
		return party, nil
	}
	text, err := s.Keys().Open(detailsOf(row.ID), row.Details)
	if err != nil {
		return party, err
	}
	err = json.Unmarshal(text, &party)
	return party, err
}
