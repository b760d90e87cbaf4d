package model

import (
	"encoding/json"
	"slices"
	"time"
)

// EventDetails are what an event of a request carries beside words: what it made of the clocks,
// so that they can be told from the events alone whatever calendar and policy became, and whom
// and what it is about.
type EventDetails struct {
	Clocks    map[ClockName]ClockSetting `json:"clocks,omitempty"`
	Clock     ClockName                  `json:"clock,omitempty"`  // that a card or an escalation is about
	Reason    PauseReason                `json:"reason,omitempty"` // of a pause
	Until     *time.Time                 `json:"until,omitempty"`  // of a pause or an extension
	TeamID    UnitID                     `json:"teamId,omitzero"`
	UserID    UserID                     `json:"userId,omitzero"`  // of a dispatch; those of acts stand in ActorID
	OtherID   RequestID                  `json:"otherId,omitzero"` // of a merge
	Promise   PromiseID                  `json:"promiseId,omitzero"`
	On        Date                       `json:"on,omitempty"`        // of a promise
	Explained bool                       `json:"explained,omitempty"` // of a reply: nothing could be done, and it says why
}

// ClockSetting is what a clock was set to.
type ClockSetting struct {
	DueAt   time.Time  `json:"dueAt"`
	Allowed ClockLimit `json:"allowed,omitempty"`
}

// EventEffect is EventDetails as it is kept: JSON, or "" for none.
type EventEffect string

// Details reads what the event carries. What cannot be read is nothing: it was never written.
func (e RequestEvent) Details() (d EventDetails) {
	if e.Effect != "" {
		_ = json.Unmarshal([]byte(e.Effect), &d)
	}
	return d
}

// With is the event with these details.
func (e RequestEvent) With(d EventDetails) RequestEvent {
	text, err := json.Marshal(d)
	if err != nil || string(text) == "{}" {
		text = nil
	}
	e.Effect = EventEffect(text)
	return e
}

// FailedAnswers are whose answers were found not to have fixed a request, oldest event first.
func FailedAnswers(events []RequestEvent) (people []UserID) {
	var last UserID
	for _, e := range events {
		switch {
		case e.Kind == MoveReply:
			last = e.ActorID
		case e.To == RequestReopened && e.From != RequestReopened && !last.IsZero():
			people = append(people, last)
		}
	}
	return people
}

// LastOf is the newest event of one of some kinds; false when there is none.
func LastOf(events []RequestEvent, kinds ...RequestMove) (RequestEvent, bool) {
	for i := len(events) - 1; i >= 0; i-- {
		if slices.Contains(kinds, events[i].Kind) {
			return events[i], true
		}
	}
	return RequestEvent{}, false
}

// ExtensionOf is what stands of the extension of a request: who asks for it and was not answered
// yet, the zero event for nobody, and whether one was given. What was asked for an answer that
// has been judged is no question any more.
func ExtensionOf(events []RequestEvent) (asked RequestEvent, given bool) {
	for _, e := range events {
		switch e.Kind {
		case MoveExtension:
			asked = e
		case MoveExtensionGrant:
			asked, given = RequestEvent{}, true
		case MoveExtensionRefusal, MoveFeedback, MoveReturnVisit:
			asked = RequestEvent{}
		}
	}
	return asked, given
}

// PauseReason says why work rests.
type PauseReason string

// The reasons for which work may rest. "Busy" is none of them.
const (
	PauseMaterials  PauseReason = "materials"  // parts or documents are on their way
	PauseSeason     PauseReason = "season"     // weather or season
	PauseResident   PauseReason = "resident"   // the resident is asked, or away
	PauseDepartment PauseReason = "department" // another office has to act first
	PauseExpert     PauseReason = "expert"     // a survey or an expert's word
)

// PauseReasons are all of them.
var PauseReasons = []PauseReason{PauseMaterials, PauseSeason, PauseResident, PauseDepartment, PauseExpert}
