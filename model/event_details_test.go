package model_test

import (
	"slices"
	"testing"

	"jinlin/model"
)

// TestWhoGivesItBackHasNotWorkedOnIt, and nobody else is forgotten at that.
func TestWhoGivesItBackHasNotWorkedOnIt(t *testing.T) {
	t.Parallel()
	starts, returns := model.RandomID[model.User](), model.RandomID[model.User]()
	h := model.HandsOf([]model.RequestEvent{
		{Kind: model.MoveStart, ActorID: starts},
		{Kind: model.MoveDispatch, ActorID: returns},
		{Kind: model.MoveStart, ActorID: returns},
		{Kind: model.MoveReturn, ActorID: returns},
	})
	if h.MayVisit(starts) || !h.MayVisit(returns) {
		t.Errorf("begun by %v", h.Begun)
	}
}

// TestOnlyWhatWasJudgedHasFailed: who answered or began what was withdrawn, and went on as another, may
// answer that, but neither judges nor ends it.
func TestOnlyWhatWasJudgedHasFailed(t *testing.T) {
	t.Parallel()
	starts, answers, again := model.RandomID[model.User](), model.RandomID[model.User](), model.RandomID[model.User]()
	h := model.HandsOf([]model.RequestEvent{
		{Kind: model.MoveStart, ActorID: starts},
		{Kind: model.MoveReply, ActorID: answers},
		{Kind: model.MoveWithdrawal, To: model.RequestWithdrawn},
		{Kind: model.MoveSuccession, To: model.RequestScreened},
		{Kind: model.MoveReply, ActorID: again},
		{Kind: model.MoveFeedback, From: model.RequestReplied, To: model.RequestReopened},
	})
	if !slices.Equal(h.Failed, []model.UserID{again}) || !h.MayAnswer(starts) || !h.MayAnswer(answers) {
		t.Errorf("failed are %v", h.Failed)
	}
	if h.MayVisit(starts) || h.MayMerge(answers) {
		t.Error("they judge or end their own work")
	}
}
