package mailbox

import (
	"context"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// CannedReplies pages the texts that a unit's staff use again, newest first.
// Faults: unauthenticated, forbidden, not_found, invalid_cursor.
func (s *Service) CannedReplies(ctx context.Context, actor model.Actor, unit model.UnitID, page model.Page) (model.Listing[model.CannedReply], error) {
	if err := s.access.Require(ctx, actor, access.MailboxHandle, unit); err != nil {
		return model.Listing[model.CannedReply]{}, err
	}
	return s.store.CannedReplies.List(ctx, unit, page)
}

// AddCannedReply keeps a text for a unit's staff. It is checked like any other each time it is sent.
// Faults: unauthenticated, forbidden, not_found, invalid, unit_ended.
func (s *Service) AddCannedReply(ctx context.Context, actor model.Actor, r model.CannedReply) (_ model.CannedReply, err error) {
	if err := s.access.Require(ctx, actor, access.MailboxHandle, r.UnitID); err != nil {
		return r, err
	}
	if r.Title, err = written("title", r.Title); err != nil {
		return r, err
	}
	if r.Text, err = written("text", r.Text); err != nil {
		return r, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.CannedReply, error) {
		if _, err := tx.Units.GetStanding(ctx, r.UnitID, model.DateOf(tx.Now())); err != nil {
			return r, err
		}
		r.ID, r.CreatedBy, r.CreatedAt = model.NewID[model.CannedReply](tx.Now()), actor.User, tx.Now()
		if err := tx.CannedReplies.Add(ctx, &r); err != nil {
			return r, err
		}
		return r, recordCanned(ctx, tx, actor, r, "added")
	})
}

// DropCannedReply takes a text away.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) DropCannedReply(ctx context.Context, actor model.Actor, id model.CannedReplyID) error {
	r, err := access.Find(ctx, s.access, actor, access.MailboxHandle, s.store.CannedReplies.Get, id)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		gone, err := tx.CannedReplies.Delete(ctx, id)
		if err == nil && !gone {
			err = fault.ErrNotFound
		}
		if err != nil {
			return err
		}
		return recordCanned(ctx, tx, actor, r, "dropped")
	})
}

func recordCanned(ctx context.Context, tx *store.Store, actor model.Actor, r model.CannedReply, detail string) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "mailbox.canned_reply", ObjectKind: "canned_reply", ObjectID: r.ID, Unit: r.UnitID, Detail: detail,
	})
}
