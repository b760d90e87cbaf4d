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
	OtherID   RequestID                  `json:"otherId,omitzero"` // of a merge, and of what is said across one
	Answer    int                        `json:"answer,omitempty"` // of feedback on what a request was merged into: the number of the reply there
	Promise   PromiseID                  `json:"promiseId,omitzero"`
	On        Date                       `json:"on,omitempty"`        // of a promise
	Rule      DispatchRuleID             `json:"ruleId,omitzero"`     // that gave it to a team, as it was then
	Referral  ReferralID                 `json:"referralId,omitzero"` // of a request to a department
	Explained bool                       `json:"explained,omitempty"` // of a reply: nothing could be done, and it says why
}

// ClockSetting is what a clock was set to.
type ClockSetting struct {
	DueAt   time.Time  `json:"dueAt"`
	Allowed ClockLimit `json:"allowed,omitempty"`
	Again   bool       `json:"again,omitempty"` // its yellow card has been, and comes once more
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

// Hands are who has had to do with a request so far: who answered it, who began to work on it, and
// whose answers or work were found not to have fixed it. Everybody who answered or worked before
// that word has failed with it, and whoever gave the request back has not worked on it. What was not judged
// before the request was withdrawn, and went on as another, nobody has failed with.
type Hands struct{ Answered, Begun, Failed []UserID }

// HandsOf tells them from the events of a request, oldest first.
func HandsOf(events []RequestEvent) (h Hands) {
	var answered, begun []UserID // since it was opened last
	for _, e := range events {
		switch {
		case e.Kind == MoveReply:
			answered = append(answered, e.ActorID)
		case e.Kind == MoveRetraction && e.From == RequestReplied:
			answered = answered[:max(0, len(answered)-1)]
		case e.Kind == MoveStart:
			begun = append(begun, e.ActorID)
		case e.Kind == MoveReturn:
			begun = slices.DeleteFunc(begun, func(user UserID) bool { return user == e.ActorID })
		case e.Reopens():
			h.Failed = append(append(h.Failed, answered...), begun...)
			h.Answered, h.Begun = append(h.Answered, answered...), append(h.Begun, begun...)
			answered, begun = nil, nil
		case e.Kind == MoveWithdrawal:
			h.Answered, h.Begun = append(h.Answered, answered...), append(h.Begun, begun...)
			answered, begun = nil, nil
		}
	}
	h.Answered, h.Begun = append(h.Answered, answered...), append(h.Begun, begun...)
	return h
}

// MayAnswer says whether somebody may give the next answer.
func (h Hands) MayAnswer(user UserID) bool { return !slices.Contains(h.Failed, user) }

// MayMerge says whether somebody may merge the request away: not an answer of their own.
func (h Hands) MayMerge(user UserID) bool {
	return h.MayAnswer(user) && !slices.Contains(h.Answered, user)
}

// MayVisit says whether somebody may ask the resident how it was.
func (h Hands) MayVisit(user UserID) bool { return h.MayMerge(user) && !slices.Contains(h.Begun, user) }

// LastAnswer is the newest reply that counts; the zero event where there is none.
func LastAnswer(events []RequestEvent) RequestEvent {
	var answers []RequestEvent
	for _, e := range events {
		switch {
		case e.Kind == MoveReply:
			answers = append(answers, e)
		case e.Kind == MoveRetraction && len(answers) > 0:
			answers = answers[:len(answers)-1]
		}
	}
	if len(answers) == 0 {
		return RequestEvent{}
	}
	return answers[len(answers)-1]
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
// yet, the zero event for nobody, and whether one was given. What was asked for an answer that has
// been judged, or of a clock that began anew, is no question any more.
func ExtensionOf(events []RequestEvent) (asked RequestEvent, given bool) {
	for _, e := range events {
		switch e.Kind {
		case MoveExtension:
			asked = e
		case MoveExtensionGrant:
			asked, given = RequestEvent{}, true
		case MoveExtensionRefusal, MoveFeedback, MoveObjection, MoveReturnVisit, MoveSuccession:
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
