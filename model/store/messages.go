package store

import (
	"context"

	"jinlin/model"
)

// Messages are the in-app inboxes.
type Messages struct{ table[model.Message] }

// Get reads one of a person's messages. Fault: not_found.
func (t Messages) Get(ctx context.Context, user model.UserID, id model.ID[model.Message]) (model.Message, error) {
	return t.one(ctx, "id = ? AND user_id = ?", id, user)
}

// List pages a person's messages, newest first.
func (t Messages) List(ctx context.Context, user model.UserID, page model.Page) (model.Listing[model.Message], error) {
	return newest(t.read(ctx).Where("user_id = ?", user), page, func(m model.Message) [16]byte { return m.ID })
}

// ListKnown are those of the people who have a message under this key already.
func (t Messages) ListKnown(ctx context.Context, key string, users []model.UserID) (known []model.UserID, err error) {
	err = t.read(ctx).Where("dedupe_key = ? AND user_id IN ?", key, users).Pluck("user_id", &known).Error
	return known, named(plain(err))
}

// CountByKey counts the messages under a key: one a person.
func (t Messages) CountByKey(ctx context.Context, key string) (int64, error) {
	return t.count(ctx, "dedupe_key = ?", key)
}

// SaveRead marks a message read the first time.
func (t Messages) SaveRead(ctx context.Context, id model.ID[model.Message]) (bool, error) {
	return t.set(ctx, map[string]any{"read_at": t.c.now()}, "id = ? AND read_at IS NULL", id)
}

// PushPreferences say which WeChat messages people want.
type PushPreferences struct{ table[model.PushPreference] }

// Get reads one. Fault: not_found, which means that nothing was turned off.
func (t PushPreferences) Get(ctx context.Context, user model.UserID) (model.PushPreference, error) {
	return t.one(ctx, "user_id = ?", user)
}

// ListOff are those of the people who do not want the news, or the other notices.
func (t PushPreferences) ListOff(ctx context.Context, users []model.UserID, news bool) (off []model.UserID, err error) {
	column := "notices"
	if news {
		column = "news"
	}
	err = t.read(ctx).Where("user_id IN ?", users).Where(map[string]any{column: false}).Pluck("user_id", &off).Error
	return off, named(plain(err))
}

// SaveChanged writes a preference, if the version is still the one that was read.
func (t PushPreferences) SaveChanged(ctx context.Context, p model.PushPreference) (bool, error) {
	return t.set(ctx, map[string]any{"news": p.News, "notices": p.Notices, "updated_at": t.c.now(), "version": p.Version + 1},
		"user_id = ? AND version = ?", p.UserID, p.Version)
}
