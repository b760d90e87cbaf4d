package employment

import (
	"context"
	"maps"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/claim"
)

// Case is an employment as staff see it.
type Case struct {
	model.Employment
	claim.Claimant
	Stage model.Stage
}

// Cases pages the employments of a status within the actor's authority, oldest first.
// Faults: unauthenticated, forbidden.
func (s *Service) Cases(ctx context.Context, actor model.Actor, status model.EmploymentStatus, page model.Page) (model.Listing[Case], error) {
	tops, err := s.access.Units(ctx, actor, access.EmploymentDecide)
	if err != nil {
		return model.Listing[Case]{}, err
	}
	var areas []model.UnitID
	for _, top := range tops {
		below, err := s.org.Below(ctx, top)
		if err != nil {
			return model.Listing[Case]{}, err
		}
		areas = append(areas, below...)
	}
	rows, err := s.store.Employments.List(ctx, areas, status, page)
	if err != nil {
		return model.Listing[Case]{}, err
	}
	return s.cases(ctx, rows)
}

func (s *Service) cases(ctx context.Context, rows model.Listing[model.Employment]) (none model.Listing[Case], err error) {
	people, err := claim.Claimants(ctx, s.store, rows.Items)
	if err != nil {
		return none, err
	}
	stage, err := s.stages(ctx, slices.Collect(maps.Keys(people)))
	return model.Map(rows, func(e model.Employment) Case { return Case{e, people[e.UserID], stage(e.UserID)} }), err
}

// Approve verifies a pending employment; the reason may be empty.
// Faults: those of access.Find, own_employment, illegal_transition.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.EmploymentID, reason string) (Case, error) {
	return s.decide(ctx, actor, id, step{move: model.VerifyEmployment, reason: strings.TrimSpace(reason)})
}

// Reject turns a pending employment down, for a reason the person reads. Faults: as Approve, invalid.
func (s *Service) Reject(ctx context.Context, actor model.Actor, id model.EmploymentID, reason string) (Case, error) {
	return s.withReason(ctx, actor, id, model.RejectEmployment, reason)
}

// Remove ends an employment, for a reason the person reads. Faults: as Approve, invalid.
func (s *Service) Remove(ctx context.Context, actor model.Actor, id model.EmploymentID, reason string) (Case, error) {
	return s.withReason(ctx, actor, id, model.EndEmployment, reason)
}

func (s *Service) withReason(ctx context.Context, actor model.Actor, id model.EmploymentID, m model.EmploymentMove, reason string) (Case, error) {
	reason, err := fault.Reason(reason, 1, 200)
	if err != nil {
		return Case{}, err
	}
	return s.decide(ctx, actor, id, step{move: m, reason: reason})
}

func (s *Service) decide(ctx context.Context, actor model.Actor, id model.EmploymentID, st step) (Case, error) {
	st.by = actor.User
	moved, err := claim.Decide(ctx, s.store, s.access, s.notices, actor, id, claim.Decision[model.Employment, model.EmploymentID]{
		Action: access.EmploymentDecide, Own: ErrOwn, Get: s.store.Employments.Get,
		Hold: func(tx *store.Store) claim.Get[model.Employment, model.EmploymentID] {
			return tx.Employments.GetForMove
		},
		Move: func(ctx context.Context, tx *store.Store, e model.Employment) (model.Employment, error) {
			return move(ctx, tx, e, st)
		},
		Notice: func(e model.Employment) model.Notice { return decided(e, st) },
		Act: func(e model.Employment) audit.Act {
			return audit.Act{Action: "employment." + string(st.move), ObjectKind: "employment", ObjectID: id, Unit: e.UnitID}
		},
	})
	if err != nil {
		return Case{}, err
	}
	shown, err := s.cases(ctx, model.Listing[model.Employment]{Items: []model.Employment{moved}})
	if err != nil {
		return Case{}, err
	}
	return shown.Items[0], nil
}

// decided tells a person what staff decided.
func decided(e model.Employment, s step) model.Notice {
	n := model.Notice{
		User: e.UserID, Kind: "employment", Link: "pages/me/employments", Key: "employment/" + string(s.move) + "/" + e.ID.String(),
	}
	switch s.move {
	case model.VerifyEmployment:
		n.Title = fault.Text{ZH: "工作区域已核实", EN: "Your work area was verified"}
		n.Text = fault.Text{ZH: "您登记的工作区域已核实，现在可以参加该区域的活动和服务。", EN: "Your work area was verified. You can now take part in what it offers."}
	case model.RejectEmployment:
		n.Title = fault.Text{ZH: "工作区域未通过核实", EN: "Your work area was not verified"}
		n.Text = fault.Text{ZH: "您登记的工作区域未通过核实。理由：" + s.reason, EN: "Your work area was not verified. Reason: " + s.reason}
	case model.EndEmployment:
		n.Title = fault.Text{ZH: "工作区域登记已终止", EN: "Your work area is no longer registered"}
		n.Text = fault.Text{ZH: "您的工作区域登记已由工作人员终止。理由：" + s.reason, EN: "Staff ended the registration of your work area. Reason: " + s.reason}
	}
	return n
}
