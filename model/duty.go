package model

import (
	"cmp"
	"slices"
	"time"
)

type (
	// DutyMemberID names somebody's place in a duty pool.
	DutyMemberID = ID[DutyMember]
	// DutyShiftID names a shift.
	DutyShiftID = ID[DutyShift]
	// DutySwapID names the wish to swap a shift.
	DutySwapID = ID[DutySwap]
)

// How many are on duty at a station on a working day; more or fewer need a reason.
const (
	LeastOnDuty = 2
	MostOnDuty  = 3
)

// DutyMember is somebody who takes turns on duty at a station, for a time.
type DutyMember struct {
	ID        DutyMemberID `data:"none"`
	StationID UnitID       `data:"none"`
	UserID    UserID       `data:"none"`
	Name      string       `data:"public_duty"` // as published on the roster
	ValidFrom Date         `data:"none"`
	ValidTo   *Date        `data:"none"` // first day on which they are no more
	Live      *bool        `data:"none"` // see Lasting
	AddedBy   UserID       `data:"none"`
	CreatedAt time.Time    `data:"none"`
}

// In says whether they take turns on a day.
func (m DutyMember) In(day Date) bool {
	return m.ValidFrom <= day && (m.ValidTo == nil || day < *m.ValidTo)
}

// DutyDay is a day of a station's roster once it has been planned. Whoever changes who is
// on duty on it first moves its version on, so that two never count the same people.
type DutyDay struct {
	StationID UnitID    `gorm:"primaryKey" data:"none"`
	Date      Date      `gorm:"primaryKey" data:"none"`
	Reason    string    `data:"none"` // why there are more or fewer than usual; "" when there are not
	DecidedBy UserID    `data:"none"`
	UpdatedAt time.Time `data:"none"`
	Version   int       `data:"none"`
}

// ShiftStatus says where a shift is (M3).
type ShiftStatus string

// The statuses of a shift.
const (
	ShiftPlanned   ShiftStatus = "planned"
	ShiftConfirmed ShiftStatus = "confirmed"
	ShiftOnDuty    ShiftStatus = "on_duty"
	ShiftDone      ShiftStatus = "done"
	ShiftSwapped   ShiftStatus = "swapped" // somebody else has it, or nobody
	ShiftAbsent    ShiftStatus = "absent"
)

// ShiftMove is a move of a shift.
type ShiftMove string

// The moves. Time alone begins and ends a shift: nobody checks in.
const (
	MoveConfirmation ShiftMove = "confirmation"
	MoveBeginning    ShiftMove = "beginning"
	MoveEnd          ShiftMove = "end"
	MoveSwap         ShiftMove = "swap"
	MoveAbsence      ShiftMove = "absence"
)

var shiftMoves = arrows[ShiftStatus, ShiftMove]{
	ShiftPlanned:   {MoveConfirmation: ShiftConfirmed, MoveSwap: ShiftSwapped, MoveAbsence: ShiftAbsent},
	ShiftConfirmed: {MoveBeginning: ShiftOnDuty, MoveSwap: ShiftSwapped, MoveAbsence: ShiftAbsent},
	ShiftOnDuty:    {MoveEnd: ShiftDone, MoveAbsence: ShiftAbsent},
}

// DutyShift is one person on duty at a station on one day. Nobody has two on one day.
type DutyShift struct {
	ID         DutyShiftID  `data:"none"`
	StationID  UnitID       `data:"none"`
	Date       Date         `data:"none"`
	MemberID   DutyMemberID `data:"none"`
	UserID     UserID       `data:"none"`
	Name       string       `data:"public_duty"`
	StartsAt   time.Time    `data:"none"`
	EndsAt     time.Time    `data:"none"`
	Status     ShiftStatus  `data:"none"`
	ReplacesID DutyShiftID  `data:"none"` // the swapped shift that this one was made for
	Live       *bool        `data:"none"` // nil once swapped or absent; part of the unique key
	Version    int          `data:"none"`
	CreatedAt  time.Time    `data:"none"`
	UpdatedAt  time.Time    `data:"none"`
}

// Now is the status as time has it: a shift that nobody spoke of began and ended by itself.
func (s DutyShift) Now(now time.Time) ShiftStatus {
	switch s.Status {
	case ShiftPlanned, ShiftConfirmed, ShiftOnDuty:
	default:
		return s.Status
	}
	switch {
	case !now.Before(s.EndsAt):
		return ShiftDone
	case !now.Before(s.StartsAt):
		return ShiftOnDuty
	}
	return s.Status
}

// Step goes along one arrow and gives its event. Fault: illegal_transition.
func (s *DutyShift) Step(move ShiftMove, by UserID, reason string, at time.Time) (DutyEvent, error) {
	next, err := shiftMoves.from(s.Status, move)
	if err != nil {
		return DutyEvent{}, err
	}
	e := DutyEvent{
		ID: NewID[DutyEvent](at), ShiftID: s.ID, StationID: s.StationID, Kind: move,
		FromStatus: s.Status, ToStatus: next, ActorID: by, Reason: reason, At: at,
	}
	s.Status, s.UpdatedAt = next, at
	if next == ShiftSwapped || next == ShiftAbsent {
		s.Live = nil
	}
	return e, nil
}

// DutyEvent is one move of a shift. It is never changed.
type DutyEvent struct {
	ID         ID[DutyEvent] `data:"none"`
	ShiftID    DutyShiftID   `data:"none"`
	StationID  UnitID        `data:"none"`
	Kind       ShiftMove     `data:"none"`
	FromStatus ShiftStatus   `data:"none"`
	ToStatus   ShiftStatus   `data:"none"`
	ActorID    UserID        `data:"none"` // zero: time
	Reason     string        `data:"personal"`
	At         time.Time     `data:"none"`
}

// SwapStatus says where a swap is.
type SwapStatus string

// The statuses of a swap.
const (
	SwapAsked     SwapStatus = "asked"
	SwapAgreed    SwapStatus = "agreed"
	SwapApproved  SwapStatus = "approved"
	SwapDeclined  SwapStatus = "declined"  // by the other
	SwapRefused   SwapStatus = "refused"   // by the lead
	SwapWithdrawn SwapStatus = "withdrawn" // by whoever asked
	SwapOvertaken SwapStatus = "overtaken" // another swap had the shift first
)

// SwapMove is a move of a swap.
type SwapMove string

// The moves of a swap.
const (
	SwapAgreement  SwapMove = "agreement"
	SwapApproval   SwapMove = "approval"
	SwapDecline    SwapMove = "decline"
	SwapRefusal    SwapMove = "refusal"
	SwapWithdrawal SwapMove = "withdrawal"
)

var swapMoves = arrows[SwapStatus, SwapMove]{
	SwapAsked:  {SwapAgreement: SwapAgreed, SwapDecline: SwapDeclined, SwapRefusal: SwapRefused, SwapWithdrawal: SwapWithdrawn},
	SwapAgreed: {SwapApproval: SwapApproved, SwapRefusal: SwapRefused, SwapWithdrawal: SwapWithdrawn},
}

// DutySwap is the wish that somebody else takes a shift, perhaps for one of theirs: asked,
// agreed by the other, approved by the lead. Who did each step stands in the audit.
type DutySwap struct {
	ID        DutySwapID   `data:"none"`
	StationID UnitID       `data:"none"`
	ShiftID   DutyShiftID  `data:"none"`
	InReturn  DutyShiftID  `data:"none"` // the other's shift; zero: it is taken over
	AskerID   UserID       `data:"none"`
	OtherID   UserID       `data:"none"`
	MemberID  DutyMemberID `data:"none"` // the other's place in the pool
	Status    SwapStatus   `data:"none"`
	Reason    string       `data:"personal"`
	Open      bool         `data:"none"`
	DecidedBy UserID       `data:"none"`
	CreatedAt time.Time    `data:"none"`
	UpdatedAt time.Time    `data:"none"`
}

// Step goes along one arrow. Fault: illegal_transition.
func (s *DutySwap) Step(move SwapMove, at time.Time) (err error) {
	if s.Status, err = swapMoves.from(s.Status, move); err == nil {
		s.UpdatedAt, s.Open = at, s.Status == SwapAgreed
	}
	return err
}

// Turn is a member of a duty pool and how often it has been their turn.
type Turn struct {
	Member  DutyMember
	Before  int           // shifts in the time looked back on
	Last    Date          // of their last shift; "" when there was none
	Planned int           // shifts in the month that is planned
	Busy    map[Date]bool // days on which they have a shift already, here or elsewhere
}

// FairTurns gives each day to as many members as it wants, and says on which days there
// were too few. The turn goes to whoever has fewest shifts in this month, then in the time
// before, then to whoever's last shift is longest ago, then to whoever joined first: the
// same question has the same answer, and of two members who could come on every day neither
// ever has more than one shift more than the other.
func FairTurns(turns []Turn, days []Date, perDay int) (plan map[Date][]DutyMember, short []Date) {
	plan = map[Date][]DutyMember{}
	for _, day := range days {
		var free []*Turn
		for i := range turns {
			if turns[i].Member.In(day) && !turns[i].Busy[day] {
				free = append(free, &turns[i])
			}
		}
		slices.SortFunc(free, func(a, b *Turn) int {
			return cmp.Or(a.Planned-b.Planned, a.Before-b.Before, cmp.Compare(a.Last, b.Last),
				slices.Compare(a.Member.ID[:], b.Member.ID[:]))
		})
		for _, turn := range free[:min(perDay, len(free))] {
			turn.Planned++
			turn.Last = day
			plan[day] = append(plan[day], turn.Member)
		}
		if len(free) < perDay {
			short = append(short, day)
		}
	}
	return plan, short
}
