package duty

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// ErrOwnSwap is a fault: whoever swaps does not approve it.
var ErrOwnSwap = fault.Define(fault.Conflict, "own_swap",
	"换班须由当事双方以外的负责人批准。", "A swap is approved by a lead who is not part of it.")

// Wish is what somebody asks another for.
type Wish struct {
	Shift    model.DutyShiftID  // mine
	Member   model.DutyMemberID // who is to take it
	InReturn model.DutyShiftID  // theirs, for which I come; zero: they just take mine
	Reason   string
}

// Ask asks another member of the same station to take the actor's shift.
// Faults: unauthenticated, not_found, invalid, illegal_transition.
func (s *Service) Ask(ctx context.Context, actor model.Actor, w Wish) (model.DutySwap, error) {
	if actor.Nobody() {
		return model.DutySwap{}, fault.ErrUnauthenticated
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.DutySwap, error) {
		swap, err := s.wish(ctx, tx, actor, w)
		if err != nil {
			return swap, err
		}
		if err := tx.DutySwaps.Add(ctx, &swap); err != nil {
			return swap, err
		}
		if err := s.notices.Tell(ctx, tx, asked(swap, swap.OtherID)); err != nil {
			return swap, err
		}
		return swap, record(ctx, tx, actor, "duty.swap", swap.StationID, swap.ID, "asked")
	})
}

func (s *Service) wish(ctx context.Context, tx *store.Store, actor model.Actor, w Wish) (swap model.DutySwap, err error) {
	mine, err := tx.DutyShifts.Get(ctx, w.Shift)
	if err == nil && mine.UserID != actor.User {
		err = fault.ErrNotFound
	}
	if err != nil {
		return swap, err
	}
	other, err := tx.DutyMembers.Get(ctx, w.Member)
	if errors.Is(err, fault.ErrNotFound) || err == nil && (other.StationID != mine.StationID || other.UserID == actor.User || !other.In(mine.Date)) {
		return swap, fault.InvalidField("memberId", "unknown", "名单中没有这位值班人员。", "This person takes no turns here.")
	}
	if err != nil {
		return swap, err
	}
	if err := swappable(mine, tx); err != nil {
		return swap, err
	}
	if !w.InReturn.IsZero() {
		theirs, err := tx.DutyShifts.Get(ctx, w.InReturn)
		if errors.Is(err, fault.ErrNotFound) || err == nil && (theirs.UserID != other.UserID || theirs.StationID != mine.StationID) {
			return swap, fault.InvalidField("inReturnId", "unknown", "对方没有这个班次。", "The other has no such shift.")
		}
		if err != nil {
			return swap, err
		}
		if err := swappable(theirs, tx); err != nil {
			return swap, err
		}
	}
	return model.DutySwap{
		ID: model.NewID[model.DutySwap](tx.Now()), StationID: mine.StationID, ShiftID: mine.ID, InReturn: w.InReturn,
		AskerID: actor.User, OtherID: other.UserID, MemberID: other.ID, Status: model.SwapAsked, Open: true,
		Reason: strings.TrimSpace(w.Reason), CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
	}, nil
}

// swappable refuses a shift that has begun, in time even if not yet on paper.
// Fault: illegal_transition.
func swappable(shift model.DutyShift, tx *store.Store) error {
	shift.Status = shift.Now(tx.Now())
	_, err := shift.Step(model.MoveSwap, model.UserID{}, "", tx.Now())
	return err
}

// Swaps pages a station's swaps, newest first: the leads see all, others their own.
// Faults: those of access.Require.
func (s *Service) Swaps(ctx context.Context, actor model.Actor, id model.UnitID, open bool, page model.Page) (model.Listing[model.DutySwap], error) {
	if err := s.access.Require(ctx, actor, access.DutyRead, id); err != nil {
		return model.Listing[model.DutySwap]{}, err
	}
	list, err := s.store.DutySwaps.List(ctx, id, open, page)
	if err != nil || s.access.Require(ctx, actor, access.DutyManage, id) == nil {
		return list, err
	}
	var mine []model.DutySwap
	for _, swap := range list.Items {
		if swap.AskerID == actor.User || swap.OtherID == actor.User {
			mine = append(mine, swap)
		}
	}
	list.Items = mine
	return list, nil
}

// Agree is said by whoever was asked. Faults: not_found, illegal_transition.
func (s *Service) Agree(ctx context.Context, actor model.Actor, id model.DutySwapID) (model.DutySwap, error) {
	return s.answer(ctx, actor, id, model.SwapAgreement)
}

// Decline is said by whoever was asked. Faults: not_found, illegal_transition.
func (s *Service) Decline(ctx context.Context, actor model.Actor, id model.DutySwapID) (model.DutySwap, error) {
	return s.answer(ctx, actor, id, model.SwapDecline)
}

// Withdraw is said by whoever asked. Faults: not_found, illegal_transition.
func (s *Service) Withdraw(ctx context.Context, actor model.Actor, id model.DutySwapID) (model.DutySwap, error) {
	return s.answer(ctx, actor, id, model.SwapWithdrawal)
}

// Refuse is said by a lead. Faults: not_found, illegal_transition.
func (s *Service) Refuse(ctx context.Context, actor model.Actor, id model.DutySwapID) (model.DutySwap, error) {
	return s.answer(ctx, actor, id, model.SwapRefusal)
}

func (s *Service) answer(ctx context.Context, actor model.Actor, id model.DutySwapID, move model.SwapMove) (model.DutySwap, error) {
	if err := s.mayAnswer(ctx, actor, id, move); err != nil {
		return model.DutySwap{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.DutySwap, error) {
		swap, err := settle(ctx, tx, actor, id, move)
		if err != nil {
			return swap, err
		}
		return swap, record(ctx, tx, actor, "duty.swap", swap.StationID, id, string(move))
	})
}

// mayAnswer says whose word a move is. Faults: unauthenticated, not_found.
func (s *Service) mayAnswer(ctx context.Context, actor model.Actor, id model.DutySwapID, move model.SwapMove) error {
	if actor.Nobody() {
		return fault.ErrUnauthenticated
	}
	swap, err := s.store.DutySwaps.Get(ctx, id)
	if err != nil {
		return err
	}
	may := false
	switch move {
	case model.SwapAgreement, model.SwapDecline:
		may = actor.User == swap.OtherID
	case model.SwapWithdrawal:
		may = actor.User == swap.AskerID
	case model.SwapApproval, model.SwapRefusal:
		may = s.access.Require(ctx, actor, access.DutyManage, swap.StationID) == nil
	}
	if !may {
		return fault.ErrNotFound
	}
	return nil
}

// settle moves a swap on if it still is where it was read. Fault: illegal_transition.
func settle(ctx context.Context, tx *store.Store, actor model.Actor, id model.DutySwapID, move model.SwapMove) (model.DutySwap, error) {
	swap, err := tx.DutySwaps.Get(ctx, id)
	if err != nil {
		return swap, err
	}
	from := swap.Status
	if err := swap.Step(move, tx.Now()); err != nil {
		return swap, err
	}
	swap.DecidedBy = actor.User
	return swap, store.Kept(tx.DutySwaps.SaveMoved(ctx, swap, from))
}

// Approve makes an agreed swap true. Of several swaps of one shift approved at once, one
// wins: each moves the shift on from the version that it read.
// Faults: unauthenticated, not_found, own_swap, illegal_transition, on_duty_already,
// changed_meanwhile.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.DutySwapID) (model.DutySwap, error) {
	if err := s.mayAnswer(ctx, actor, id, model.SwapApproval); err != nil {
		return model.DutySwap{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.DutySwap, error) {
		swap, err := settle(ctx, tx, actor, id, model.SwapApproval)
		if err != nil {
			return swap, err
		}
		if actor.User == swap.AskerID || actor.User == swap.OtherID {
			return swap, ErrOwnSwap
		}
		if err := exchange(ctx, tx, actor, swap); err != nil {
			return swap, err
		}
		taken := []model.DutyShiftID{swap.ShiftID}
		if !swap.InReturn.IsZero() {
			taken = append(taken, swap.InReturn)
		}
		if err := tx.DutySwaps.SaveOvertaken(ctx, swap.StationID, taken, tx.Now()); err != nil {
			return swap, err
		}
		for _, who := range []model.UserID{swap.AskerID, swap.OtherID} {
			if err := s.notices.Tell(ctx, tx, approved(swap, who)); err != nil {
				return swap, err
			}
		}
		return swap, record(ctx, tx, actor, "duty.swap", swap.StationID, id, string(model.SwapApproval))
	})
}

// exchange gives the shift to the other, and theirs to whoever asked.
func exchange(ctx context.Context, tx *store.Store, actor model.Actor, swap model.DutySwap) error {
	mine, err := tx.DutyShifts.Get(ctx, swap.ShiftID)
	if err != nil {
		return err
	}
	other, err := tx.DutyMembers.Get(ctx, swap.MemberID)
	if err != nil {
		return err
	}
	if err := handOver(ctx, tx, actor, mine, other); err != nil || swap.InReturn.IsZero() {
		return err
	}
	theirs, err := tx.DutyShifts.Get(ctx, swap.InReturn)
	if err != nil {
		return err
	}
	asker, err := tx.DutyMembers.Get(ctx, mine.MemberID)
	if err != nil {
		return err
	}
	return handOver(ctx, tx, actor, theirs, asker)
}

// handOver ends somebody's shift as swapped and makes one in its place.
func handOver(ctx context.Context, tx *store.Store, actor model.Actor, shift model.DutyShift, to model.DutyMember) error {
	if err := swappable(shift, tx); err != nil {
		return err
	}
	if err := step(ctx, tx, shift, model.MoveSwap, actor.User, ""); err != nil {
		return err
	}
	if !to.In(shift.Date) {
		return fault.InvalidField("memberId", "unknown", "名单中没有这位值班人员。", "This person takes no turns here.")
	}
	next := shift
	next.ID, next.MemberID, next.UserID, next.Name = model.NewID[model.DutyShift](tx.Now()), to.ID, to.UserID, to.Name
	next.ReplacesID, next.Live, next.Version, next.CreatedAt, next.UpdatedAt = shift.ID, model.Lasting(), 1, tx.Now(), tx.Now()
	return addShift(ctx, tx, &next)
}

func asked(swap model.DutySwap, to model.UserID) model.Notice {
	return model.Notice{
		User: to, Kind: "duty", Key: "duty.swap.asked/" + swap.ID.String(), Link: "pages/duty/swaps?id=" + swap.ID.String(),
		Title: fault.Text{ZH: "有同事请您换班", EN: "A colleague asks to swap a shift"},
		Text:  fault.Text{ZH: "请在小程序里同意或谢绝。", EN: "Agree or decline in the mini-program."},
	}
}

func approved(swap model.DutySwap, to model.UserID) model.Notice {
	return model.Notice{
		User: to, Kind: "duty", Key: "duty.swap.approved/" + swap.ID.String(), Link: "pages/duty/mine",
		Title: fault.Text{ZH: "换班已批准", EN: "The swap is approved"},
		Text:  fault.Text{ZH: "新的值班时间请看“我的值班”。", EN: "See your shifts for the new times."},
	}
}
