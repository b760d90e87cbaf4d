package activity

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/audit"
	"jinlin/service/moderation"
)

// judge passes the text of a draft that may be published: a person let it pass, or the
// check does. What it holds is put before a person.
// Faults: content_refused, content_held, changed_meanwhile.
func (s *Service) judge(ctx context.Context, actor model.Actor, a model.Activity) error {
	status, err := s.texts.Standing(ctx, model.ModeratedActivity, model.ID[any](a.ID), a.Version)
	switch {
	case err != nil || status == model.TextReleased:
		return err
	case status == model.TextRefused:
		return fault.ErrContentRefused
	}
	err = s.checkText(ctx, actor, a.Title, a.Description+"\n"+a.Place)
	if errors.Is(err, ErrHeld) {
		if failed := s.hold(ctx, actor, a); failed != nil {
			return failed
		}
	}
	return err
}

// hold puts the text of a draft before a person. Fault: changed_meanwhile.
func (s *Service) hold(ctx context.Context, actor model.Actor, a model.Activity) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		now, err := tx.Activities.Get(ctx, a.ID)
		if err != nil {
			return err
		}
		if err := store.Seen(&a.Version, now.Version); err != nil {
			return err
		}
		item := itemOf(actor, a, model.ModeratedActivity, strings.TrimSpace(a.Title+"\n"+a.Description+"\n"+a.Place))
		if err := s.texts.Hold(ctx, tx, item); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, act(a, "hold", ""))
	})
}

// checkText has a text judged. Faults: content_refused, content_held.
func (s *Service) checkText(ctx context.Context, actor model.Actor, title, text string) error {
	verdict, err := s.texts.Judge(ctx, actor.User, moderation.Text{Scene: moderation.Forum, Title: title, Body: text})
	switch {
	case err != nil || verdict == moderation.Passed:
		return err
	case verdict == moderation.Refused:
		return fault.ErrContentRefused
	}
	return ErrHeld
}

// itemOf is a text of an activity that waits for a person.
func itemOf(writer model.Actor, a model.Activity, kind model.ModerationKind, text string) model.ModerationItem {
	return model.ModerationItem{
		Kind: kind, ObjectID: model.ID[any](a.ID), ObjectVersion: a.Version, UnitID: a.UnitID, WriterID: writer.User, Text: text,
	}
}

// CancellationDecided shows why an activity was called off, once a person let it pass.
func (s *Service) CancellationDecided(ctx context.Context, tx *store.Store, item model.ModerationItem) error {
	if item.Status != model.TextReleased {
		return nil
	}
	return tx.Activities.SaveCancelReason(ctx, model.ActivityID(item.ObjectID), item.Text)
}
