package model

import "time"

// ClosureID names the closing of an account.
type ClosureID = ID[Closure]

// Closure is the closing of an account, from the wish to the erasure of the person's data.
// A person has at most one that has not ended.
type Closure struct {
	ID        ClosureID     `data:"none"`
	UserID    UserID        `data:"none"`
	Cause     ClosureCause  `data:"none"`
	Status    ClosureStatus `data:"none"`
	AskedAt   time.Time     `data:"none"`
	DueAt     time.Time     `data:"none"` // until then it can be taken back
	SettledAt *time.Time    `data:"none"`
	Live      *bool         `data:"none"` // see Lasting
}

// ClosureCause is why an account is closed.
type ClosureCause string

// The causes.
const (
	ClosedByPerson ClosureCause = "person"
	ClosedByWeChat ClosureCause = "wechat" // the person closed their WeChat account
)

// ClosureStatus says how far a closure has come.
type ClosureStatus string

// The states of a closure.
const (
	ClosureAsked     ClosureStatus = "asked"
	ClosureWithdrawn ClosureStatus = "withdrawn"
	ClosureErasing   ClosureStatus = "erasing" // nobody can sign in or go back any more
	ClosureErased    ClosureStatus = "erased"
)

// ClosureMove is a step of a closure.
type ClosureMove string

// The moves. Only the first is the person's.
const (
	WithdrawClosure ClosureMove = "withdraw"
	BeginErasure    ClosureMove = "begin"
	FinishErasure   ClosureMove = "finish"
)

var closureArrows = arrows[ClosureStatus, ClosureMove]{
	ClosureAsked:   {WithdrawClosure: ClosureWithdrawn, BeginErasure: ClosureErasing},
	ClosureErasing: {FinishErasure: ClosureErased},
}

// After is the state a move leads to. Fault: illegal_transition.
func (c Closure) After(move ClosureMove) (ClosureStatus, error) {
	return closureArrows.from(c.Status, move)
}

// ClosureEvent is one arrow of a closure. Events are only ever added.
type ClosureEvent struct {
	ID         ID[ClosureEvent] `data:"none"`
	ClosureID  ClosureID        `data:"none"`
	FromStatus ClosureStatus    `data:"none"` // "" when it was asked for
	ToStatus   ClosureStatus    `data:"none"`
	ActorID    UserID           `data:"none"` // zero: time, or WeChat
	At         time.Time        `data:"none"`
}
