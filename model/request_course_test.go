package model_test

import (
	"testing"
	"time"

	"jinlin/model"
)

// TestARuleIsNobodysResponse: what a rule accepted and gave away is responded to by the first person
// who takes it on.
func TestARuleIsNobodysResponse(t *testing.T) {
	t.Parallel()
	came := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	event := func(kind model.RequestMove, to model.RequestStatus, by model.RequestParty, hours int) model.RequestEvent {
		return model.RequestEvent{Kind: kind, To: to, Party: by, At: came.Add(time.Duration(hours) * time.Hour)}
	}
	events := []model.RequestEvent{
		event(model.MoveSubmission, model.RequestSubmitted, model.PartyResident, 0),
		event(model.MoveAcceptance, model.RequestAccepted, model.PartySystem, 0),
		event(model.MoveDispatch, model.RequestDispatched, model.PartySystem, 0),
	}
	if c := model.CourseOf(events); c.AcknowledgedAt != nil {
		t.Errorf("acknowledged at %s", c.AcknowledgedAt)
	}
	events = append(events, event(model.MoveStart, model.RequestHandling, model.PartyStaff, 3))
	if c := model.CourseOf(events); c.AcknowledgedAt == nil || !c.AcknowledgedAt.Equal(came.Add(3*time.Hour)) {
		t.Errorf("acknowledged at %v", c.AcknowledgedAt)
	}
}
