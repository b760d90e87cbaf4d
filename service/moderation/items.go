package moderation

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/identity"
)

// ErrOwnText is a fault: whoever wrote a text does not decide on it.
var ErrOwnText = fault.Define(fault.Forbidden, "own_text",
	"不能审核自己撰写的内容，请由他人审核。", "You cannot decide on a text you wrote yourself.")

// Hold puts a text before a person, in the transaction of what it belongs to. The same
// version of the same text is put there once.
func (s *Service) Hold(ctx context.Context, tx *store.Store, item model.ModerationItem) error {
	soon := model.NextRound(tx.Now())
	item.ID, item.Status, item.HeldAt, item.RemindAt = model.NewID[model.ModerationItem](tx.Now()), model.TextHeld, tx.Now(), &soon
	err := tx.ModerationItems.Add(ctx, &item)
	if errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	if err != nil {
		return err
	}
	return addEvent(ctx, tx, item, "", item.WriterID)
}

// Standing is what became of one version of a text; "" when it was never held.
func (s *Service) Standing(ctx context.Context, kind model.ModerationKind, object model.ID[any], version int) (model.ModerationStatus, error) {
	item, err := s.store.ModerationItems.GetByObject(ctx, kind, object, version)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	return item.Status, err
}

// Released are the versions of an object's texts that a person let pass.
func (s *Service) Released(ctx context.Context, kind model.ModerationKind, object model.ID[any]) (map[int]bool, error) {
	items, err := s.store.ModerationItems.ListByObject(ctx, kind, object, model.TextReleased)
	released := make(map[int]bool, len(items))
	for _, item := range items {
		released[item.ObjectVersion] = true
	}
	return released, err
}

// Drop takes back what of an object still waits, in the transaction of the actor's act that
// left nothing to decide.
func (s *Service) Drop(ctx context.Context, tx *store.Store, actor model.Actor, kind model.ModerationKind, object model.ID[any]) error {
	items, err := tx.ModerationItems.ListByObject(ctx, kind, object, model.TextHeld)
	for _, item := range items {
		if err == nil { // one that is decided meanwhile stays decided
			_, err = settle(ctx, tx, actor, &item, model.TextDropped, "")
		}
	}
	return err
}

// Items pages the texts of a unit and all below it in one state, what has waited longest
// first. Faults: those of access.Require.
func (s *Service) Items(ctx context.Context, actor model.Actor, unit model.UnitID, status model.ModerationStatus, page model.Page) (model.Listing[model.ModerationItem], error) {
	if err := s.access.Require(ctx, actor, access.TextModerate, unit); err != nil {
		return model.Listing[model.ModerationItem]{}, err
	}
	units, err := s.org.Below(ctx, unit)
	if err != nil {
		return model.Listing[model.ModerationItem]{}, err
	}
	return s.store.ModerationItems.List(ctx, units, status, page)
}

// Release lets a held text pass. The reason may be empty.
// Faults: those of access.Require, own_text, illegal_transition.
func (s *Service) Release(ctx context.Context, actor model.Actor, id model.ModerationItemID, reason string) (model.ModerationItem, error) {
	return s.decide(ctx, actor, id, model.ReleaseText, reason)
}

// Refuse keeps a held text from its readers for good, for a reason.
// Faults: those of access.Require, own_text, illegal_transition, invalid.
func (s *Service) Refuse(ctx context.Context, actor model.Actor, id model.ModerationItemID, reason string) (model.ModerationItem, error) {
	reason, err := fault.Reason(reason, 1, 500)
	if err != nil {
		return model.ModerationItem{}, err
	}
	return s.decide(ctx, actor, id, model.RefuseText, reason)
}

func (s *Service) decide(ctx context.Context, actor model.Actor, id model.ModerationItemID, move model.ModerationMove, reason string) (model.ModerationItem, error) {
	if err := s.permit(ctx, actor, id); err != nil {
		return model.ModerationItem{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.ModerationItem, error) {
		item, err := tx.ModerationItems.Get(ctx, id)
		if err != nil {
			return item, err
		}
		to, err := item.After(move)
		if err != nil {
			return item, err
		}
		settled, err := settle(ctx, tx, actor, &item, to, strings.TrimSpace(reason))
		if err == nil && !settled { // somebody else was faster
			if item, err = tx.ModerationItems.Get(ctx, id); err == nil {
				_, err = item.After(move)
			}
		}
		if follow := s.follow[item.Kind]; err == nil && follow != nil {
			err = follow(ctx, tx, item)
		}
		if err != nil {
			return item, err
		}
		return item, audit.Record(ctx, tx, actor, audit.Act{
			Action: "moderation." + string(move), ObjectKind: "moderation_item", ObjectID: item.ID, Unit: item.UnitID,
			Detail: string(item.Kind) + " " + item.ObjectID.String(),
		})
	})
}

// permit lets pass who may decide on an item and did not write it.
func (s *Service) permit(ctx context.Context, actor model.Actor, id model.ModerationItemID) error {
	item, err := access.Find(ctx, s.access, actor, access.TextModerate, s.store.ModerationItems.Get, id)
	if err != nil {
		return err
	}
	own, err := identity.Is(ctx, s.store, item.WriterID, actor.User)
	if own {
		err = ErrOwnText
	}
	return err
}

// settle moves a held item on, with its event, and says whether it was still held.
func settle(ctx context.Context, tx *store.Store, actor model.Actor, item *model.ModerationItem, to model.ModerationStatus, reason string) (bool, error) {
	now := tx.Now()
	item.Status, item.Reason, item.DecidedAt, item.RemindAt = to, reason, &now, nil
	saved, err := tx.ModerationItems.SaveDecided(ctx, *item)
	if err != nil || !saved {
		return false, err
	}
	return true, addEvent(ctx, tx, *item, model.TextHeld, actor.User)
}

func addEvent(ctx context.Context, tx *store.Store, item model.ModerationItem, from model.ModerationStatus, actor model.UserID) error {
	return tx.ModerationEvents.Add(ctx, &model.ModerationEvent{
		ID: model.NewID[model.ModerationEvent](tx.Now()), ItemID: item.ID, FromStatus: from, ToStatus: item.Status,
		ActorID: actor, Reason: item.Reason, At: tx.Now(),
	})
}
