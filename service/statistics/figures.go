package statistics

import (
	"context"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/store"
)

// FewestRatings is of how many ratings at least something may be said: of fewer one could tell who
// gave which.
const FewestRatings = 5

// Figures are counts of requests, rates and times.
type Figures struct {
	Came      int // all that came
	Open      int
	Refused   int
	Withdrawn int
	Merged    int
	Fixed     int // closed so
	Explained int // closed so
	Silent    int // closed because nobody said anything, counted apart
	Unheard   int // closed so, of those whose reporters cannot speak: a program sent them
	Reopened  int // at least once
	Overdue   int // staff were late with something, or are

	Response     Rate // acknowledged in time
	Resolution   Rate // fixed or explained, by the last word
	Satisfaction Rate // four or five stars
	Rated        Rate // of those that were answered
	Stars        int  // of all ratings together

	Acknowledge, FirstReply, Resolve Times
}

// Rate is a part of a whole.
type Rate struct{ N, Of int }

func (r *Rate) count(part bool) {
	r.Of++
	if part {
		r.N++
	}
}

// Times say how long something took, of those to which it happened.
type Times struct {
	Sample           int
	Elapsed, Working Spread
}

// Spread are the median and the 90th percentile, by nearest rank; zero without a sample.
type Spread struct{ Median, P90 time.Duration }

func spread(d []time.Duration) Spread {
	if len(d) == 0 {
		return Spread{}
	}
	slices.Sort(d)
	return Spread{Median: d[(len(d)+1)/2-1], P90: d[(9*len(d)+9)/10-1]}
}

// stretch collects how long one thing took.
type stretch struct{ elapsed, working []time.Duration }

func (s *stretch) add(from time.Time, to *time.Time, w scale) {
	if to == nil {
		return
	}
	s.elapsed = append(s.elapsed, to.Sub(from))
	s.working = append(s.working, w.between(from, *to))
}

func (s *stretch) times() Times {
	return Times{Sample: len(s.elapsed), Elapsed: spread(s.elapsed), Working: spread(s.working)}
}

// tally is figures in the making.
type tally struct {
	Figures
	until                time.Time
	time                 scale
	acknowledge, replied stretch
	resolve              stretch
}

// figures read cohorts a batch at a time.
func (s *Service) figures(ctx context.Context, cohorts []store.Cohort, until time.Time) (Figures, error) {
	t := tally{until: until}
	if len(cohorts) > 0 {
		from := slices.MinFunc(cohorts, func(a, b store.Cohort) int { return a.From.Compare(b.From) }).From
		first, last := model.DateOf(from), model.DateOf(until)
		days, err := s.calendar.Between(ctx, first, last)
		if err != nil {
			return Figures{}, err
		}
		t.time = newScale(model.WorkingTime{Calendar: days, Hours: s.hours}, first, last)
	}
	for _, c := range cohorts {
		if c.To.After(until) {
			c.To = until
		}
		if err := s.tallyCohort(ctx, &t, c); err != nil {
			return Figures{}, err
		}
	}
	t.Acknowledge, t.FirstReply, t.Resolve = t.acknowledge.times(), t.replied.times(), t.resolve.times()
	return t.Figures, nil
}

func (s *Service) tallyCohort(ctx context.Context, t *tally, c store.Cohort) error {
	for after := (model.RequestID{}); ; {
		ids, err := s.store.Requests.ListCohort(ctx, c, after)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.tallyBatch(ctx, t, ids); err != nil {
			return err
		}
		if len(ids) < store.CohortBatch {
			return nil
		}
		after = ids[len(ids)-1]
	}
}

func (s *Service) tallyBatch(ctx context.Context, t *tally, ids []model.RequestID) error {
	events, err := s.store.RequestEvents.ListCourses(ctx, ids, t.until)
	if err != nil {
		return err
	}
	rows, err := s.store.RequestClocks.ListStaffClocks(ctx, ids, t.until)
	if err != nil {
		return err
	}
	sent, err := s.store.Requests.ListOfSource(ctx, ids, model.SourceOpen311)
	if err != nil {
		return err
	}
	clocks := map[model.RequestID][]model.RequestClock{}
	for _, c := range rows {
		clocks[c.RequestID] = append(clocks[c.RequestID], c)
	}
	for len(events) > 0 {
		id := events[0].RequestID
		n := slices.IndexFunc(events, func(e model.RequestEvent) bool { return e.RequestID != id })
		if n < 0 {
			n = len(events)
		}
		t.count(model.CourseOf(events[:n]), clocks[id], slices.Contains(sent, id))
		events = events[n:]
	}
	return nil
}

// count adds one request. mute says that whoever reported it cannot speak.
func (t *tally) count(c model.RequestCourse, clocks []model.RequestClock, mute bool) {
	t.Came++
	t.countStatus(c, mute)
	if c.Reopened > 0 {
		t.Reopened++
	}
	if slices.ContainsFunc(clocks, t.late) {
		t.Overdue++
	}
	t.countResponse(c, clocks)
	if c.Silent() { // what was said was of an answer before
		c.Word, c.Rating = "", 0
	}
	if c.Word != "" {
		t.Resolution.count(c.Word == model.OutcomeFixed || c.Word == model.OutcomeExplained)
	}
	if c.Rating > 0 {
		t.Satisfaction.count(c.Rating >= 4)
		t.Stars += c.Rating
	}
	if c.RepliedAt != nil && c.Status != model.RequestRefused && !mute {
		t.Rated.count(c.Rating > 0)
	}
	t.acknowledge.add(c.CameAt, c.AcknowledgedAt, t.time)
	t.replied.add(c.CameAt, c.RepliedAt, t.time)
	t.resolve.add(c.CameAt, c.ResolvedAt, t.time)
}

func (t *tally) countStatus(c model.RequestCourse, mute bool) {
	switch c.Status {
	case model.RequestRefused:
		t.Refused++
	case model.RequestWithdrawn:
		t.Withdrawn++
	case model.RequestMerged:
		t.Merged++
	case model.RequestClosed:
		switch c.Outcome {
		case model.OutcomeFixed:
			t.Fixed++
		case model.OutcomeSilent:
			if mute {
				t.Unheard++
			} else {
				t.Silent++
			}
		default:
			t.Explained++
		}
	default:
		t.Open++
	}
}

// countResponse looks at the first acknowledgement that was owed: whether a person gave it in time, or
// that its time is over. One that is not due yet says nothing.
func (t *tally) countResponse(c model.RequestCourse, clocks []model.RequestClock) {
	var owed *model.RequestClock
	for i, c := range clocks {
		if c.Name == model.ClockAcknowledge && (owed == nil || c.StartedAt.Before(owed.StartedAt)) {
			owed = &clocks[i]
		}
	}
	switch {
	case owed == nil:
	case c.AcknowledgedAt != nil:
		t.Response.count(!c.AcknowledgedAt.After(owed.DueAt))
	case t.late(waited(*owed, c)):
		t.Response.count(false)
	}
}

// waited is a clock as it ran for whoever waited for a person: a rule that met it answered nobody.
func waited(owed model.RequestClock, c model.RequestCourse) model.RequestClock {
	owed.MetAt = nil
	if owed.StoppedAt == nil && (c.Status == model.RequestWithdrawn || c.Status == model.RequestMerged) {
		owed.StoppedAt = &c.StatusAt
	}
	return owed
}

// late says whether staff were late with a clock, or are at the moment of the figures.
func (t *tally) late(c model.RequestClock) bool {
	end := t.until
	for _, at := range []*time.Time{c.MetAt, c.StoppedAt, c.HeldAt} {
		if at != nil && at.Before(end) {
			end = *at
		}
	}
	return end.After(c.DueAt)
}

// scale answers how much working time lies between two moments without going through the
// days between: a hundred thousand times in a request.
type scale struct {
	time  model.WorkingTime
	days  []time.Time     // when each begins
	until []time.Duration // working time before each
}

func newScale(w model.WorkingTime, first, last model.Date) scale {
	s := scale{time: w}
	var sum time.Duration
	for day := first; day <= last.AddDays(1); day = day.AddDays(1) {
		start := day.At(0, 0)
		s.days, s.until = append(s.days, start), append(s.until, sum)
		if w.Calendar.Working(day) {
			sum += w.Between(start, day.AddDays(1).At(0, 0))
		}
	}
	return s
}

func (s scale) between(from, to time.Time) time.Duration { return s.at(to) - s.at(from) }

// at is the working time from the first day to a moment.
func (s scale) at(moment time.Time) time.Duration {
	i, found := slices.BinarySearchFunc(s.days, moment, time.Time.Compare)
	if !found {
		i--
	}
	if i < 0 || i >= len(s.days) {
		return 0
	}
	return s.until[i] + s.time.Between(s.days[i], moment)
}
