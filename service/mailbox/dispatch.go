package mailbox

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Target is whom a request is given to: a team as a whole, or one person.
type Target struct {
	TeamID model.UnitID // of the request's branch, grid or community
	UserID model.UserID // who may handle the request
}

// Dispatch gives a request to the branch's team, so that nobody's absence loses it, or to one
// person. It meets the clock dispatch and starts handle. What the grid worker gets stands at the
// grid, unless it has come further up before.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid.
func (s *Service) Dispatch(ctx context.Context, actor model.Actor, id model.RequestID, to Target) (State, error) {
	request, err := s.within(ctx, actor, access.MailboxHandle, id)
	if err != nil {
		return State{}, err
	}
	if err := s.checkTarget(ctx, request, to); err != nil {
		return State{}, err
	}
	return s.staffMove(ctx, actor, id, model.MoveDispatch, func(tx *store.Store, m *matter) error {
		e := byStaff(actor, tx, model.MoveDispatch, model.RequestDispatched, "")
		if !m.Legal(e.Kind, e.To) {
			return m.IllegalMove()
		}
		if err := m.give(ctx, to); err != nil {
			return err
		}
		return m.step(e.With(model.EventDetails{TeamID: m.TeamID, UserID: m.AssigneeID}))
	})
}

// checkTarget looks at whom a request is to be given to. Fault: invalid.
func (s *Service) checkTarget(ctx context.Context, r model.Request, to Target) error {
	if to.TeamID.IsZero() == to.UserID.IsZero() {
		return fault.InvalidField("teamUnitId", "required", "请选择派给团队或个人（二选一）。", "Choose a team or a person, one of them.")
	}
	if !to.TeamID.IsZero() {
		if to.TeamID != r.BranchID && to.TeamID != r.GridID && to.TeamID != r.CommunityID {
			return fault.InvalidField("teamUnitId", "not_responsible", "只能派给本支部、本网格或本社区的团队。", "The team has to be that of the branch, the grid or the community.")
		}
		return nil
	}
	may, err := s.mayHandle(ctx, to.UserID, r)
	if err == nil && !may {
		err = fault.InvalidField("userId", "not_staff", "该同志不能办理这条诉求。", "This person cannot handle the request.")
	}
	return err
}

// give puts a request into somebody's hands.
func (m *matter) give(ctx context.Context, to Target) error {
	m.TeamID, m.AssigneeID = to.TeamID, to.UserID
	toGrid := m.TeamID == m.GridID
	if m.TeamID.IsZero() {
		m.TeamID = m.BranchID
		worker, err := m.service.holders(ctx, nil, m.Request, model.LevelGrid)
		if err != nil {
			return err
		}
		toGrid = slices.Contains(worker, to.UserID)
	}
	switch {
	case toGrid && !m.GridID.IsZero() && m.Level == model.LevelBranch:
		risen, err := m.risen()
		if err != nil || risen {
			return err
		}
		m.Level = model.LevelGrid
	case !toGrid && m.Level == model.LevelGrid: // and back, with whoever has it now
		m.Level = model.LevelBranch
	}
	return nil
}

// risen says whether a request has come up, because a step was overdue or an answer did not help: whoever
// has it in hand, those of the level it came to look after it from then on.
func (m *matter) risen() (bool, error) {
	events, err := m.history()
	return slices.ContainsFunc(events, func(e model.RequestEvent) bool { return e.Kind == model.MoveEscalation || e.Reopens() }), err
}

// Return gives a request back that is not for whoever has it, with a reason. The second return
// takes it one level up: those below do not agree whose it is.
// Faults: unauthenticated, forbidden, not_found, illegal_transition, invalid.
func (s *Service) Return(ctx context.Context, actor model.Actor, id model.RequestID, reason string) (State, error) {
	reason, err := written("reason", reason)
	if err != nil {
		return State{}, err
	}
	giveBack := func(tx *store.Store, m *matter, e model.RequestEvent) error {
		if !m.Legal(e.Kind, e.To) {
			return m.IllegalMove()
		}
		events, err := m.course()
		if err != nil {
			return err
		}
		if m.Level == model.LevelGrid { // back to whoever gave it to the grid
			m.Level = model.LevelBranch
		}
		if returned(events) {
			m.Level = m.Level.Up()
		}
		return m.step(e)
	}
	return s.staffSays(ctx, actor, id, model.MoveReturn, model.RequestReturned, reason, nil, giveBack)
}

// returned says whether a request was returned since it was accepted last.
func returned(events []model.RequestEvent) bool {
	last, found := model.LastOf(events, model.MoveAcceptance, model.MoveReturn)
	return found && last.Kind == model.MoveReturn
}
