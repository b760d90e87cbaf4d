package model

import (
	"crypto/sha256"
	"time"
)

type (
	// AccountID names an account of the ledger.
	AccountID = ID[PointsAccount]
	// LedgerTransactionID names a transaction of the ledger.
	LedgerTransactionID = ID[LedgerTransaction]
	// LotID names a lot of points.
	LotID = ID[PointsLot]
	// PoolID names a pool of points.
	PoolID = ID[PointsPool]
)

// AccountKind is what an account is for.
type AccountKind string

// The kinds of accounts. Issuance alone is below zero: by as much as there is backing
// for, so that the sum of all accounts is always zero.
const (
	IssuanceAccount  AccountKind = "issuance"  // of a unit: what its sponsors have backed
	PoolAccount      AccountKind = "pool"      // of a pool: what can still be earned
	VolunteerAccount AccountKind = "volunteer" // of a person: what can be spent
	HeldAccount      AccountKind = "held"      // of a person: what reserved goods hold
	ShopAccount      AccountKind = "shop"      // of a unit: what its shop has taken
	ExpiredAccount   AccountKind = "expired"   // of nobody: what ran out unspent
)

// accountOrder is the order in which a transaction touches accounts, the same for all,
// so that two of them never wait for each other. A pool comes before a person: an empty
// pool is found out before anything has moved.
var accountOrder = map[AccountKind]int{
	IssuanceAccount: 0, PoolAccount: 1, VolunteerAccount: 2, HeldAccount: 3, ShopAccount: 4, ExpiredAccount: 5,
}

// Order is the kind's place in the order in which accounts are touched.
func (k AccountKind) Order() int { return accountOrder[k] }

// PointsAccount is one account of the ledger. Its balance and its count of entries move
// together, by one relative statement.
type PointsAccount struct {
	ID        AccountID   `data:"none"`
	Kind      AccountKind `data:"none"`
	OwnerID   []byte      `data:"none"` // a unit's, a person's or a pool's id; NULL for the expired account
	UnitID    UnitID      `data:"none"` // where it was first used; whose staff may read it
	Balance   int64       `data:"none"`
	Entries   int64       `data:"none"` // how many there are: the last one's position
	CreatedAt time.Time   `data:"none"`
}

// AccountOf is the id of somebody's account of a kind. It is a function of both, so that
// the first two uses of an account at once make the same row.
func AccountOf(kind AccountKind, owner [16]byte) AccountID {
	sum := sha256.Sum256(append([]byte("points/"+string(kind)+"/"), owner[:]...))
	id := AccountID(sum[:16])
	id[6] = id[6]&0x0f | 0x80 // UUID version 8: made by a rule of its own
	id[8] = id[8]&0x3f | 0x80
	return id
}

// Cause says why points moved.
type Cause string

// The causes of the ledger's transactions.
const (
	CauseIssue      Cause = "issue"
	CauseAward      Cause = "award"
	CauseAttendance Cause = "attendance"
	CauseHold       Cause = "hold"
	CauseCapture    Cause = "capture"
	CauseRelease    Cause = "release"
	CauseReturn     Cause = "return"
	CauseExpiry     Cause = "expiry"
	CauseReversal   Cause = "reversal"
)

// LedgerTransaction moves points between accounts. It is never changed: a mistake is
// put right by another transaction.
type LedgerTransaction struct {
	ID        LedgerTransactionID `data:"none"`
	Cause     Cause               `data:"none"`
	Reference string              `data:"none"` // unique: what was done once
	Note      string              `data:"personal"`
	ActorID   UserID              `data:"none"`
	UnitID    UnitID              `data:"none"`
	At        time.Time           `data:"none"`
}

// LedgerEntry is one account's part in a transaction. It is never changed.
type LedgerEntry struct {
	ID            ID[LedgerEntry]     `data:"none"`
	TransactionID LedgerTransactionID `data:"none"`
	AccountID     AccountID           `data:"none"`
	Position      int64               `data:"none"` // 1, 2, 3 … within the account
	Points        int64               `data:"none"` // positive when the account gained
	BalanceAfter  int64               `data:"none"`
}

// PointsPool is what a sponsor gives a unit to be earned.
type PointsPool struct {
	ID        PoolID    `data:"none"`
	UnitID    UnitID    `data:"none"`
	Sponsor   string    `data:"none"`
	CreatedAt time.Time `data:"none"`
}

// PointsLot is what one earning left: points of one age and one sponsor.
type PointsLot struct {
	ID            LotID               `data:"none"`
	AccountID     AccountID           `data:"none"`
	TransactionID LedgerTransactionID `data:"none"`
	PoolID        PoolID              `data:"none"`
	Points        int64               `data:"none"` // what was earned
	Remaining     int64               `data:"none"` // what can still be spent
	Expired       int64               `data:"none"` // what ran out
	ExpiresOn     Date                `data:"none"` // first day without them
}

// LotMonths is how long points last.
const LotMonths = 24

// LotEnd is the first day on which points earned then are no more.
func LotEnd(earned time.Time) Date { return DateOf(earned.In(Shanghai).AddDate(0, LotMonths, 0)) }

// EarningStatus says what became of an earning.
type EarningStatus string

// The statuses of an earning. A waiting one is a debt: earned, and no pool had enough.
const (
	EarningPosted  EarningStatus = "posted"
	EarningWaiting EarningStatus = "waiting"
	EarningCapped  EarningStatus = "capped" // the day's limit left nothing of it
)

// Earning is a confirmed service that earns points.
type Earning struct {
	User      UserID
	Points    int64
	PoolID    PoolID // one the unit may draw on; zero: the unit's nearest with enough
	UnitID    UnitID // where the service was done
	Cause     Cause
	Reference string // unique, at most 128 characters: earns once, ever
	By        Actor  // who confirmed it
}

// PointsEarning is one service that earns points, once per reference.
type PointsEarning struct {
	ID        ID[PointsEarning] `data:"none"`
	Reference string            `data:"none"`
	UserID    UserID            `data:"none"`
	UnitID    UnitID            `data:"none"`
	PoolID    PoolID            `data:"none"` // zero: the nearest with enough
	Cause     Cause             `data:"none"`
	Points    int64             `data:"none"`
	Status    EarningStatus     `data:"none"`
	ActorID   UserID            `data:"none"`
	CreatedAt time.Time         `data:"none"`
	SettledAt *time.Time        `data:"none"` // when a debt was posted
}

// PointsDay counts what a person has earned on a day.
type PointsDay struct {
	UserID UserID `gorm:"primaryKey" data:"none"`
	Day    Date   `gorm:"primaryKey" data:"none"`
	Earned int64  `data:"none"`
}

// HoldStatus says what became of a hold.
type HoldStatus string

// The statuses of a hold: it resolves once.
const (
	HoldOpen     HoldStatus = "open"
	HoldCaptured HoldStatus = "captured"
	HoldReleased HoldStatus = "released"
)

// PointsHold sets a person's points aside until they are taken or given back.
type PointsHold struct {
	ID         ID[PointsHold] `data:"none"`
	Reference  string         `data:"none"`
	UserID     UserID         `data:"none"`
	UnitID     UnitID         `data:"none"` // whose shop takes them
	Points     int64          `data:"none"`
	Returned   int64          `data:"none"` // given back after they were taken
	Status     HoldStatus     `data:"none"`
	CreatedAt  time.Time      `data:"none"`
	ResolvedAt *time.Time     `data:"none"`
}

// PointsHoldLot is what a hold took from one lot, so that it can go back there.
type PointsHoldLot struct {
	HoldID   ID[PointsHold] `gorm:"primaryKey" data:"none"`
	LotID    LotID          `gorm:"primaryKey" data:"none"`
	Points   int64          `data:"none"`
	Returned int64          `data:"none"`
}

// AwardStatus says whether an award has been posted.
type AwardStatus string

// The statuses of an award. A large one is pending until a second person approves.
const (
	AwardPending AwardStatus = "pending"
	AwardPosted  AwardStatus = "posted"
)

// PointsAward is points given by hand.
type PointsAward struct {
	ID         ID[PointsAward] `data:"none"`
	UserID     UserID          `data:"none"`
	UnitID     UnitID          `data:"none"`
	Points     int64           `data:"none"`
	Cause      string          `data:"personal"` // staff's words
	Reference  string          `data:"none"`     // unique per awarder
	Status     AwardStatus     `data:"none"`
	AwardedBy  UserID          `data:"none"`
	ApprovedBy UserID          `data:"none"`
	CreatedAt  time.Time       `data:"none"`
	PostedAt   *time.Time      `data:"none"`
}

// Units are where the award belongs.
func (a PointsAward) Units() []UnitID { return []UnitID{a.UnitID} }
