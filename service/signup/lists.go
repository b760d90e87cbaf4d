package signup

import (
	"context"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
)

// Mine is a person's own sign-up.
type Mine struct {
	model.SignUp
	Activity model.Activity
	Party    Party
	Position int // on the waiting list, from 1; 0 when not on it
}

// MineFor is the actor's sign-up for one activity; nil when there is none.
func (s *Service) MineFor(ctx context.Context, actor model.Actor, a model.Activity) (*Mine, error) {
	if actor.Nobody() {
		return nil, nil
	}
	row, err := s.store.SignUps.GetByPerson(ctx, a.ID, actor.User)
	if errors.Is(err, fault.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	mine, err := s.mine(ctx, row, a)
	return &mine, err
}

// ListMine pages the actor's sign-ups, newest first.
func (s *Service) ListMine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[Mine], error) {
	var none model.Listing[Mine]
	rows, err := s.store.SignUps.ListByUser(ctx, actor.User, page)
	if err != nil {
		return none, err
	}
	ids := make([]model.ActivityID, len(rows.Items))
	for i, row := range rows.Items {
		ids[i] = row.ActivityID
	}
	activities, err := s.store.Activities.ListByID(ctx, ids)
	if err != nil {
		return none, err
	}
	byID := map[model.ActivityID]model.Activity{}
	for _, a := range activities {
		byID[a.ID] = a
	}
	out := model.Listing[Mine]{Next: rows.Next}
	for _, row := range rows.Items {
		mine, err := s.mine(ctx, row, byID[row.ActivityID])
		if err != nil {
			return none, err
		}
		out.Items = append(out.Items, mine)
	}
	return out, nil
}

func (s *Service) mine(ctx context.Context, row model.SignUp, a model.Activity) (m Mine, err error) {
	m = Mine{SignUp: row, Activity: a}
	if m.Party, err = PartyOf(s.store, row); err != nil || row.State != model.SignUpWaitlisted {
		return m, err
	}
	ahead, err := s.store.SignUps.CountAhead(ctx, row)
	m.Position = int(ahead) + 1
	return m, err
}

// OnRoster is one line of what staff see.
type OnRoster struct {
	model.SignUp
	Nickname string
	Party    Party // names of companions are masked
	In, Out  *time.Time
	Outcome  model.PointsOutcome
}

// Roster pages an activity's sign-ups, given up ones too. Faults: those of access.Require.
func (s *Service) Roster(ctx context.Context, actor model.Actor, id model.ActivityID, page model.Page) (model.Listing[OnRoster], error) {
	var none model.Listing[OnRoster]
	if _, err := s.attended(ctx, actor, id); err != nil {
		return none, err
	}
	rows, err := s.store.SignUps.ListByActivity(ctx, id, page)
	if err != nil {
		return none, err
	}
	names, err := s.names(ctx, rows.Items)
	if err != nil {
		return none, err
	}
	facts, err := s.facts(ctx, rows.Items)
	if err != nil {
		return none, err
	}
	out := model.Listing[OnRoster]{Next: rows.Next}
	for _, row := range rows.Items {
		line := OnRoster{SignUp: row, Nickname: names[row.UserID], Outcome: model.NoPoints}
		if line.Party, err = PartyOf(s.store, row); err != nil {
			return none, err
		}
		line.Party.mask()
		line.add(facts[row.ID])
		out.Items = append(out.Items, line)
	}
	return out, nil
}

func (s *Service) names(ctx context.Context, rows []model.SignUp) (map[model.UserID]string, error) {
	ids := make([]model.UserID, len(rows))
	for i, row := range rows {
		ids[i] = row.UserID
	}
	return s.store.Users.Nicknames(ctx, ids)
}

func (s *Service) facts(ctx context.Context, rows []model.SignUp) (map[model.SignUpID][]model.Attendance, error) {
	ids := make([]model.SignUpID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	facts, err := s.store.Attendances.ListBySignUps(ctx, ids)
	bySignUp := map[model.SignUpID][]model.Attendance{}
	for _, fact := range facts {
		bySignUp[fact.SignUpID] = append(bySignUp[fact.SignUpID], fact)
	}
	return bySignUp, err
}

// add puts facts on the line; staff's word goes before a person's own.
func (r *OnRoster) add(facts []model.Attendance) {
	for _, fact := range facts {
		at := &r.In
		if fact.Kind == model.WentOut {
			at = &r.Out
		}
		if *at == nil || fact.Source == model.ByStaff {
			*at = &fact.At
		}
		if fact.Outcome != model.NoPoints {
			r.Outcome = fact.Outcome
		}
	}
}

// mask leaves of each name its first character.
func (p *Party) mask() {
	for i, companion := range p.People {
		for _, first := range companion.Name {
			p.People[i].Name = string(first) + "**"
			break
		}
	}
}
