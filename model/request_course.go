package model

import "time"

// RequestCourse is what the events of a request, up to some moment, say for statistics.
type RequestCourse struct {
	CameAt         time.Time
	AcknowledgedAt *time.Time     // taken on, refused or answered by a person for the first time
	RepliedAt      *time.Time     // answered for the first time, a refusal being an answer
	ResolvedAt     *time.Time     // closed, for good so far
	Status         RequestStatus  // at that moment
	StatusAt       time.Time      // since when
	Outcome        RequestOutcome // of closing
	Word           RequestOutcome // what was last said of a reply; "" while nobody said anything
	Rating         int            // the last one; 0 is none
	Reopened       int            // how often
	Partly         int            // how often

	acknowledged, replied *time.Time // before the newest answer: it may be taken back
}

// Silent says that it was closed because nobody said anything of the newest answer.
func (c RequestCourse) Silent() bool { return c.Status == RequestClosed && c.Outcome == OutcomeSilent }

// CourseOf follows the events of one request, first first.
func CourseOf(events []RequestEvent) (c RequestCourse) {
	for _, e := range events {
		c.follow(e)
	}
	return c
}

func (c *RequestCourse) follow(e RequestEvent) {
	at := e.At
	if e.Kind == MoveRefusal || e.Kind == MoveReply {
		c.acknowledged, c.replied = c.AcknowledgedAt, c.RepliedAt
	}
	switch e.Kind {
	case MoveSubmission:
		c.CameAt = at
	case MoveAcceptance, MoveDispatch, MoveReturn, MoveStart:
		if e.Party != PartySystem { // a rule is no answer of anybody's
			first(&c.AcknowledgedAt, at)
		}
	case MoveRefusal, MoveReply:
		first(&c.AcknowledgedAt, at)
		first(&c.RepliedAt, at)
	case MoveRetraction:
		c.AcknowledgedAt, c.RepliedAt = c.acknowledged, c.replied
	}
	switch e.Outcome {
	case OutcomeFixed, OutcomeExplained, OutcomePartly, OutcomeNotFixed:
		c.Word = e.Outcome
	}
	if e.Outcome == OutcomePartly {
		c.Partly++
	}
	if e.Rating > 0 {
		c.Rating = e.Rating
	}
	if e.To == c.Status {
		return
	}
	c.Status, c.StatusAt, c.ResolvedAt, c.Outcome = e.To, at, nil, ""
	switch e.To {
	case RequestClosed:
		c.ResolvedAt, c.Outcome = &at, e.Outcome
	case RequestReopened:
		c.Reopened++
	}
}

// first sets a time that has not come yet.
func first(t **time.Time, at time.Time) {
	if *t == nil {
		*t = &at
	}
}
