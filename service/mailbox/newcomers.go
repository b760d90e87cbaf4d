package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// urgentCategories are those whose requests staff hear of at once.
var urgentCategories = []string{"safety"}

func urgent(category string) bool { return slices.Contains(urgentCategories, category) }

// announced is heard at once of a new request whose category cannot wait.
var announced = staffSaying{
	title: fault.Text{ZH: "收到紧急类诉求", EN: "A new request that cannot wait"},
	text:  fault.Text{ZH: "新收到“%s”诉求（编号 %s），请立即查看受理。", EN: "A request about “%s” (%s) has come in. Please look at it now."},
}

// Those who take requests in hear of all others together, on the hour of the day.
const (
	roundJob = "mailbox.round"

	// A round waits for the commit of what came in just before its hour.
	roundGrace = 10 * time.Second
)

// round is one hour at which the people of a branch hear what waits to be accepted.
type round struct {
	Branch model.UnitID `json:"branch"`
	At     time.Time    `json:"at"`
}

// announce lets staff hear of a request that has come in, or has come over from a branch that was
// dissolved, unless somebody has it already: those hear of that.
func (m *matter) announce(ctx context.Context, tx *store.Store, e model.RequestEvent) error {
	if !m.waits() {
		return nil
	}
	if !urgent(m.Category) {
		return m.service.nextRound(ctx, tx, m.BranchID)
	}
	people, err := m.service.receivers(ctx, tx, m.Request)
	for _, user := range people {
		if err == nil && !m.madeBy(user) {
			err = m.service.notices.Tell(ctx, tx, staffNotice(user, m.Request, e, announced))
		}
	}
	return err
}

// waits says whether nobody has taken it on yet.
func (m *matter) waits() bool {
	return m.Status == model.RequestSubmitted || m.Status == model.RequestScreened
}

// madeBy says whether somebody made one of the events: who enters a request knows of it.
func (m *matter) madeBy(user model.UserID) bool {
	return slices.ContainsFunc(m.events, func(e *model.RequestEvent) bool { return e.ActorID == user })
}

// receivers are those who take a request in: of its branch's team who may handle it, and who
// answers for the branch.
func (s *Service) receivers(ctx context.Context, tx *store.Store, r model.Request) ([]model.UserID, error) {
	people, err := s.ofLevel(ctx, tx, r, r.Level)
	if err != nil {
		return nil, err
	}
	team, err := s.ofTeam(ctx, r)
	return union(people, team), err
}

func union(people, more []model.UserID) []model.UserID {
	for _, user := range more {
		if !slices.Contains(people, user) {
			people = append(people, user)
		}
	}
	return people
}

// nextRound sees to it that the people of a branch hear of what waits, once for all that come in
// until then.
func (s *Service) nextRound(ctx context.Context, tx *store.Store, branch model.UnitID) error {
	r := round{branch, model.NextRound(tx.Now())}
	return putJob(ctx, tx, roundJob, fmt.Sprintf("%s/%d", branch, r.At.Unix()), r, r.At.Add(roundGrace))
}

// tellWaiting tells each person of a branch how many requests wait to be accepted that they
// could accept.
func (s *Service) tellWaiting(ctx context.Context, due round) error {
	branch, err := s.store.Units.Get(ctx, due.Branch)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	waiting, err := s.countWaiting(ctx, branch)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		for user, n := range waiting {
			if err := s.notices.Tell(ctx, tx, roundNotice(user, due, n)); err != nil {
				return err
			}
		}
		return nil
	})
}

// countWaiting counts for each person of a branch what they could accept. Requests of the same place
// and level have the same receivers.
func (s *Service) countWaiting(ctx context.Context, branch model.Unit) (map[model.UserID]int, error) {
	type place struct {
		estate, building, grid model.UnitID
		level                  model.RequestLevel
	}
	people, waiting := map[place][]model.UserID{}, map[model.UserID]int{}
	for _, status := range []model.RequestStatus{model.RequestSubmitted, model.RequestScreened} {
		all := model.All(func(page model.Page) (model.Listing[model.Request], error) {
			return s.store.Requests.ListInbox(ctx, []model.Unit{branch}, store.RequestFilter{Open: true, Status: status}, page)
		})
		for r, err := range all {
			if err != nil {
				return nil, err
			}
			at := place{r.EstateID, r.BuildingID, r.GridID, r.Level}
			if _, known := people[at]; !known {
				if people[at], err = s.receivers(ctx, s.store, r); err != nil {
					return nil, err
				}
			}
			for _, user := range people[at] {
				waiting[user]++
			}
		}
	}
	return waiting, nil
}

func roundNotice(user model.UserID, due round, n int) model.Notice {
	return model.Notice{
		User: user, Kind: "requests_waiting", Title: fault.Text{ZH: "有新的诉求待受理", EN: "New requests wait"},
		Text: fault.Text{ZH: fmt.Sprintf("现有 %d 件诉求等待受理，请及时查看。", n), EN: fmt.Sprintf("Requests that wait to be accepted: %d.", n)},
		Link: "pages/mailbox/inbox?unitId=" + due.Branch.String(), Key: fmt.Sprintf("mailbox.round/%s/%d", due.Branch, due.At.Unix()),
	}
}
