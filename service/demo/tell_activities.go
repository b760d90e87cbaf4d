package demo

import (
	"context"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/service/activity"
	"jinlin/service/signup"
)

// writeActivities has each activity published and signed up for; past ones have taken place.
func (t *teller) writeActivities() {
	for i, e := range events {
		t.Activities++
		t.writeActivity(e, i)
	}
}

func (t *teller) writeActivity(e event, i int) {
	by := t.secretary(e.estate)
	day := min(e.days-3, -1) // when it is published
	a := &model.Activity{}
	t.on(day, 8, i, e.title, func(ctx context.Context) (err error) {
		*a, err = t.activity.Draft(ctx, by, t.unitOf(e.estate), t.planOf(e))
		return err
	})
	if e.fate == stillDraft {
		return
	}
	t.on(day, 9, i, e.title, func(ctx context.Context) error {
		_, err := t.activity.Publish(ctx, by, a.ID)
		return err
	})
	t.writeSignUps(e, day, a)
	if e.fate == calledOff {
		t.on(-1, 19, i, e.title, func(ctx context.Context) error {
			_, err := t.activity.Cancel(ctx, by, a.ID, "车库当天停水，改期再约。")
			return err
		})
	}
}

func (t *teller) planOf(e event) activity.Plan {
	start := model.DateOf(t.load).AddDays(e.days).At(e.hour, 0)
	return activity.Plan{
		Title: e.title, Description: e.description, Place: e.place,
		StartsAt: start, EndsAt: start.Add(time.Duration(e.hours) * time.Hour), SignUpOpensAt: t.clock, SignUpClosesAt: start,
		Capacity: e.capacity, WaitingList: true, Points: e.points, CheckInMinutes: activity.DefaultCheckIn,
	}
}

// writeSignUps: the people of the estate, one every seven minutes. Of a past activity
// those who came are recorded when it begins; from one to come the absent withdraw.
func (t *teller) writeSignUps(e event, day int, a *model.Activity) {
	people := t.participants(e)
	joined := make([]signup.Joined, len(people))
	for i, who := range people {
		t.on(day, 10+i/8, 7*(i%8), e.title, func(ctx context.Context) (err error) {
			joined[i], err = t.signUp.Join(ctx, who, a.ID, signup.Party{})
			return err
		})
	}
	if e.days >= 0 {
		for _, who := range people[:e.absent] {
			t.on(-1, 20, 30, e.title, func(ctx context.Context) error { return t.signUp.Withdraw(ctx, who, a.ID) })
		}
		return
	}
	t.on(e.days, e.hour, 0, e.title, t.activity.Advance)
	for i := range people[e.absent:] {
		t.on(e.days, e.hour, 1+i, e.title, func(ctx context.Context) error {
			_, err := t.signUp.Record(ctx, t.secretary(e.estate), a.ID, signup.Fact{SignUpID: joined[e.absent+i].ID, Kind: model.CameIn})
			return err
		})
	}
	t.on(e.days, e.hour+e.hours, 0, e.title, t.activity.Advance)
}

// regulars are the personas who come to whatever an estate does. The neighbours sign up
// before them, so that the regulars are not the ones who do not come.
var regulars = map[string][]string{
	hongqiao: {"resident-wang", "resident-li", "courier-chen"}, tianyue: {"resident-zhao"},
}

// participants are as many different people as sign up.
func (t *teller) participants(e event) []model.Actor {
	var known []model.Actor
	for _, persona := range regulars[e.estate] {
		known = append(known, t.actor(persona))
	}
	var people []model.Actor
	for len(people) < e.people-len(known) {
		if who := t.neighbour(e.estate); !slices.Contains(people, who) && !slices.Contains(known, who) {
			people = append(people, who)
		}
	}
	return append(people, known...)
}
