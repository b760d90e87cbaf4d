package residence

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// codeLetters leaves out 0, 1, I, L and O, which are taken for one another.
const (
	codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	codeLength  = 8
)

// newCode draws each letter by turning away the bytes that would favour some.
func newCode() string {
	code, b := make([]byte, 0, codeLength), make([]byte, 1)
	for len(code) < codeLength {
		_, _ = rand.Read(b) // never fails, see crypto/rand
		if most := 256 - 256%len(codeLetters); int(b[0]) < most {
			code = append(code, codeLetters[int(b[0])%len(codeLetters)])
		}
	}
	return string(code)
}

// CodeHash is what is kept of a stairwell's code.
func CodeHash(s *store.Store, code string) model.Digest {
	return s.Keys().Index(doorPurpose, plainCode(code))
}

const doorPurpose = "stairwells.door_code"

// plainCode forgives how a code was typed.
func plainCode(code string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToUpper(code))
}

// tryCode holds a code against that of the stairwell. A try is used up before the code is
// looked at. Faults: door_code_wrong, rate_limited.
func (s *Service) tryCode(ctx context.Context, actor model.Actor, h *home) error {
	if strings.TrimSpace(h.Code) == "" {
		return nil
	}
	err := s.store.InTx(ctx, func(tx *store.Store) error {
		return tx.DailyUses.Spend(ctx, actor.User, codeUse, codeTries, fault.ErrRateLimited)
	})
	if err != nil {
		return err
	}
	stairwell, err := s.store.Stairwells.GetByName(ctx, h.BuildingID, h.Stairwell)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	if !s.store.Keys().Indexed(stairwell.DoorCodeHash, doorPurpose, plainCode(h.Code)) {
		return ErrDoorCode
	}
	h.proven = !h.household.IsZero()
	return nil
}

// NewCode is a stairwell's code, shown this once.
type NewCode struct {
	Code    string
	Version int // how many codes the stairwell has had
}

// RenewDoorCode gives a stairwell a new code for its notice sheet; the one before ends.
// Faults: those of access.Require, changed_meanwhile.
func (s *Service) RenewDoorCode(ctx context.Context, actor model.Actor, id model.StairwellID) (NewCode, error) {
	place, err := access.Find(ctx, s.access, actor, access.ResidenceDecide, s.stairwell, id)
	if err != nil {
		return NewCode{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (NewCode, error) {
		stairwell, err := tx.Stairwells.Get(ctx, id)
		if err != nil {
			return NewCode{}, err
		}
		made := NewCode{Code: newCode(), Version: stairwell.DoorCodeVersion + 1}
		err = store.Kept(tx.Stairwells.SaveDoorCode(ctx, stairwell, CodeHash(tx, made.Code)))
		if errors.Is(err, store.ErrDuplicate) { // one in 850 thousand million
			err = fault.ErrBusy
		}
		if err != nil {
			return made, err
		}
		return made, audit.Record(ctx, tx, actor, audit.Act{
			Action: "residence.door_code", ObjectKind: "stairwell", ObjectID: id, Unit: place.EstateID,
			Detail: fmt.Sprintf("version %d", made.Version),
		})
	})
}

// located is a stairwell in somebody's authority.
type located struct{ model.Stairwell }

// Units are the units it belongs to.
func (l located) Units() []model.UnitID { return []model.UnitID{l.BuildingID, l.EstateID} }

// stairwell finds one that stands. Fault: not_found.
func (s *Service) stairwell(ctx context.Context, id model.StairwellID) (located, error) {
	found, err := s.store.Stairwells.Get(ctx, id)
	if err == nil && found.Live == nil {
		err = fault.ErrNotFound
	}
	return located{found}, err
}

// Stairwells pages the standing stairwells of a building, oldest first.
func (s *Service) Stairwells(ctx context.Context, building model.UnitID, page model.Page) (model.Listing[model.Stairwell], error) {
	return s.store.Stairwells.ListByBuilding(ctx, building, model.DateOf(s.store.Now()), page)
}
