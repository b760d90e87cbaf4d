package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// TemplateGrants are the ledger of people's consent to WeChat's templates.
type TemplateGrants struct{ table[model.TemplateGrant] }

// spendable is a grant with something left, as in model.TemplateGrant.Left.
const spendable = "(long_term = ? OR spent < confirmed OR spent < reported)"

// List are a person's grants, one a template.
func (t TemplateGrants) List(ctx context.Context, user model.UserID) ([]model.TemplateGrant, error) {
	return all[model.TemplateGrant](t.read(ctx).Where("user_id = ?", user).Order("template_id").Limit(model.MaxLimit))
}

// ListHolders are those of the people who have something left.
func (t TemplateGrants) ListHolders(ctx context.Context, template string, users []model.UserID) (holders []model.UserID, err error) {
	err = t.read(ctx).Where("template_id = ? AND user_id IN ?", template, users).Where(spendable, true).Pluck("user_id", &holders).Error
	return holders, named(plain(err))
}

// CountHolders counts the people with a verified residence in the estates who have
// something left.
func (t TemplateGrants) CountHolders(ctx context.Context, template string, estates []model.UnitID) (n int64, err error) {
	if len(estates) == 0 {
		return 0, nil
	}
	residents := t.c.reads.WithContext(ctx).Model(&model.Residence{}).Select("user_id").
		Where("estate_id IN ? AND status = ?", estates, model.ResidenceVerified)
	err = t.read(ctx).Where("template_id = ? AND user_id IN (?)", template, residents).Where(spendable, true).Count(&n).Error
	return n, named(plain(err))
}

// Teller is who told of an acceptance.
type Teller string

// The tellers, by their counts.
const (
	ToldByWeChat Teller = "confirmed"
	ToldByClient Teller = "reported"
)

// GiveAcceptance counts an acceptance that somebody told of, unless a later refusal is
// known. The row is made at the first one.
func (t TemplateGrants) GiveAcceptance(ctx context.Context, user model.UserID, template string, by Teller, longTerm bool, at time.Time) error {
	column := string(by)
	values := map[string]any{column: gorm.Expr(column + " + 1"), "updated_at": t.c.now()}
	if longTerm {
		values["long_term"] = true
	}
	return t.orMake(ctx, user, template, func() error {
		_, err := hit(t.row(ctx, user, template).Where("cleared_at IS NULL OR cleared_at <= ?", at).Updates(values))
		return err
	})
}

// SaveCleared sets a grant back: the person refused at that time, or WeChat says that
// nothing is left (the zero time).
func (t TemplateGrants) SaveCleared(ctx context.Context, user model.UserID, template string, at time.Time) error {
	values := map[string]any{"confirmed": 0, "reported": 0, "spent": 0, "long_term": false, "updated_at": t.c.now()}
	if at.IsZero() {
		_, err := hit(t.row(ctx, user, template).Updates(values))
		return err
	}
	values["cleared_at"] = at
	return t.orMake(ctx, user, template, func() error {
		_, err := hit(t.row(ctx, user, template).Where("cleared_at IS NULL OR cleared_at <= ?", at).Updates(values))
		return err
	})
}

// TakeOne uses one message of a grant and says whether there was one.
func (t TemplateGrants) TakeOne(ctx context.Context, user model.UserID, template string) (bool, error) {
	return hit(t.row(ctx, user, template).Where(spendable, true).
		Updates(map[string]any{"spent": gorm.Expr("spent + 1"), "updated_at": t.c.now()}))
}

// GiveOne gives back what TakeOne took. A grant set back meanwhile stays so.
func (t TemplateGrants) GiveOne(ctx context.Context, user model.UserID, template string) error {
	_, err := hit(t.row(ctx, user, template).Where("spent > 0").
		Updates(map[string]any{"spent": gorm.Expr("spent - 1"), "updated_at": t.c.now()}))
	return err
}

func (t TemplateGrants) row(ctx context.Context, user model.UserID, template string) *gorm.DB {
	return t.write(ctx).Where("user_id = ? AND template_id = ?", user, template)
}

// orMake makes the row if it is missing, then changes it.
func (t TemplateGrants) orMake(ctx context.Context, user model.UserID, template string, change func() error) error {
	known, err := t.count(ctx, "user_id = ? AND template_id = ?", user, template)
	if err != nil {
		return err
	}
	if known == 0 {
		err := t.Add(ctx, &model.TemplateGrant{UserID: user, TemplateID: template, UpdatedAt: t.c.now()})
		if err != nil && !errors.Is(err, ErrDuplicate) {
			return err
		}
	}
	return change()
}

// WeeklySends count people's subscribe messages by week.
type WeeklySends struct{ table[model.WeeklySend] }

// TakeOne counts one more message in a week and says whether the cap allowed it.
func (t WeeklySends) TakeOne(ctx context.Context, user model.UserID, week model.Date, most int) (bool, error) {
	more := func() (bool, error) {
		return t.set(ctx, map[string]any{"sent": gorm.Expr("sent + 1")}, "user_id = ? AND week = ? AND sent < ?", user, week, most)
	}
	if taken, err := more(); taken || err != nil {
		return taken, err
	}
	known, err := t.count(ctx, "user_id = ? AND week = ?", user, week)
	if err != nil || known > 0 {
		return false, err
	}
	err = t.Add(ctx, &model.WeeklySend{UserID: user, Week: week})
	if err != nil && !errors.Is(err, ErrDuplicate) {
		return false, err
	}
	return more()
}

// GiveOne takes a message that was not sent out of the count.
func (t WeeklySends) GiveOne(ctx context.Context, user model.UserID, week model.Date) error {
	_, err := t.set(ctx, map[string]any{"sent": gorm.Expr("sent - 1")}, "user_id = ? AND week = ? AND sent > 0", user, week)
	return err
}

// WeChatEvents are what WeChat told us, each once.
type WeChatEvents struct{ table[model.WeChatEvent] }

// Known says whether an event has been told before.
func (t WeChatEvents) Known(ctx context.Context, key string) (bool, error) {
	n, err := t.count(ctx, "dedupe_key = ?", key)
	return n > 0, err
}

// Heard says whether an event of a name is still kept.
func (t WeChatEvents) Heard(ctx context.Context, name string) (bool, error) {
	var keys []string
	err := t.read(ctx).Where("name = ?", name).Limit(1).Pluck("dedupe_key", &keys).Error
	return len(keys) > 0, named(plain(err))
}

// DeleteOld forgets events received before that. WeChat repeats within seconds.
func (t WeChatEvents) DeleteOld(ctx context.Context, before time.Time) (int64, error) {
	q := t.write(ctx).Where("received_at < ?", before).Delete(&model.WeChatEvent{})
	return q.RowsAffected, named(plain(q.Error))
}
