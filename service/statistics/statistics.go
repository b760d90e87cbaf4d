// Package statistics counts what becomes of requests to the red mailbox, by unit and period.
//
// A period's figures are about the requests that came in it, and say how these stand at a
// moment: now, or at the end of the day asked for. Everything is derived anew from events and
// clocks, nothing from totals that somebody keeps.
//
// As then, a request counts where it belonged when it came: for a branch, at the estates that
// it led on that day. As restated now, a unit has the requests of the estates that are its own
// on the day asked for, whoever led them when they came: after branches were joined the new
// one has figures from before it was founded, and they can be compared. Over a whole county
// both are the same.
//
// Rates stand beside what they are out of. Response is by a person, not by a rule, and out of all
// whose acknowledgement was due or came; resolution is out of those of whom somebody said
// whether it was fixed; satisfaction is four or five stars out of those rated. What was closed
// by silence is counted apart and is in neither of these two, whatever was said of an answer
// before. Times are the median and the 90th percentile
// by nearest rank, of those to which it happened: elapsed, and in working time, which goes by the
// calendar and the office hours of the mailbox's clocks.
package statistics

import (
	"context"
	"errors"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/calendar"
	"jinlin/service/org"
)

// MaxDays is the longest period.
const MaxDays = 731

// Service makes statistics.
type Service struct {
	store    *store.Store
	access   *access.Service
	org      *org.Service
	calendar *calendar.Service
	hours    []model.OfficeHours
}

// New makes the service. The hours are those by which the mailbox's clocks run; none are the
// default.
func New(s *store.Store, a *access.Service, o *org.Service, c *calendar.Service, hours []model.OfficeHours) *Service {
	return &Service{store: s, access: a, org: o, calendar: c, hours: hours}
}

// Question is what is asked for.
type Question struct {
	Unit     model.UnitID
	From, To model.Date // both included
	AsOf     model.Date // empty: now
	Restated bool
}

// Answer is what there is to say.
type Answer struct {
	Question
	Figures
}

// Mailbox are the figures of a unit and a period.
// Faults: unauthenticated, forbidden, not_found, invalid.
func (s *Service) Mailbox(ctx context.Context, actor model.Actor, q Question) (Answer, error) {
	if err := s.access.Require(ctx, actor, access.StatisticsRead, q.Unit); err != nil {
		return Answer{}, err
	}
	if err := q.check(); err != nil {
		return Answer{}, err
	}
	now := s.store.Now()
	until := now.Add(time.Millisecond) // what happened now counts
	if q.AsOf == "" {
		q.AsOf = model.DateOf(now)
	} else if end := q.AsOf.AddDays(1).At(0, 0); end.Before(now) {
		until = end
	}
	cohorts, err := s.cohorts(ctx, q)
	if err != nil {
		return Answer{}, err
	}
	figures, err := s.figures(ctx, cohorts, until)
	return Answer{q, figures}, err
}

func (q Question) check() error {
	switch {
	case q.To < q.From || q.To > q.From.AddDays(MaxDays-1):
		return fault.InvalidField("query.to", "out_of_range", "起止日期须按先后排列，且不超过两年。", "The days must be in order and at most two years.")
	case q.AsOf != "" && q.AsOf < q.From:
		return fault.InvalidField("query.asOf", "out_of_range", "截止日期不能早于统计期。", "The figures cannot be as of a day before the period.")
	}
	return nil
}

// cohorts are the requests that a question is about.
func (s *Service) cohorts(ctx context.Context, q Question) ([]store.Cohort, error) {
	unit, err := s.org.Unit(ctx, q.Unit)
	if err != nil {
		return nil, err
	}
	from, to := q.From.At(0, 0), q.To.AddDays(1).At(0, 0)
	switch {
	case unit.Kind == model.County:
		return []store.Cohort{{Unit: unit, From: from, To: to}}, nil
	case unit.Kind == model.Branch && !q.Restated:
		return s.ledThen(ctx, unit, q)
	case q.Restated:
		estates, err := s.estatesOn(ctx, unit, q.AsOf)
		if err != nil {
			return nil, err
		}
		return estateCohorts(estates, from, to), nil
	case s.store.Requests.CanScope(unit.Kind):
		return []store.Cohort{{Unit: unit, From: from, To: to}}, nil
	}
	return nil, errWrongKind
}

var errWrongKind = fault.InvalidField("query.unitId", "not_allowed", "不能按这类单位统计。", "There are no such figures for this kind of unit.")

func estateCohorts(estates []model.UnitID, from, to time.Time) []store.Cohort {
	cohorts := make([]store.Cohort, len(estates))
	for i, estate := range estates {
		cohorts[i] = store.Cohort{Unit: model.Unit{ID: estate, Kind: model.Estate}, From: from, To: to}
	}
	return cohorts
}

// ledThen are the estates of a branch, each for as long as it led it within the period.
func (s *Service) ledThen(ctx context.Context, branch model.Unit, q Question) ([]store.Cohort, error) {
	covers, err := s.store.Covers.ListEver(ctx, branch.ID)
	if err != nil {
		return nil, err
	}
	var cohorts []store.Cohort
	for _, cover := range covers {
		unit, err := s.org.Unit(ctx, cover.CoveredID)
		if err != nil {
			return nil, err
		}
		first, end := max(q.From, cover.ValidFrom), q.To.AddDays(1)
		if cover.ValidTo != nil {
			end = min(end, *cover.ValidTo)
		}
		if unit.Kind == model.Estate && first < end {
			cohorts = append(cohorts, store.Cohort{Unit: unit, From: first.At(0, 0), To: end.At(0, 0)})
		}
	}
	return cohorts, nil
}

// estatesOn are the estates that are a unit's own on a day. Fault: invalid.
func (s *Service) estatesOn(ctx context.Context, unit model.Unit, day model.Date) ([]model.UnitID, error) {
	switch unit.Kind {
	case model.Estate:
		return []model.UnitID{unit.ID}, nil
	case model.Branch:
		return s.ids(func(page model.Page) (model.Listing[model.Unit], error) {
			return s.org.Covered(ctx, unit.ID, day, page)
		}, model.Estate)
	case model.Community:
		return s.below(ctx, unit.ID, model.Estate, day)
	case model.Town:
		communities, err := s.below(ctx, unit.ID, model.Community, day)
		var estates []model.UnitID
		for _, community := range communities {
			more, missing := s.below(ctx, community, model.Estate, day)
			estates, err = append(estates, more...), errors.Join(err, missing)
		}
		return estates, err
	}
	return nil, errWrongKind
}

func (s *Service) below(ctx context.Context, parent model.UnitID, kind model.UnitKind, day model.Date) ([]model.UnitID, error) {
	return s.ids(func(page model.Page) (model.Listing[model.Unit], error) {
		return s.org.List(ctx, org.Filter{Parent: parent, Kind: kind, AsOf: day}, page)
	}, kind)
}

func (s *Service) ids(read func(model.Page) (model.Listing[model.Unit], error), kind model.UnitKind) (ids []model.UnitID, err error) {
	for unit, err := range model.All(read) {
		if err != nil {
			return nil, err
		}
		if unit.Kind == kind {
			ids = append(ids, unit.ID)
		}
	}
	return ids, nil
}

// Comparison is a time before a restructuring and one as long after it, of the same estates.
// Each stands as it was at its own end, so that neither had longer to be settled.
type Comparison struct {
	On            model.Date // first day of the new order
	Days          int
	Before, After Figures
}

// Compare tells what a restructuring did to the figures of the estates that another branch
// leads since, or of those of one branch that it founded or changed.
// Faults: unauthenticated, forbidden, not_found, invalid.
func (s *Service) Compare(ctx context.Context, actor model.Actor, id model.RestructuringID, branch model.UnitID, days int) (c Comparison, err error) {
	batch, err := access.Find(ctx, s.access, actor, access.StatisticsRead, s.store.Restructurings.Get, id)
	if err != nil {
		return c, err
	}
	if batch.EffectedOn == nil {
		return c, fault.InvalidField("query.restructuringId", "not_effective", "这次调整尚未生效。", "This restructuring has not taken effect.")
	}
	estates, err := touched(batch.Effected(), branch)
	if err != nil {
		return c, err
	}
	c.On, c.Days = *batch.EffectedOn, days
	start, change, end := c.On.AddDays(-days).At(0, 0), c.On.At(0, 0), c.On.AddDays(days).At(0, 0)
	if c.Before, err = s.figures(ctx, estateCohorts(estates, start, change), change); err != nil {
		return c, err
	}
	if now := s.store.Now().Add(time.Millisecond); end.After(now) {
		end = now
	}
	c.After, err = s.figures(ctx, estateCohorts(estates, change, end), end)
	return c, err
}

// touched are the estates whose branch changed, or those of one branch afterwards.
// Fault: not_found.
func touched(d model.RestructuringDiff, branch model.UnitID) (estates []model.UnitID, err error) {
	if branch.IsZero() {
		for _, move := range d.Moved {
			estates = append(estates, move.Estate.ID)
		}
		return estates, nil
	}
	branches := slices.Concat(d.Created, d.Changed)
	i := slices.IndexFunc(branches, func(b model.BranchDiff) bool { return b.ID == branch })
	if i < 0 {
		return nil, fault.ErrNotFound
	}
	for _, estate := range branches[i].Estates {
		estates = append(estates, estate.ID)
	}
	return estates, nil
}
