package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Users are the people with accounts.
type Users struct{ table[model.User] }

// Get reads one. Fault: not_found.
func (t Users) Get(ctx context.Context, id model.UserID) (model.User, error) {
	return t.one(ctx, "id = ?", id)
}

// Count counts the people with accounts.
func (t Users) Count(ctx context.Context) (int64, error) { return t.count(ctx, "1 = 1") }

// ListByID reads several, in no order.
func (t Users) ListByID(ctx context.Context, ids []model.UserID) ([]model.User, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.User](t.read(ctx).Where("id IN ?", ids))
}

// Nicknames are what several people are called.
func (t Users) Nicknames(ctx context.Context, ids []model.UserID) (map[model.UserID]string, error) {
	users, err := t.ListByID(ctx, ids)
	names := make(map[model.UserID]string, len(users))
	for _, user := range users {
		names[user.ID] = user.Nickname
	}
	return names, err
}

// SaveProfile writes what a person can change of themselves, if the version is still the
// one that was read.
func (t Users) SaveProfile(ctx context.Context, user model.User) (bool, error) {
	return t.set(ctx, map[string]any{
		"nickname": user.Nickname, "nickname_held": user.NicknameHeld, "locale": user.Locale,
		"updated_at": t.c.now(), "version": gorm.Expr("version + 1"),
	}, "id = ? AND version = ?", user.ID, user.Version)
}

// Phones are people's mobile numbers.
type Phones struct{ table[model.Phone] }

// Get reads whose number it is, by its hashes under all keys. Fault: not_found.
func (t Phones) Get(ctx context.Context, hashes [][]byte) (model.Phone, error) {
	return t.one(ctx, "phone_hash IN ?", hashes)
}

// GetByUser reads a person's number. Fault: not_found.
func (t Phones) GetByUser(ctx context.Context, user model.UserID) (model.Phone, error) {
	return t.one(ctx, "user_id = ?", user)
}

// ListByUsers reads several people's numbers.
func (t Phones) ListByUsers(ctx context.Context, users []model.UserID) ([]model.Phone, error) {
	if len(users) == 0 {
		return nil, nil
	}
	return all[model.Phone](t.read(ctx).Where("user_id IN ?", users))
}

// SaveVerified notes that WeChat has given a person's number again.
func (t Phones) SaveVerified(ctx context.Context, user model.UserID, hashes [][]byte) error {
	_, err := t.set(ctx, map[string]any{"verified_at": t.c.now()}, "phone_hash IN ? AND user_id = ?", hashes, user)
	return err
}

// Delete takes a number away from a person and says whether it was theirs.
func (t Phones) Delete(ctx context.Context, p model.Phone) (bool, error) {
	return hit(t.write(ctx).Where("phone_hash = ? AND user_id = ?", p.PhoneHash, p.UserID).Delete(&model.Phone{}))
}

// DeleteNickname has a person be called what everybody is called who has chosen no name.
func (t Users) DeleteNickname(ctx context.Context, user model.UserID, nickname string) error {
	_, err := t.set(ctx, map[string]any{"nickname": nickname, "updated_at": t.c.now(), "version": gorm.Expr("version + 1")}, "id = ?", user)
	return err
}

// DeleteByUser takes the number of a person away from them.
func (t Phones) DeleteByUser(ctx context.Context, user model.UserID) error {
	return named(plain(t.write(ctx).Where("user_id = ?", user).Delete(&model.Phone{}).Error))
}

// FormerNames are what people were called, and numbers they had, before.
type FormerNames struct{ table[model.FormerName] }

// ListByUser are those of a person, oldest first.
func (t FormerNames) ListByUser(ctx context.Context, user model.UserID, page model.Page) (model.Listing[model.FormerName], error) {
	return oldest(t.read(ctx).Where("user_id = ?", user), page, func(n model.FormerName) [16]byte { return n.ID })
}

// DeleteByUser deletes those of a person that are of a kind.
func (t FormerNames) DeleteByUser(ctx context.Context, user model.UserID, kind model.FormerKind) error {
	return named(plain(t.write(ctx).Where("user_id = ? AND kind = ?", user, kind).Delete(&model.FormerName{}).Error))
}

// WeChatAccounts tie people to WeChat.
type WeChatAccounts struct{ table[model.WeChatAccount] }

// GetByOpenID finds who an openid is. Fault: not_found.
func (t WeChatAccounts) GetByOpenID(ctx context.Context, openID string) (model.WeChatAccount, error) {
	return t.one(ctx, "openid = ?", openID)
}

// GetByUser finds a person's openid. Fault: not_found.
func (t WeChatAccounts) GetByUser(ctx context.Context, user model.UserID) (model.WeChatAccount, error) {
	return t.one(ctx, "user_id = ?", user)
}

// ListByUsers finds several people's openids.
func (t WeChatAccounts) ListByUsers(ctx context.Context, users []model.UserID) ([]model.WeChatAccount, error) {
	if len(users) == 0 {
		return nil, nil
	}
	return all[model.WeChatAccount](t.read(ctx).Where("user_id IN ?", users))
}

// SaveSeen notes a visit.
func (t WeChatAccounts) SaveSeen(ctx context.Context, openID string, at time.Time) error {
	_, err := t.set(ctx, map[string]any{"last_seen_at": at}, "openid = ?", openID)
	return err
}

// Sessions are sign-ins.
type Sessions struct{ table[model.Session] }

// Get reads one. Fault: not_found.
func (t Sessions) Get(ctx context.Context, id model.SessionID) (model.Session, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByToken reads the session a token opens. Fault: not_found.
func (t Sessions) GetByToken(ctx context.Context, tokenHash []byte) (model.Session, error) {
	return t.one(ctx, "token_hash = ?", tokenHash)
}

// ListLive are a person's open sessions, oldest first.
func (t Sessions) ListLive(ctx context.Context, user model.UserID, at time.Time) ([]model.Session, error) {
	return all[model.Session](t.read(ctx).
		Where("user_id = ? AND revoked_at IS NULL AND expires_at > ?", user, at).Order("id").Limit(model.MaxLimit))
}

// List pages a person's open sessions, oldest first.
func (t Sessions) List(ctx context.Context, user model.UserID, at time.Time, page model.Page) (model.Listing[model.Session], error) {
	return oldest(t.read(ctx).Where("user_id = ? AND revoked_at IS NULL AND expires_at > ?", user, at), page,
		func(s model.Session) [16]byte { return s.ID })
}

// SaveSeen moves the end of an idle session.
func (t Sessions) SaveSeen(ctx context.Context, id model.SessionID, at, expires time.Time) error {
	_, err := t.set(ctx, map[string]any{"last_seen_at": at, "expires_at": expires}, "id = ? AND revoked_at IS NULL", id)
	return err
}

// SaveRevoked ends one session and says whether it was open.
func (t Sessions) SaveRevoked(ctx context.Context, id model.SessionID, at time.Time) (bool, error) {
	return t.set(ctx, map[string]any{"revoked_at": at}, "id = ? AND revoked_at IS NULL", id)
}

// SaveAllRevoked ends every session of a person.
func (t Sessions) SaveAllRevoked(ctx context.Context, user model.UserID, at time.Time) error {
	_, err := t.set(ctx, map[string]any{"revoked_at": at}, "user_id = ? AND revoked_at IS NULL", user)
	return err
}

// SaveOthersRevoked ends every session of a person but one.
func (t Sessions) SaveOthersRevoked(ctx context.Context, user model.UserID, but model.SessionID, at time.Time) error {
	_, err := t.set(ctx, map[string]any{"revoked_at": at}, "user_id = ? AND id <> ? AND revoked_at IS NULL", user, but)
	return err
}

// LoginCodes remember which session a login code gave.
type LoginCodes struct{ table[model.LoginCode] }

// Get reads one. Fault: not_found.
func (t LoginCodes) Get(ctx context.Context, codeHash []byte) (model.LoginCode, error) {
	return t.one(ctx, "code_hash = ?", codeHash)
}

// DeleteExpired forgets codes whose repeat time is over.
func (t LoginCodes) DeleteExpired(ctx context.Context, at time.Time) (int64, error) {
	q := t.write(ctx).Where("expires_at < ?", at).Delete(&model.LoginCode{})
	return q.RowsAffected, named(plain(q.Error))
}
