package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// Faults of openings.
var (
	ErrAsked = fault.Define(fault.Conflict, "opening_asked",
		"已有一份查看身份的申请待审批。", "Somebody has asked for this already, and it waits for a decision.")
	ErrSameOfficer = fault.Define(fault.Forbidden, "second_officer_required",
		"须由申请人以外的另一名人员审批。", "Another officer than the one who asked has to decide.")
	ErrHandles = fault.Define(fault.Forbidden, "handler_cannot_open",
		"您参与办理了这条诉求，不能申请或审批查看提交人身份。", "You handle this request, and so may not open who submitted it.")
	ErrNotOfficer = fault.Define(fault.Forbidden, "not_an_officer_of_it",
		"只有申请人和审批人可以查看。", "Only the two officers of this opening may read it.")
)

const (
	// AskedFor is how long an opening waits for a decision.
	AskedFor = 3 * 24 * time.Hour
	// OpenFor is how long its officers may read who it is.
	OpenFor = 24 * time.Hour

	leastNote, mostNote = 4, 500
)

// Grounds are the reasons of law.
var Grounds = map[model.IdentityGround]fault.Text{
	model.GroundCriminalCase: {ZH: "公安机关、检察机关依法办案", EN: "the police or prosecutors investigate by law"},
	model.GroundCourt:        {ZH: "人民法院依法调取", EN: "a court orders it by law"},
	model.GroundSupervision:  {ZH: "纪检监察机关依法办案", EN: "discipline inspection and supervision investigate by law"},
	model.GroundLifeSafety:   {ZH: "有人的生命安全面临紧迫危险", EN: "somebody's life is in danger"},
}

// Asking is why an identity is to be opened.
type Asking struct {
	Ground   model.IdentityGround
	Document string // the number of the paper
	Note     string // 4–500 letters
}

// Ask asks for the opening of the identity behind a sealed request.
// Faults: those of access.Find, invalid, not_sealed, identity_erased, handler_cannot_open, opening_asked.
func (s *Service) Ask(ctx context.Context, actor model.Actor, id model.RequestID, ask Asking) (model.IdentityOpening, error) {
	if _, err := access.Find(ctx, s.access, actor, access.IdentityAsk, s.store.Requests.Get, id); err != nil {
		return model.IdentityOpening{}, err
	}
	if err := ask.judge(); err != nil {
		return model.IdentityOpening{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.IdentityOpening, error) {
		request, err := tx.Requests.GetLocked(ctx, id) // against a move of the same officer's
		if err == nil {
			err = s.openable(ctx, tx, actor, request)
		}
		if err != nil {
			return model.IdentityOpening{}, err
		}
		o := model.IdentityOpening{
			ID: model.NewID[model.IdentityOpening](tx.Now()), IdentityID: request.SubmitterID, RequestID: id, BranchID: request.BranchID,
			Ground: ask.Ground, Document: ask.Document, Note: ask.Note, AskedBy: actor.User, AskedAt: tx.Now(), ExpiresAt: tx.Now().Add(AskedFor),
		}
		if err := s.lapse(ctx, tx, id); err != nil {
			return o, err
		}
		err = s.begin(ctx, tx, actor, &o)
		return o, err
	})
}

func (a *Asking) judge() error {
	a.Document, a.Note = strings.TrimSpace(a.Document), strings.TrimSpace(a.Note)
	n := utf8.RuneCountInString(a.Note)
	switch {
	case Grounds[a.Ground].ZH == "":
		return fault.InvalidField("ground", "unknown", "没有这一法定事由。", "There is no such ground.")
	case a.Document == "":
		return fault.InvalidField("document", "required", "请填写法律文书编号。", "Give the number of the paper that asks for it.")
	case n < leastNote || n > mostNote:
		return fault.InvalidField("note", "too_short", "请写明情况，4 至 500 字。", "Say what it is about, in 4 to 500 letters.")
	}
	return nil
}

// openable lets an officer go on who does not handle the request, if there is somebody to find.
// Faults: not_sealed, identity_erased, handler_cannot_open.
func (s *Service) openable(ctx context.Context, tx *store.Store, actor model.Actor, r model.Request) error {
	if r.Identity != model.IdentitySealed {
		return ErrNotSealed
	}
	if err := s.notHandling(ctx, tx, actor, r.ID); err != nil {
		return err
	}
	_, err := tx.SealedIdentities.Get(ctx, r.SubmitterID)
	if errors.Is(err, fault.ErrNotFound) {
		return ErrNobody
	}
	return err
}

// notHandling refuses who has done something with the request. Fault: handler_cannot_open.
func (s *Service) notHandling(ctx context.Context, tx *store.Store, actor model.Actor, id model.RequestID) error {
	events, err := tx.RequestEvents.ListByRequest(ctx, id)
	if slices.ContainsFunc(events, func(e model.RequestEvent) bool { return e.Party == model.PartyStaff && e.ActorID == actor.User }) {
		return ErrHandles
	}
	return err
}

// lapse makes room for another asking where one waited too long. Fault: opening_asked.
func (s *Service) lapse(ctx context.Context, tx *store.Store, id model.RequestID) error {
	live, err := tx.IdentityOpenings.GetLive(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err == nil && live.StatusAt(tx.Now()) == model.OpeningAsked {
		err = ErrAsked
	}
	if err != nil {
		return err
	}
	read := live.Version
	e := live.Lapse(tx.Now())
	return save(ctx, tx, live, read, e)
}

func (s *Service) begin(ctx context.Context, tx *store.Store, actor model.Actor, o *model.IdentityOpening) error {
	e, err := o.Step(model.AskOpening, actor.User, "", tx.Now())
	if err != nil {
		return err
	}
	err = tx.IdentityOpenings.Add(ctx, o)
	if errors.Is(err, store.ErrDuplicate) {
		return ErrAsked
	}
	if err != nil {
		return err
	}
	if err := tx.IdentityOpeningEvents.Add(ctx, e); err != nil {
		return err
	}
	return record(ctx, tx, actor, *o, model.AskOpening)
}

// Approve opens an identity to its two officers, and tells the person.
// Faults: those of access.Find, second_officer_required, handler_cannot_open, identity_erased,
// illegal_transition.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.IdentityOpeningID) (model.IdentityOpening, error) {
	return s.decide(ctx, actor, id, model.ApproveOpening, "", func(tx *store.Store, o *model.IdentityOpening) error {
		_, err := tx.SealedIdentities.Get(ctx, o.IdentityID)
		if errors.Is(err, fault.ErrNotFound) {
			return ErrNobody
		}
		if err != nil {
			return err
		}
		o.ExpiresAt = tx.Now().Add(OpenFor)
		return post(ctx, tx, o.IdentityID, opened(*o))
	})
}

// Refuse ends an asking, for a reason.
// Faults: those of access.Find, second_officer_required, handler_cannot_open, invalid,
// illegal_transition.
func (s *Service) Refuse(ctx context.Context, actor model.Actor, id model.IdentityOpeningID, reason string) (model.IdentityOpening, error) {
	reason, err := fault.Reason(reason, 1, 500)
	if err != nil {
		return model.IdentityOpening{}, err
	}
	return s.decide(ctx, actor, id, model.RefuseOpening, reason, func(*store.Store, *model.IdentityOpening) error { return nil })
}

func (s *Service) decide(ctx context.Context, actor model.Actor, id model.IdentityOpeningID, move model.IdentityOpeningMove, note string, do func(*store.Store, *model.IdentityOpening) error) (model.IdentityOpening, error) {
	seen, err := access.Find(ctx, s.access, actor, access.IdentityDecide, s.store.IdentityOpenings.Get, id)
	if err == nil && seen.AskedBy == actor.User {
		err = ErrSameOfficer
	}
	if err != nil {
		return model.IdentityOpening{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.IdentityOpening, error) {
		if _, err := tx.Requests.GetLocked(ctx, seen.RequestID); err != nil { // before its opening, as asking does
			return seen, err
		}
		o, err := tx.IdentityOpenings.GetLocked(ctx, id)
		if err == nil {
			err = s.notHandling(ctx, tx, actor, o.RequestID)
		}
		if err != nil {
			return o, err
		}
		read, now := o.Version, tx.Now()
		e, err := o.Step(move, actor.User, note, now)
		if err != nil {
			return o, err
		}
		o.DecidedBy, o.DecidedAt = actor.User, &now
		if err := do(tx, &o); err != nil {
			return o, err
		}
		if err := save(ctx, tx, o, read, e); err != nil {
			return o, err
		}
		return o, record(ctx, tx, actor, o, move)
	})
}

// Revealed is who stands behind a sealed request.
type Revealed struct {
	Opening  model.IdentityOpening
	Nickname string
	Phone    string // "" if none is bound
}

// Reveal reads an identity that was opened, for one of its two officers. Each look is an event.
// Faults: those of access.Find, not_an_officer_of_it, illegal_transition, identity_erased.
func (s *Service) Reveal(ctx context.Context, actor model.Actor, id model.IdentityOpeningID) (Revealed, error) {
	seen, err := access.Find(ctx, s.access, actor, access.IdentityAsk, s.store.IdentityOpenings.Get, id)
	if err == nil && !seen.Officer(actor.User) {
		err = ErrNotOfficer
	}
	if err != nil {
		return Revealed{}, err
	}
	// What is kept for a repeat of the key is that somebody looked, and not whom they saw.
	o, err := store.Once(ctx, s.store, func(tx *store.Store) (model.IdentityOpening, error) {
		o, err := tx.IdentityOpenings.GetLocked(ctx, id)
		if err != nil {
			return o, err
		}
		err = s.look(ctx, tx, actor, &o)
		return o, err
	})
	if err != nil {
		return Revealed{}, err
	}
	return s.read(ctx, o)
}

func (s *Service) look(ctx context.Context, tx *store.Store, actor model.Actor, o *model.IdentityOpening) error {
	if o.Status == model.OpeningApproved && !tx.Now().Before(o.ExpiresAt) {
		return fault.IllegalMove("expired", []string{})
	}
	read := o.Version
	e, err := o.Step(model.RevealIdentity, actor.User, "", tx.Now())
	if err != nil {
		return err
	}
	if err := save(ctx, tx, *o, read, e); err != nil {
		return err
	}
	return record(ctx, tx, actor, *o, model.RevealIdentity)
}

func (s *Service) read(ctx context.Context, o model.IdentityOpening) (Revealed, error) {
	row, err := s.store.SealedIdentities.Get(ctx, o.IdentityID)
	if errors.Is(err, fault.ErrNotFound) {
		return Revealed{}, ErrNobody
	}
	if err != nil {
		return Revealed{}, err
	}
	person, err := open(s.store, row)
	if err != nil {
		return Revealed{}, err
	}
	user, err := s.store.Users.Get(ctx, person)
	if err != nil {
		return Revealed{}, err
	}
	phone, err := s.phones(ctx, s.store, person)
	return Revealed{Opening: o, Nickname: user.Nickname, Phone: phone}, err
}

// Get is one opening, without whose identity it is. Faults: those of access.Find.
func (s *Service) Get(ctx context.Context, actor model.Actor, id model.IdentityOpeningID) (model.IdentityOpening, error) {
	return access.Find(ctx, s.access, actor, access.IdentityAsk, s.store.IdentityOpenings.Get, id)
}

// List pages the openings of a unit and all below it, or of the actor's whole authority, in
// one status or in any, newest first. Faults: those of access.Ground.
func (s *Service) List(ctx context.Context, actor model.Actor, unit model.UnitID, status model.IdentityOpeningStatus, page model.Page) (model.Listing[model.IdentityOpening], error) {
	tops, err := s.access.Ground(ctx, actor, access.IdentityAsk, unit)
	if err != nil {
		return model.Listing[model.IdentityOpening]{}, err
	}
	var units []model.UnitID
	for _, top := range tops {
		below, err := s.org.Below(ctx, top)
		if err != nil {
			return model.Listing[model.IdentityOpening]{}, err
		}
		units = append(units, below...)
	}
	return s.store.IdentityOpenings.List(ctx, units, status, page)
}

// StatusOf is where an opening stands now.
func (s *Service) StatusOf(o model.IdentityOpening) model.IdentityOpeningStatus {
	return o.StatusAt(s.store.Now())
}

// Mine pages the openings of the actor's own sealed identities that were approved, newest
// first. Fault: unauthenticated.
func (s *Service) Mine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.IdentityOpening], error) {
	if actor.Nobody() {
		return model.Listing[model.IdentityOpening]{}, fault.ErrUnauthenticated
	}
	ids, err := s.store.SealedIdentities.ListIDs(ctx, actor.User)
	if err != nil {
		return model.Listing[model.IdentityOpening]{}, err
	}
	return s.store.IdentityOpenings.ListApprovedOf(ctx, ids, page)
}

func save(ctx context.Context, tx *store.Store, o model.IdentityOpening, read int, e *model.IdentityOpeningEvent) error {
	if err := store.Held(tx.IdentityOpenings.SaveMoved(ctx, o, read)); err != nil {
		return err
	}
	return tx.IdentityOpeningEvents.Add(ctx, e)
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, o model.IdentityOpening, move model.IdentityOpeningMove) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "identity." + string(move), ObjectKind: "identity_opening", ObjectID: o.ID, Unit: o.BranchID,
		Detail: string(o.Ground) + " " + o.Document,
	})
}
