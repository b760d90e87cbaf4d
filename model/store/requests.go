package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
	"jinlin/model/fault"
)

// Requests are what residents ask for through the red mailbox.
type Requests struct{ table[model.Request] }

// Get reads one. Fault: not_found.
func (t Requests) Get(ctx context.Context, id model.RequestID) (model.Request, error) {
	return t.one(ctx, "id = ?", id)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t Requests) GetLocked(ctx context.Context, id model.RequestID) (model.Request, error) {
	return t.locked(ctx, "id = ?", id)
}

// GetByReceipt reads one by its receipt's number. Fault: not_found.
func (t Requests) GetByReceipt(ctx context.Context, receipt string) (model.Request, error) {
	return t.one(ctx, "receipt = ?", receipt)
}

// SaveSubmitter has somebody stand as the submitter in the place of another, if that one does.
func (t Requests) SaveSubmitter(ctx context.Context, id model.RequestID, from, to model.UserID) (bool, error) {
	return t.set(ctx, map[string]any{"submitter_id": to}, "id = ? AND submitter_id = ?", id, from)
}

// SaveMoved writes what moves can change, if the row still has the version given.
func (t Requests) SaveMoved(ctx context.Context, r model.Request, version int) (bool, error) {
	return t.set(ctx, map[string]any{
		"status": r.Status, "outcome": r.Outcome, "level": r.Level, "priority": r.Priority, "branch_id": r.BranchID,
		"team_id": r.TeamID, "assignee_id": r.AssigneeID, "merged_into_id": r.MergedInto,
		"waits_for": r.WaitsFor, "due_at": r.DueAt, "open": r.Open,
		"updated_at": r.UpdatedAt, "version": r.Version,
	}, "id = ? AND version = ?", r.ID, version)
}

// ListBySubmitter pages a person's own requests, newest first: those under any of the ids that
// stand for them. Each id is read along the index and the pages are merged.
func (t Requests) ListBySubmitter(ctx context.Context, ids []model.UserID, page model.Page) (model.Listing[model.Request], error) {
	var rows []model.Request
	for _, id := range ids {
		q := t.read(ctx).Where("submitter_id = ?", id)
		if page.After != nil {
			q = q.Where("id < ?", page.After.ID[:])
		}
		part, err := all[model.Request](q.Order("id DESC").Limit(page.Size() + 1))
		if err != nil {
			return model.Listing[model.Request]{}, err
		}
		rows = append(rows, part...)
	}
	slices.SortFunc(rows, func(a, b model.Request) int { return b.ID.Compare(a.ID) })
	return model.Cut(rows, page.Size(), func(r model.Request) model.Cursor { return model.Cursor{ID: r.ID} }), nil
}

// CountOpen counts a person's own requests that are still open. SQLite would go through all
// that are open, by the index that begins with that; of an expression it knows no index.
func (t Requests) CountOpen(ctx context.Context, user model.UserID) (int64, error) {
	return t.count(ctx, "submitter_id = ? AND COALESCE(open, FALSE) = ?", user, true)
}

// CountAwaited counts a person's own requests whose answer they still wait for: those that are open, and
// those that were merged into one that is.
func (t Requests) CountAwaited(ctx context.Context, user model.UserID) (n int64, err error) {
	into := "(SELECT o.open FROM requests o WHERE o.id = requests.merged_into_id)"
	err = t.along(t.read(ctx), "requests", "requests_by_submitter").
		Where("submitter_id = ? AND (open = ? OR status = ? AND "+into+" = ?)", user, true, model.RequestMerged, true).Count(&n).Error
	return n, named(plain(err))
}

// CountMergedInto counts a person's own requests that were merged into another.
func (t Requests) CountMergedInto(ctx context.Context, into model.RequestID, user model.UserID) (n int64, err error) {
	err = t.along(t.read(ctx), "requests", "requests_by_submitter").
		Where("submitter_id = ? AND merged_into_id = ? AND status = ?", user, into, model.RequestMerged).Count(&n).Error
	return n, named(plain(err))
}

// RequestFilter narrows an inbox.
type RequestFilter struct {
	Open    bool                // still open, or ended
	Status  model.RequestStatus // "" is any
	Overdue time.Time           // staff were to act before then; zero is all
}

// requestColumns say in which column a unit of a kind stands. Every one of them is indexed
// together with open, due_at and id; the index is named after the kind.
var requestColumns = map[model.UnitKind]string{
	model.Estate: "estate_id", model.Grid: "grid_id", model.Branch: "branch_id",
	model.Community: "community_id", model.Town: "town_id",
}

// inboxIndex is the index of an inbox. A rare status is looked for along one of its own where there
// are many requests; among those of a small unit it is found sooner than among all of the county.
func inboxIndex(kind model.UnitKind, f RequestFilter) string {
	switch {
	case kind == model.County && f.Status != "":
		return "requests_by_status"
	case kind == model.County:
		return "requests_by_due"
	case kind == model.Town && f.Status != "":
		return "requests_by_town_and_status"
	}
	return "requests_by_" + string(kind)
}

// CanScope says whether an inbox can be narrowed to units of this kind.
func (t Requests) CanScope(kind model.UnitKind) bool {
	return kind == model.County || requestColumns[kind] != ""
}

// ListInbox pages the requests of some units by what is due first. Each unit is read along
// its own index and the pages are merged: one query over several columns would sort them all.
func (t Requests) ListInbox(ctx context.Context, units []model.Unit, f RequestFilter, page model.Page) (model.Listing[model.Request], error) {
	var rows []model.Request
	for _, unit := range units {
		part, err := all[model.Request](ahead(t.inbox(ctx, unit, f), "due_at", page))
		if err != nil {
			return model.Listing[model.Request]{}, err
		}
		rows = append(rows, part...)
	}
	slices.SortFunc(rows, func(a, b model.Request) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), bytes.Compare(a.ID[:], b.ID[:]))
	})
	rows = slices.CompactFunc(rows, func(a, b model.Request) bool { return a.ID == b.ID })
	return model.Cut(rows, page.Size(), func(r model.Request) model.Cursor { return model.Cursor{At: r.DueAt, ID: r.ID} }), nil
}

// ListInHand pages the open requests that somebody was given or has begun, what is due first
// coming first. Those that are answered wait for the resident, and stand with nobody.
func (t Requests) ListInHand(ctx context.Context, user model.UserID, page model.Page) (model.Listing[model.Request], error) {
	q := t.read(ctx).Where("assignee_id = ? AND open = ?", user, true)
	return after(q, "due_at", page, func(r model.Request) model.Cursor { return model.Cursor{At: r.DueAt, ID: r.ID} })
}

// ListNewestOpen are the open requests of an estate that were written down last, at most limit.
func (t Requests) ListNewestOpen(ctx context.Context, estate model.UnitID, limit int) ([]model.Request, error) {
	return all[model.Request](t.along(t.read(ctx), "requests", "requests_of_estate").
		Where("estate_id = ? AND open = ?", estate, true).Order("id DESC").Limit(limit))
}

// ListMerged are the requests that were merged into another, past one of them, at most limit, what came
// first coming first.
func (t Requests) ListMerged(ctx context.Context, into, past model.RequestID, limit int) ([]model.Request, error) {
	return all[model.Request](t.read(ctx).Where("merged_into_id = ? AND id > ? AND status = ?", into, past[:], model.RequestMerged).Order("id").Limit(limit))
}

// ListLed are the requests that lead to another, past one of them, at most limit, what came first coming
// first: those merged into it, and those that it followed when they were withdrawn.
func (t Requests) ListLed(ctx context.Context, to, past model.RequestID, limit int) ([]model.Request, error) {
	return all[model.Request](t.read(ctx).Where("merged_into_id = ? AND id > ?", to, past[:]).Order("id").Limit(limit))
}

// inbox is the query of one unit's requests; the county has no column, all are its own.
func (t Requests) inbox(ctx context.Context, unit model.Unit, f RequestFilter) *gorm.DB {
	q := t.along(t.read(ctx), "requests", inboxIndex(unit.Kind, f)).Where("open = ?", f.Open)
	if unit.Kind != model.County {
		q = q.Where(requestColumns[unit.Kind]+" = ?", unit.ID)
	}
	if f.Status != "" {
		q = q.Where("status = ?", f.Status)
	}
	if !f.Overdue.IsZero() {
		q = q.Where("waits_for = ? AND due_at < ?", model.PartyStaff, f.Overdue)
	}
	return q
}

// ListSilent are requests whose replies have waited for feedback long enough, by the time until
// which they waited and past a row, at most limit.
func (t Requests) ListSilent(ctx context.Context, at time.Time, past model.Cursor, limit int) ([]model.Request, error) {
	return all[model.Request](t.read(ctx).Where("waits_for = ? AND due_at >= ? AND due_at <= ?", model.PartyResident, past.At, at).
		Where("(due_at > ? OR id > ?)", past.At, past.ID[:]).Order("due_at, id").Limit(limit))
}

// ListUnwatched are open requests without a running clock. There must be none.
func (t Requests) ListUnwatched(ctx context.Context, limit int) ([]model.Request, error) {
	return all[model.Request](t.read(ctx).Where("open = ?", true).
		Where("NOT EXISTS (SELECT 1 FROM request_clocks c WHERE c.request_id = requests.id AND c.met_at IS NULL AND c.stopped_at IS NULL AND c.held_at IS NULL)").
		Order("id").Limit(limit))
}

// DeleteLocations deletes where a person said the matters of their requests are, under any of
// the ids that stand for them, also from the index of what is shown.
func (t Requests) DeleteLocations(ctx context.Context, ids []model.UserID) error {
	if _, err := t.set(ctx, map[string]any{"location": "", "position": ""}, "submitter_id IN ?", ids); err != nil {
		return err
	}
	theirs := t.write(ctx).Select("id").Where("submitter_id IN ?", ids)
	squares := t.c.db.WithContext(ctx).Where("gram >= ?", model.CellSpot).Where("request_id IN (?)", theirs)
	return named(plain(squares.Delete(&model.PublicGram{}).Error))
}

// RequestEvents are what happened to requests. They can be added and read, nothing else.
type RequestEvents struct{ table[model.RequestEvent] }

// ListByRequest is the whole course of a request.
func (t RequestEvents) ListByRequest(ctx context.Context, id model.RequestID) ([]model.RequestEvent, error) {
	return all[model.RequestEvent](t.read(ctx).Where("request_id = ?", id).Order("seq").Limit(model.MaxRequestEvents))
}

// RequestClocks are the clocks of requests.
type RequestClocks struct{ table[model.RequestClock] }

// ListByRequests are all clocks of some requests, oldest first.
func (t RequestClocks) ListByRequests(ctx context.Context, ids ...model.RequestID) (model.RequestClocks, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.RequestClock](t.read(ctx).Where("request_id IN ?", ids).Order("started_at, name"))
}

// SaveMoved writes what events do to a clock that has not ended.
func (t RequestClocks) SaveMoved(ctx context.Context, c model.RequestClock) (bool, error) {
	return t.set(ctx, map[string]any{
		"due_at": c.DueAt, "met_at": c.MetAt, "stopped_at": c.StoppedAt, "held_at": c.HeldAt,
		"yellow_at": c.YellowAt, "red_at": c.RedAt, "rungs": c.Rungs,
	}, "id = ? AND met_at IS NULL AND stopped_at IS NULL", c.ID)
}

// SaveUnmet has a clock run again that was met by what counts no more.
func (t RequestClocks) SaveUnmet(ctx context.Context, c model.RequestClock) (bool, error) {
	return t.set(ctx, map[string]any{"met_at": nil}, "id = ? AND met_at IS NOT NULL", c.ID)
}

// RequestAlarms are what the running clocks of requests do next.
type RequestAlarms struct{ table[model.RequestAlarm] }

// Get reads that of one clock. Fault: not_found.
func (t RequestAlarms) Get(ctx context.Context, clock model.ID[model.RequestClock]) (model.RequestAlarm, error) {
	return t.one(ctx, "clock_id = ?", clock)
}

// GetDue is the first of some clocks' whose time has come; of one minute, cards come before the
// escalation, so that of two requests with the same course none climbs sooner. Fault: not_found.
func (t RequestAlarms) GetDue(ctx context.Context, at time.Time, clocks ...model.ID[model.RequestClock]) (model.RequestAlarm, error) {
	due, err := all[model.RequestAlarm](t.read(ctx).Where("clock_id IN ? AND at <= ?", clocks, at).Order("at, kind DESC, clock_id").Limit(1))
	if err == nil && len(due) == 0 {
		err = fault.ErrNotFound
	}
	if err != nil {
		return model.RequestAlarm{}, err
	}
	return due[0], nil
}

// ListDue are those whose time has come, at most limit.
func (t RequestAlarms) ListDue(ctx context.Context, at time.Time, limit int) ([]model.RequestAlarm, error) {
	return all[model.RequestAlarm](t.read(ctx).Where("at <= ?", at).Order("at, clock_id").Limit(limit))
}

// Delete takes those of some clocks away.
func (t RequestAlarms) Delete(ctx context.Context, clocks ...model.ID[model.RequestClock]) error {
	if len(clocks) == 0 {
		return nil
	}
	_, err := hit(t.write(ctx).Where("clock_id IN ?", clocks).Delete(&model.RequestAlarm{}))
	return err
}

// RequestUrges keep residents to one urging a day; a second one is ErrDuplicate.
type RequestUrges struct{ table[model.RequestUrge] }

// DailyUses count what a person does in a day.
type DailyUses struct{ table[model.DailyUse] }

// Take uses one of a person's day and says whether there was one left. It belongs in the
// transaction of what is used.
func (t DailyUses) Take(ctx context.Context, user model.UserID, kind string, day model.Date, limit int) (bool, error) {
	if taken, err := t.take(ctx, user, kind, day, limit); taken || err != nil || limit < 1 {
		return taken, err
	}
	err := t.Add(ctx, &model.DailyUse{UserID: user, Kind: kind, Day: day, Used: 1})
	if errors.Is(err, ErrDuplicate) { // the day has begun: by now, or long ago
		return t.take(ctx, user, kind, day, limit)
	}
	return err == nil, err
}

func (t DailyUses) take(ctx context.Context, user model.UserID, kind string, day model.Date, limit int) (bool, error) {
	return t.set(ctx, map[string]any{"used": gorm.Expr("used + 1")},
		"user_id = ? AND kind = ? AND day = ? AND used < ?", user, kind, day, limit)
}

// Spend is Take of today, and the fault that says that nothing is left and until when.
func (t DailyUses) Spend(ctx context.Context, user model.UserID, kind string, limit int, over *fault.Error) error {
	now := t.c.now()
	today := model.DateOf(now)
	taken, err := t.Take(ctx, user, kind, today, limit)
	if err == nil && !taken {
		return over.After(today.AddDays(1).At(0, 0).Sub(now))
	}
	return err
}

// Get reads one count; a day without any is zero.
func (t DailyUses) Get(ctx context.Context, user model.UserID, kind string, day model.Date) (int, error) {
	row, err := t.one(ctx, "user_id = ? AND kind = ? AND day = ?", user, kind, day)
	if errors.Is(err, fault.ErrNotFound) {
		return 0, nil
	}
	return row.Used, err
}
