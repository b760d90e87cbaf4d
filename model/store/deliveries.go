package store

import (
	"context"
	"crypto/rand"
	"time"

	"jinlin/model"
)

// Deliveries are subscribe messages, each to one person.
type Deliveries struct{ table[model.Delivery] }

// Get reads one. Fault: not_found.
func (t Deliveries) Get(ctx context.Context, id model.DeliveryID) (model.Delivery, error) {
	return t.one(ctx, "id = ?", id)
}

// GetByKey finds somebody's delivery by its key. Fault: not_found.
func (t Deliveries) GetByKey(ctx context.Context, user model.UserID, key string) (model.Delivery, error) {
	return t.one(ctx, "dedupe_key = ? AND user_id = ?", key, user)
}

// ListKnown are those of the people who have a delivery under this key already.
func (t Deliveries) ListKnown(ctx context.Context, key string, users []model.UserID) (known []model.UserID, err error) {
	err = t.read(ctx).Where("dedupe_key = ? AND user_id IN ?", key, users).Pluck("user_id", &known).Error
	return known, named(plain(err))
}

// ListIn are some of a push's deliveries in a state, at most limit.
func (t Deliveries) ListIn(ctx context.Context, push model.PushID, status model.DeliveryStatus, limit int) ([]model.Delivery, error) {
	return all[model.Delivery](t.read(ctx).Where("push_id = ? AND status = ?", push, status).Order("id").Limit(limit))
}

// SaveTaken takes queued deliveries for the length of a lease and reads back those it
// got. Of several who try, one gets each; the lease runs on the database's clock.
func (t Deliveries) SaveTaken(ctx context.Context, ids []model.DeliveryID, lease time.Duration) ([]model.Delivery, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	owner := make([]byte, 16)
	_, _ = rand.Read(owner)
	_, err := t.set(ctx, map[string]any{"status": model.DeliverySending, "owner": owner, "lease_until": t.c.dbTime(lease.Milliseconds())},
		"id IN ? AND status = ?", ids, model.DeliveryQueued)
	if err != nil {
		return nil, err
	}
	return all[model.Delivery](t.write(ctx).Where("id IN ? AND owner = ? AND status = ?", ids, owner, model.DeliverySending).Order("user_id"))
}

// SaveSkipped settles queued deliveries that will not be tried.
func (t Deliveries) SaveSkipped(ctx context.Context, ids []model.DeliveryID, status model.DeliveryStatus, reason string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := t.set(ctx, map[string]any{"status": status, "reason": reason, "settled_at": t.c.now()},
		"id IN ? AND status = ?", ids, model.DeliveryQueued)
	return err
}

// SaveCounted notes in which week a delivery counts, while it is still its taker's.
func (t Deliveries) SaveCounted(ctx context.Context, d model.Delivery) error {
	_, err := t.set(ctx, map[string]any{"counted_on": d.CountedOn}, "id = ? AND owner = ?", d.ID, d.Owner)
	return err
}

// SaveSettled writes what became of a delivery and says whether it was still its taker's.
// A taker thought dead who was only late may still say how it went: unknown becomes known.
func (t Deliveries) SaveSettled(ctx context.Context, d model.Delivery) (bool, error) {
	return t.set(ctx, map[string]any{"status": d.Status, "msg_id": d.MsgID, "reason": d.Reason, "settled_at": t.c.now(), "lease_until": nil},
		"id = ? AND owner = ? AND status IN ?", d.ID, d.Owner, []model.DeliveryStatus{model.DeliverySending, model.DeliveryUnknown})
}

// SaveRequeued puts back a delivery that was certainly not sent, while it is still its taker's.
func (t Deliveries) SaveRequeued(ctx context.Context, d model.Delivery) (bool, error) {
	return t.set(ctx, map[string]any{"status": model.DeliveryQueued, "owner": nil, "lease_until": nil, "counted_on": "", "reason": d.Reason},
		"id = ? AND owner = ? AND status = ?", d.ID, d.Owner, model.DeliverySending)
}

// SaveLost makes unknown whatever was taken and whose lease has run out: its sender died
// between saying that it would send and saying how it went.
func (t Deliveries) SaveLost(ctx context.Context) error {
	_, err := t.set(ctx, map[string]any{"status": model.DeliveryUnknown, "settled_at": t.c.now(), "lease_until": nil},
		"status = ? AND lease_until < ?", model.DeliverySending, t.c.dbTime(0))
	return err
}

// SaveMoved moves deliveries that nobody has taken from a state to another.
func (t Deliveries) SaveMoved(ctx context.Context, ids []model.DeliveryID, from, to model.DeliveryStatus) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := t.set(ctx, map[string]any{"status": to}, "id IN ? AND status = ?", ids, from)
	return err
}

// SaveRead notes that the person has read what a delivery told of.
func (t Deliveries) SaveRead(ctx context.Context, key string, user model.UserID) error {
	_, err := t.set(ctx, map[string]any{"status": model.DeliveryRead},
		"dedupe_key = ? AND user_id = ? AND status = ?", key, user, model.DeliverySent)
	return err
}

// SaveOutcome notes that WeChat took a message and then could not deliver it, and says
// whether the message is ours.
func (t Deliveries) SaveOutcome(ctx context.Context, msgID int64, user model.UserID, status model.DeliveryStatus, reason string) (bool, error) {
	return t.set(ctx, map[string]any{"status": status, "reason": reason},
		"msg_id = ? AND user_id = ? AND status IN ?", msgID, user, []model.DeliveryStatus{model.DeliverySent, model.DeliveryRead, status})
}

// CountByStatus counts a push's deliveries by their state.
func (t Deliveries) CountByStatus(ctx context.Context, push model.PushID) (map[model.DeliveryStatus]int64, error) {
	var rows []struct {
		Status model.DeliveryStatus
		N      int64
	}
	err := t.read(ctx).Select("status, COUNT(*) AS n").Where("push_id = ?", push).Group("status").Find(&rows).Error
	counts := map[model.DeliveryStatus]int64{}
	for _, row := range rows {
		counts[row.Status] = row.N
	}
	return counts, named(plain(err))
}

// CountOptedOut counts those of a push's refused deliveries whose person turned them off here.
func (t Deliveries) CountOptedOut(ctx context.Context, push model.PushID) (int64, error) {
	return t.count(ctx, "push_id = ? AND status = ? AND reason = ?", push, model.DeliveryRefused, model.ReasonOptedOut)
}
