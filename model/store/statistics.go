package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Cohort are the requests of a place that came in a time: those of an estate, or of a unit
// that was responsible when they came; the county has them all.
type Cohort struct {
	Unit     model.Unit
	From, To time.Time
}

// CohortBatch is how many requests of a cohort are read in one go.
const CohortBatch = 500

// ListCohort are the ids of a cohort after one of them, in order of time, at most CohortBatch.
// An id begins with when the request came, so that the ids alone are enough.
func (t Requests) ListCohort(ctx context.Context, c Cohort, after model.RequestID) (ids []model.RequestID, err error) {
	err = t.cohort(ctx, c, after).Pluck("id", &ids).Error
	return ids, named(plain(err))
}

func (t Requests) cohort(ctx context.Context, c Cohort, after model.RequestID) *gorm.DB {
	first, last := model.FirstID[model.Request](c.From), model.FirstID[model.Request](c.To)
	index := primary
	if c.Unit.Kind == model.Estate {
		index = "requests_of_estate"
	}
	q := t.along(t.read(ctx), "requests", index).Where("id < ?", last[:])
	if after.Compare(first) > 0 {
		q = q.Where("id > ?", after[:])
	} else {
		q = q.Where("id >= ?", first[:])
	}
	if c.Unit.Kind != model.County {
		q = q.Where(requestColumns[c.Unit.Kind]+" = ?", c.Unit.ID)
	}
	return q.Order("id").Limit(CohortBatch)
}

// ListOfSource are those of some requests that came in one way.
func (t Requests) ListOfSource(ctx context.Context, ids []model.RequestID, source model.RequestSource) (found []model.RequestID, err error) {
	err = t.read(ctx).Where("id IN ? AND source = ?", ids, source).Pluck("id", &found).Error
	return found, named(plain(err))
}

// ListCourses are the events of some requests before a moment that statistics are made of,
// without words and without who it was, by request and first first.
func (t RequestEvents) ListCourses(ctx context.Context, ids []model.RequestID, before time.Time) ([]model.RequestEvent, error) {
	return all[model.RequestEvent](t.read(ctx).
		Select("request_id, seq, kind, from_status, to_status, party, outcome, rating, at").
		Where("request_id IN ? AND at < ?", ids, before).Order("request_id, seq"))
}

// ListStaffClocks are the clocks of some requests that staff owe and that began before a moment.
func (t RequestClocks) ListStaffClocks(ctx context.Context, ids []model.RequestID, before time.Time) ([]model.RequestClock, error) {
	return all[model.RequestClock](t.read(ctx).
		Where("request_id IN ? AND started_at < ? AND name NOT IN ?", ids, before, []model.ClockName{model.ClockSilence, model.ClockPause}))
}

// ListEver are all covers by a unit, those that have ended too, at most MaxBatch.
func (t Covers) ListEver(ctx context.Context, unit model.UnitID) ([]model.Cover, error) {
	return all[model.Cover](t.read(ctx).Where("unit_id = ?", unit).Order("covered_id, valid_from").Limit(MaxBatch))
}
