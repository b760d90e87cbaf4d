package store

import (
	"context"

	"gorm.io/gorm"

	"jinlin/model"
)

// PublicVersions are what the public may read of requests.
type PublicVersions struct{ table[model.PublicVersion] }

// Get reads the one of a request. Fault: not_found.
func (t PublicVersions) Get(ctx context.Context, id model.RequestID) (model.PublicVersion, error) {
	return t.one(ctx, "request_id = ?", id)
}

// GetNamed reads the one that the public knows by an id, shown or not. Fault: not_found.
func (t PublicVersions) GetNamed(ctx context.Context, id model.PublicID) (model.PublicVersion, error) {
	return t.one(ctx, "public_id = ?", id)
}

// GetShown reads one that is shown. Fault: not_found.
func (t PublicVersions) GetShown(ctx context.Context, id model.PublicID) (model.PublicVersion, error) {
	return t.one(ctx, "public_id = ? AND shown = ?", id, true)
}

// GetLocked reads one and holds it until the transaction ends. Fault: not_found.
func (t PublicVersions) GetLocked(ctx context.Context, id model.RequestID) (model.PublicVersion, error) {
	return t.locked(ctx, "request_id = ?", id)
}

// SaveMoved writes all that steps can change, if the row still has the version given.
func (t PublicVersions) SaveMoved(ctx context.Context, v model.PublicVersion, version int) (bool, error) {
	return t.set(ctx, map[string]any{
		"public_id": v.PublicID, "status": v.Status, "title": v.Title, "text": v.Text, "answer": v.Answer, "building_id": v.BuildingID, "held": v.Held,
		"shown": v.Shown, "shown_title": v.ShownTitle, "shown_text": v.ShownText, "shown_answer": v.ShownAnswer,
		"shown_building_id": v.ShownBuildingID, "published_at": v.PublishedAt,
		"author_id": v.AuthorID, "reviewer_id": v.ReviewerID, "updated_at": v.UpdatedAt, "version": v.Version,
	}, "request_id = ? AND version = ?", v.RequestID, version)
}

// BoardFilter narrows the board.
type BoardFilter struct {
	EstateID model.UnitID // zero: the whole county
}

// ListShown pages what the public reads, what was published last coming first.
func (t PublicVersions) ListShown(ctx context.Context, f BoardFilter, page model.Page) (model.Listing[model.PublicVersion], error) {
	rows, err := all[model.PublicVersion](t.shown(ctx, f, page))
	if err != nil {
		return model.Listing[model.PublicVersion]{}, err
	}
	return model.Cut(rows, page.Size(), func(v model.PublicVersion) model.Cursor {
		return model.Cursor{At: v.PublishedAt, ID: v.PublicID}
	}), nil
}

func (t PublicVersions) shown(ctx context.Context, f BoardFilter, page model.Page) *gorm.DB {
	q := t.along(t.read(ctx), "public_versions", "public_versions_of_county")
	if !f.EstateID.IsZero() {
		q = t.along(t.read(ctx), "public_versions", "public_versions_of_estate").Where("estate_id = ?", f.EstateID)
	}
	q = q.Where("shown = ?", true)
	if page.After != nil {
		if page.After.At.IsZero() {
			_ = q.AddError(model.ErrInvalidCursor)
		}
		// The first half alone is what the index can begin at.
		q = q.Where("published_at <= ? AND (published_at < ? OR request_id < "+requestNamed+")", page.After.At, page.After.At, page.After.ID[:])
	}
	return q.Order("published_at DESC, request_id DESC").Limit(page.Size() + 1)
}

// requestNamed is the request that the public knows by an id. Anybody reads what a cursor is made of.
const requestNamed = "(SELECT n.request_id FROM public_versions n WHERE n.public_id = ?)"

// CameFilter says of what the public reads which requests are meant.
type CameFilter struct {
	From, To   model.Date // the days on which they came, both included
	Categories []string   // none is any
	Open       *bool      // still open, or ended; nil is both
}

// ListCame pages what the public reads by when the requests came, newest first.
func (t PublicVersions) ListCame(ctx context.Context, f CameFilter, page model.Page) (model.Listing[model.PublicVersion], error) {
	rows, err := all[model.PublicVersion](t.came(ctx, f, page))
	if err != nil {
		return model.Listing[model.PublicVersion]{}, err
	}
	return model.Cut(rows, page.Size(), func(v model.PublicVersion) model.Cursor {
		return model.Cursor{At: v.CameAt, ID: v.RequestID}
	}), nil
}

func (t PublicVersions) came(ctx context.Context, f CameFilter, page model.Page) *gorm.DB {
	q := t.along(t.read(ctx), "public_versions", "public_versions_by_day").
		Where("shown = ? AND came_at >= ? AND came_at < ?", true, f.From.At(0, 0), f.To.AddDays(1).At(0, 0))
	if len(f.Categories) > 0 {
		q = q.Where("category IN ?", f.Categories)
	}
	if f.Open != nil { // one look for each row; as a join it would begin at all open requests
		q = q.Where("(SELECT r.open FROM requests r WHERE r.id = public_versions.request_id) = ?", *f.Open)
	}
	if page.After != nil {
		q = q.Where("came_at <= ? AND (came_at < ? OR request_id < ?)", page.After.At, page.After.At, page.After.ID[:])
	}
	return q.Order("came_at DESC, request_id DESC").Limit(page.Size() + 1)
}

// ListShownByID are those of some requests that are shown, at most MaxBatch, in no order. SQLite would
// go through all that are shown, by the index that begins with that; of an expression it knows no index.
func (t PublicVersions) ListShownByID(ctx context.Context, ids []model.RequestID) ([]model.PublicVersion, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.PublicVersion](t.read(ctx).Where("request_id IN ? AND COALESCE(shown, FALSE) = ?", ids, true).Limit(MaxBatch))
}

// ListNamed are those of some ids of the public's that are shown, at most MaxBatch, in no order.
func (t PublicVersions) ListNamed(ctx context.Context, ids []model.PublicID) ([]model.PublicVersion, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.PublicVersion](t.read(ctx).Where("public_id IN ? AND COALESCE(shown, FALSE) = ?", ids, true).Limit(MaxBatch))
}

// ListByStatus pages those of some estates in one status, newest request first.
func (t PublicVersions) ListByStatus(ctx context.Context, estates []model.UnitID, status model.PublicVersionStatus, page model.Page) (model.Listing[model.PublicVersion], error) {
	index := "public_versions_in_turn"
	if len(estates) <= fewUnits {
		index = "public_versions_by_status"
	}
	q := t.along(t.read(ctx), "public_versions", index).Where("status = ? AND estate_id IN ?", status, estates)
	if page.After != nil {
		q = q.Where("request_id < ?", page.After.ID[:])
	}
	rows, err := all[model.PublicVersion](q.Order("request_id DESC").Limit(page.Size() + 1))
	if err != nil {
		return model.Listing[model.PublicVersion]{}, err
	}
	return model.Cut(rows, page.Size(), func(v model.PublicVersion) model.Cursor { return model.Cursor{ID: v.RequestID} }), nil
}

// PublicVersionEvents can be added and read, nothing else.
type PublicVersionEvents struct {
	table[model.PublicVersionEvent]
}

// ListByRequest pages the steps of a public version, first first.
func (t PublicVersionEvents) ListByRequest(ctx context.Context, id model.RequestID) ([]model.PublicVersionEvent, error) {
	return all[model.PublicVersionEvent](t.read(ctx).Where("request_id = ?", id).Order("seq").Limit(MaxBatch))
}

// CountOf counts the steps of one kind.
func (t PublicVersionEvents) CountOf(ctx context.Context, id model.RequestID, move model.PublicVersionMove) (int64, error) {
	return t.count(ctx, "request_id = ? AND move = ?", id, move)
}

// RequestFollowers are who wants to hear how a request goes on.
type RequestFollowers struct {
	table[model.RequestFollower]
}

// Get reads whether somebody follows a request. Fault: not_found.
func (t RequestFollowers) Get(ctx context.Context, id model.RequestID, user model.UserID) (model.RequestFollower, error) {
	return t.one(ctx, "request_id = ? AND user_id = ?", id, user)
}

// ListOf are the followers of a request after one of them, in order of their ids, at most limit.
func (t RequestFollowers) ListOf(ctx context.Context, id model.RequestID, after model.UserID, limit int) ([]model.RequestFollower, error) {
	return all[model.RequestFollower](t.read(ctx).Where("request_id = ? AND user_id > ?", id, after[:]).Order("user_id").Limit(limit))
}

// ListByUser pages what somebody follows of what the board shows or has shown, newest request first.
func (t RequestFollowers) ListByUser(ctx context.Context, user model.UserID, page model.Page) (model.Listing[model.FollowedRequest], error) {
	q := t.read(ctx).Select("v.public_id, request_followers.created_at").
		Joins("JOIN public_versions v ON v.request_id = request_followers.request_id").
		Where("request_followers.user_id = ? AND v.shown_title <> ''", user)
	if page.After != nil {
		q = q.Where("request_followers.request_id < "+requestNamed, page.After.ID[:])
	}
	rows, err := all[model.FollowedRequest](q.Order("request_followers.request_id DESC").Limit(page.Size() + 1))
	if err != nil {
		return model.Listing[model.FollowedRequest]{}, err
	}
	return model.Cut(rows, page.Size(), func(f model.FollowedRequest) model.Cursor { return model.Cursor{ID: f.PublicID} }), nil
}

// CountOf counts the followers of some requests.
func (t RequestFollowers) CountOf(ctx context.Context, ids []model.RequestID) (map[model.RequestID]int, error) {
	counts := map[model.RequestID]int{}
	if len(ids) == 0 {
		return counts, nil
	}
	var found []struct {
		RequestID model.RequestID
		N         int
	}
	err := t.read(ctx).Select("request_id, COUNT(*) AS n").Where("request_id IN ?", ids).Group("request_id").Find(&found).Error
	for _, row := range found {
		counts[row.RequestID] = row.N
	}
	return counts, named(plain(err))
}

// SaveMerged lets who follows a request follow another in its place, but for one person.
func (t RequestFollowers) SaveMerged(ctx context.Context, from, into model.RequestID, but model.UserID) error {
	return named(plain(t.c.db.WithContext(ctx).Exec("INSERT INTO request_followers (request_id, user_id, created_at) "+
		"SELECT ?, f.user_id, ? FROM request_followers f WHERE f.request_id = ? AND f.user_id <> ? "+
		"AND NOT EXISTS (SELECT 1 FROM request_followers g WHERE g.request_id = ? AND g.user_id = f.user_id)",
		into, t.c.now(), from, but, into).Error))
}

// Delete ends that somebody follows a request, and says whether they did.
func (t RequestFollowers) Delete(ctx context.Context, id model.RequestID, user model.UserID) (bool, error) {
	return hit(t.write(ctx).Where("request_id = ? AND user_id = ?", id, user).Delete(&model.RequestFollower{}))
}

// ListByID are some requests, at most MaxBatch, in no order.
func (t Requests) ListByID(ctx context.Context, ids []model.RequestID) ([]model.Request, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all[model.Request](t.read(ctx).Where("id IN ?", ids).Limit(MaxBatch))
}
