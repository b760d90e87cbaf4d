package upload

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// How much one message carries.
const (
	MaxPhotos = 9
	MaxVoices = 1
)

// Attach attaches uploads of the actor's, in their order, in the transaction that writes
// what they belong to. What goes with a sealed request belongs to the sealed identity from
// then on. Fault: invalid.
func (s *Service) Attach(ctx context.Context, tx *store.Store, actor model.Actor, ids []model.UploadID, to model.UploadPlace) error {
	count := map[model.UploadKind]int{}
	for i, id := range ids {
		u, err := tx.Uploads.Get(ctx, id)
		if err != nil {
			return unknown(err)
		}
		if count[u.Kind]++; count[model.UploadPhoto] > MaxPhotos || count[model.UploadVoice] > MaxVoices {
			return fault.InvalidField("uploads", "too_many", "最多 9 张照片和 1 段录音。", "At most 9 photos and 1 recording.")
		}
		u.OwnerID, u.HolderKind, u.HolderID, u.HolderPart, u.Position = actor.User, to.Kind, to.ID, to.Part, i+1
		owner := actor.User
		if !to.Owner.IsZero() {
			owner = to.Owner
		}
		attached, err := tx.Uploads.SaveAttached(ctx, u, owner)
		if err != nil {
			return err
		}
		if !attached {
			return unknown(fault.ErrNotFound)
		}
		if owner == actor.User {
			continue
		}
		if err := forget(ctx, tx, id, actor.User, owner); err != nil {
			return err
		}
	}
	return nil
}

// forget has a sealed identity stand for who sent an upload wherever they are named beside it,
// also where people have looked at it before it was attached.
func forget(ctx context.Context, tx *store.Store, id model.UploadID, who, sealed model.UserID) error {
	if err := tx.UploadEvents.SaveSealed(ctx, id, who, sealed); err != nil {
		return err
	}
	item, err := tx.ModerationItems.GetByObject(ctx, model.ModeratedUpload, model.ID[any](id), itemVersion)
	if errors.Is(err, fault.ErrNotFound) {
		return nil // nobody was asked about it
	}
	if err == nil {
		err = tx.ModerationItems.SaveSealed(ctx, item.ID, who, sealed)
	}
	if err != nil {
		return err
	}
	return tx.ModerationEvents.SaveSealed(ctx, item.ID, who, sealed)
}

// unknown are uploads that are not there, not the actor's, refused, or attached already.
func unknown(err error) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return fault.InvalidField("uploads", "unknown", "照片或录音不存在或已被使用，请重新上传。", "An upload is missing or used already. Please send it again.")
}

// Attachments are the uploads of a part of a thing as somebody who may see that part sees
// them: their own, and of others what has passed.
type Attachments struct {
	Shown   []Shown
	Waiting int // others' that wait for a verdict
}

// Of are the attachments of a thing by part, in their order.
func (s *Service) Of(ctx context.Context, actor model.Actor, kind model.UploadHolder, id model.ID[any]) (map[int]Attachments, error) {
	rows, err := s.store.Uploads.ListByHolder(ctx, kind, id)
	parts := map[int]Attachments{}
	for _, u := range rows {
		part := parts[u.HolderPart]
		switch {
		case u.Shown(), u.OwnerID == actor.User:
			part.Shown = append(part.Shown, s.show(u))
		case u.Status == model.UploadPending, u.Status == model.UploadHeld:
			part.Waiting++
		}
		parts[u.HolderPart] = part
	}
	return parts, err
}
