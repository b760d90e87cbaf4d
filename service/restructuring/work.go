package restructuring

import (
	"context"
	"fmt"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// MaxHandOver is how much work one restructuring may hand over, in one transaction.
const MaxHandOver = 3000

// Waiting is open work of branches that the plan dissolves.
type Waiting struct {
	model.Work
	HandOver bool // the plan says that it goes to the successors
	Branches []BranchWork
	work     Work
}

// BranchWork is how much stands with one branch.
type BranchWork struct {
	Branch model.NamedUnit
	N      int
}

// waiting finds the open work of the branches that are to be dissolved, by kind; kinds of
// which there is none are left out.
func (s *Service) waiting(ctx context.Context, tx *store.Store, sh *shape) (all []Waiting, err error) {
	ids := make([]model.UnitID, len(sh.dissolved))
	for i, d := range sh.dissolved {
		ids[i] = d.ID
	}
	for _, work := range s.work {
		counts := map[model.UnitID]int{}
		if len(ids) > 0 {
			if counts, err = work.CountWork(ctx, tx, ids); err != nil {
				return nil, err
			}
		}
		w := Waiting{Work: work.Work(), work: work}
		w.HandOver = slices.Contains(sh.plan.HandOver, w.Kind)
		for _, d := range sh.dissolved {
			if n := counts[d.ID]; n > 0 {
				w.Branches = append(w.Branches, BranchWork{d.Named(), n})
			}
		}
		if len(w.Branches) > 0 {
			all = append(all, w)
		}
	}
	return all, nil
}

// unsettled refuses work that would be left behind, and more than fits.
// Faults: open_work, too_much_work.
func unsettled(waiting []Waiting) error {
	var left []fault.Field
	total := 0
	for _, w := range waiting {
		for _, b := range w.Branches {
			total += b.N
			if w.HandOver {
				continue
			}
			left = append(left, fault.Field{Path: b.Branch.Name, Code: w.Kind, Message: fault.Text{
				ZH: fmt.Sprintf("「%s」还有%d件%s。", b.Branch.Name, b.N, w.Name.ZH),
				EN: fmt.Sprintf("%q has %d of: %s.", b.Branch.Name, b.N, w.Name.EN),
			}})
		}
	}
	switch {
	case len(left) > 0:
		return ErrOpenWork.WithFields(left[:min(len(left), maxNamed)]...)
	case total > MaxHandOver:
		return ErrTooMuchWork
	}
	return nil
}

func (s *Service) handOver(ctx context.Context, tx *store.Store, actor model.Actor, sh *shape, waiting []Waiting) error {
	for _, w := range waiting {
		for _, b := range w.Branches {
			h := sh.handOver(b.Branch.ID)
			h.By, h.Note = actor, "组织设置调整，移交承接的党支部"
			if err := w.work.HandOverWork(ctx, tx, h); err != nil {
				return err
			}
		}
	}
	return nil
}
