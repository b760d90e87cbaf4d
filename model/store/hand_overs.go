package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// What stands with branches that are to be dissolved, and its way to others.

// countBy counts the rows of a query by a column of units.
func countBy(q *gorm.DB, column string) (map[model.UnitID]int, error) {
	var rows []struct {
		UnitID model.UnitID
		N      int
	}
	err := q.Select(column + " AS unit_id, COUNT(*) AS n").Group(column).Find(&rows).Error
	counts := map[model.UnitID]int{}
	for _, row := range rows {
		counts[row.UnitID] = row.N
	}
	return counts, named(plain(err))
}

// CountOpenOf counts the open requests of branches.
func (t Requests) CountOpenOf(ctx context.Context, branches []model.UnitID) (map[model.UnitID]int, error) {
	return countBy(t.read(ctx).Where("branch_id IN ? AND open = ?", branches, true), "branch_id")
}

// ListOpenOf are open requests of a branch, at most limit.
func (t Requests) ListOpenOf(ctx context.Context, branch model.UnitID, limit int) ([]model.Request, error) {
	return all[model.Request](t.read(ctx).Where("branch_id = ? AND open = ?", branch, true).Order("id").Limit(limit))
}

// CountHeldOf counts the held texts of branches.
func (t ModerationItems) CountHeldOf(ctx context.Context, branches []model.UnitID) (map[model.UnitID]int, error) {
	return countBy(t.read(ctx).Where("unit_id IN ? AND status = ?", branches, model.TextHeld), "unit_id")
}

// SaveHandedOver gives the held texts of a branch to another.
func (t ModerationItems) SaveHandedOver(ctx context.Context, from, to model.UnitID) error {
	_, err := t.set(ctx, map[string]any{"unit_id": to}, "unit_id = ? AND status = ?", from, model.TextHeld)
	return err
}

// SaveGivenOn gives the held texts and uploads of some objects that stand with one of two branches to
// an heir.
func (t ModerationItems) SaveGivenOn(ctx context.Context, kind model.ModerationKind, objects []model.ID[any], from [2]model.UnitID, heir model.UnitID) error {
	if len(objects) == 0 {
		return nil
	}
	_, err := t.set(ctx, map[string]any{"unit_id": heir}, "kind = ? AND object_id IN ? AND unit_id IN ? AND status = ?",
		kind, objects, from[:], model.TextHeld)
	return err
}

// SaveHandedOver has another branch answer for the open promises of a request.
func (t RequestPromises) SaveHandedOver(ctx context.Context, request model.RequestID, to model.UnitID) error {
	_, err := t.set(ctx, map[string]any{"branch_id": to}, "request_id = ? AND status = ?", request, model.PromiseOpen)
	return err
}

var unfinished = []model.ActivityState{model.ActivityDraft, model.ActivityPublished, model.ActivityOngoing}

// CountUnfinishedOf counts the activities of branches that are not over.
func (t Activities) CountUnfinishedOf(ctx context.Context, branches []model.UnitID) (map[model.UnitID]int, error) {
	return countBy(t.read(ctx).Where("unit_id IN ? AND state IN ?", branches, unfinished), "unit_id")
}

// ListUnfinishedOf are activities of a branch that are not over, at most limit.
func (t Activities) ListUnfinishedOf(ctx context.Context, branch model.UnitID, limit int) ([]model.Activity, error) {
	return all[model.Activity](t.read(ctx).Where("unit_id = ? AND state IN ?", branch, unfinished).Order("id").Limit(limit))
}

// SaveHandedOver gives an activity to another branch, if it is as it was read, and says
// whether it was.
func (t Activities) SaveHandedOver(ctx context.Context, a model.Activity, to model.UnitID) (bool, error) {
	return t.set(ctx, map[string]any{"unit_id": to, "updated_at": t.c.now(), "version": gorm.Expr("version + 1")},
		"id = ? AND state = ? AND version = ?", a.ID, a.State, a.Version)
}

var inWork = []model.ArticleStatus{
	model.ArticleDraft, model.ArticleSubmitted, model.ArticleApproved, model.ArticleRejected, model.ArticleScheduled,
}

// CountInWorkOf counts the articles of branches that are not published yet.
func (t Articles) CountInWorkOf(ctx context.Context, branches []model.UnitID) (map[model.UnitID]int, error) {
	return countBy(t.read(ctx).Where("unit_id IN ? AND status IN ?", branches, inWork), "unit_id")
}

// ListInWorkOf are articles of a branch that are not published yet, at most limit, without
// bodies.
func (t Articles) ListInWorkOf(ctx context.Context, branch model.UnitID, limit int) ([]model.Article, error) {
	return all[model.Article](t.read(ctx).Omit("body").Where("unit_id = ? AND status IN ?", branch, inWork).Order("id").Limit(limit))
}

// SaveHandedOver gives an article to another branch, if it is as it was read, and says
// whether it was.
func (t Articles) SaveHandedOver(ctx context.Context, a model.Article, to model.UnitID) (bool, error) {
	return t.set(ctx, map[string]any{"unit_id": to, "updated_at": t.c.now(), "version": a.Version + 1},
		"id = ? AND version = ?", a.ID, a.Version)
}

// SaveHandedOver gives a pool to another unit, under the name given.
func (t PointsPools) SaveHandedOver(ctx context.Context, p model.PointsPool, to model.UnitID) error {
	_, err := t.set(ctx, map[string]any{"unit_id": to, "sponsor": p.Sponsor}, "id = ?", p.ID)
	return err
}

// SaveMoved lets another unit's shop take what open holds set aside.
func (t PointsHolds) SaveMoved(ctx context.Context, references []string, to model.UnitID) error {
	_, err := t.set(ctx, map[string]any{"unit_id": to}, "reference IN ? AND status = ?", references, model.HoldOpen)
	return err
}

// CountStockedOf counts the goods of branches that are in stock.
func (t Goods) CountStockedOf(ctx context.Context, branches []model.UnitID) (map[model.UnitID]int, error) {
	return countBy(t.read(ctx).Where("unit_id IN ? AND stock > 0", branches), "unit_id")
}

// SaveHandedOver gives all goods of a branch to another.
func (t Goods) SaveHandedOver(ctx context.Context, from, to model.UnitID) error {
	_, err := t.set(ctx, map[string]any{"unit_id": to}, "unit_id = ?", from)
	return err
}

var kept = []model.RedemptionStatus{model.RedemptionReserved, model.RedemptionReady}

// CountOpenOf counts the reservations of branches.
func (t Redemptions) CountOpenOf(ctx context.Context, branches []model.UnitID) (map[model.UnitID]int, error) {
	return countBy(t.read(ctx).Where("unit_id IN ? AND status IN ?", branches, kept), "unit_id")
}

// ListOpenOf are reservations of a branch, at most limit.
func (t Redemptions) ListOpenOf(ctx context.Context, branch model.UnitID, limit int) ([]model.Redemption, error) {
	return all[model.Redemption](t.read(ctx).Where("unit_id = ? AND status IN ?", branch, kept).Order("id").Limit(limit))
}

// SaveHandedOver gives those of some redemptions that are still reservations to another branch.
func (t Redemptions) SaveHandedOver(ctx context.Context, ids []model.RedemptionID, to model.UnitID) error {
	_, err := t.set(ctx, map[string]any{"unit_id": to}, "id IN ? AND status IN ?", ids, kept)
	return err
}

// CountMembersOf counts the Party members on the rosters of branches.
func (t RosterEntries) CountMembersOf(ctx context.Context, branches []model.UnitID) (map[model.UnitID]int, error) {
	return countBy(t.read(ctx).Where("kind = ? AND branch_id IN ? AND live_key IS NOT NULL", model.PartyRoster, branches), "branch_id")
}
