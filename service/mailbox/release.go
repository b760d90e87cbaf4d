package mailbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// MessageDecided follows from what somebody decided about words that were held, in its transaction:
// what they say is told now, unless something came of the matter meanwhile, or is taken back.
func (s *Service) MessageDecided(ctx context.Context, tx *store.Store, decided model.ModerationItem) error {
	switch decided.Status {
	case model.TextRefused:
		return s.retract(ctx, tx, decided)
	case model.TextReleased:
		return s.release(ctx, tx, decided)
	}
	return nil
}

func (s *Service) release(ctx context.Context, tx *store.Store, decided model.ModerationItem) error {
	m, err := s.hold(ctx, tx, model.RequestID(decided.ObjectID))
	if err != nil {
		return err
	}
	events, err := m.course()
	if err != nil {
		return err
	}
	e := eventAt(events, decided.ObjectVersion)
	if stands, err := m.stands(ctx, tx, e); !stands || err != nil {
		return err
	}
	switch {
	case e.Kind == model.MoveMessage && e.Party == model.PartyResident:
		return s.tellThem(ctx, tx, m.Request, e, wrote)
	case e.Kind == model.MoveReferralAnswer, e.Kind == model.MoveReferralReturn:
		return s.tellThem(ctx, tx, m.Request, e, staffSayings[e.Kind])
	}
	if err := tell(ctx, tx, s.notices, m.Request, e); err != nil {
		return err
	}
	if e.Held = false; e.Kind != model.MoveReply && e.Kind != model.MoveRefusal {
		return nil
	}
	if err := putMergedNews(ctx, tx, e); err != nil {
		return err
	}
	return s.hear(ctx, tx, m.Request, e)
}

// stands says whether what was said with an event is still news: of an answer that was found not to
// help, a question that was taken back or a request that is over, nobody is told any more.
func (m *matter) stands(ctx context.Context, tx *store.Store, e model.RequestEvent) (bool, error) {
	switch e.Kind {
	case model.MoveReply, model.MoveRefusal:
		newest, err := m.newestWord()
		return newest.Seq == e.Seq && (m.Status == e.To || m.Status == model.RequestReturnVisit), err
	case model.MoveReferral:
		referral, err := tx.Referrals.GetLive(ctx, m.ID)
		return referral.Seq == e.Seq && referral.Status == model.ReferralAsked, ignoring(err, fault.ErrNotFound)
	case model.MovePromise:
		promise, err := tx.RequestPromises.Get(ctx, m.ID, e.Details().Promise)
		if errors.Is(err, fault.ErrNotFound) {
			return false, nil
		}
		return promise.Status == model.PromiseOpen, err
	case model.MoveMessage:
		return e.Party == model.PartyStaff || !m.Status.Ended() || m.Status == model.RequestMerged, nil
	case model.MoveReferralAnswer, model.MoveReferralReturn:
		return !m.Status.Ended(), nil
	}
	return false, nil // a comment or a note: what it went with was told at once
}

// newestWord is the newest event about the answer to a request: the answer, what was said of it, or
// that it was taken back.
func (m *matter) newestWord() (model.RequestEvent, error) {
	events, err := m.course()
	newest, _ := model.LastOf(events, model.MoveReply, model.MoveRefusal, model.MoveRetraction, model.MoveFeedback, model.MoveObjection, model.MoveReturnVisit)
	return newest, err
}
