package model

import (
	"slices"
	"time"

	"jinlin/model/fault"
)

type (
	// GoodsID names goods of a love-points supermarket.
	GoodsID = ID[Goods]
	// RedemptionID names a redemption.
	RedemptionID = ID[Redemption]
)

// Goods are what a love-points supermarket gives for points.
type Goods struct {
	ID             GoodsID   `data:"none"`
	UnitID         UnitID    `data:"none"`
	Name           string    `data:"none"`
	Price          int64     `data:"none"` // in points, apiece
	Stock          int64     `data:"none"`
	PerPersonMonth int64     `data:"none"` // most pieces a person and calendar month; 0 is no limit
	CreatedAt      time.Time `data:"none"`
}

// Units are where the goods belong.
func (g Goods) Units() []UnitID { return []UnitID{g.UnitID} }

// TableName keeps goods goods.
func (Goods) TableName() string { return "goods" }

// StockMovement is one change of stock. It is never changed; the stock is their sum.
type StockMovement struct {
	ID           ID[StockMovement] `data:"none"`
	GoodsID      GoodsID           `data:"none"`
	RedemptionID RedemptionID      `data:"none"` // zero: by hand
	Delta        int64             `data:"none"`
	Reason       string            `data:"none"`
	ActorID      UserID            `data:"none"`
	At           time.Time         `data:"none"`
}

// GoodsMonth counts what a person has of limited goods in a calendar month.
type GoodsMonth struct {
	GoodsID GoodsID `gorm:"primaryKey" data:"none"`
	UserID  UserID  `gorm:"primaryKey" data:"none"`
	Month   string  `gorm:"primaryKey" data:"none"` // 2006-01 in Shanghai
	Taken   int64   `data:"none"`
}

// RedemptionStatus says where a redemption is.
type RedemptionStatus string

// The statuses of a redemption.
const (
	RedemptionReserved   RedemptionStatus = "reserved"
	RedemptionReady      RedemptionStatus = "ready"
	RedemptionHandedOver RedemptionStatus = "handed_over"
	RedemptionCancelled  RedemptionStatus = "cancelled"
	RedemptionLapsed     RedemptionStatus = "lapsed"
	RedemptionReturned   RedemptionStatus = "returned"
)

// redemptionMoves are the arrows of the machine. A partial return stays handed_over.
var redemptionMoves = map[RedemptionStatus][]RedemptionStatus{
	RedemptionReserved:   {RedemptionReady, RedemptionHandedOver, RedemptionCancelled, RedemptionLapsed},
	RedemptionReady:      {RedemptionHandedOver, RedemptionCancelled, RedemptionLapsed},
	RedemptionHandedOver: {RedemptionReturned},
}

// CheckMove says whether it may go there. Fault: illegal_transition.
func (s RedemptionStatus) CheckMove(to RedemptionStatus) error {
	moves := redemptionMoves[s]
	if slices.Contains(moves, to) {
		return nil
	}
	allowed := make([]string, len(moves))
	for i, move := range moves {
		allowed[i] = string(move)
	}
	return fault.IllegalMove(string(s), allowed)
}

// Redemption is goods reserved for points.
type Redemption struct {
	ID         RedemptionID     `data:"none"`
	GoodsID    GoodsID          `data:"none"`
	UnitID     UnitID           `data:"none"`
	UserID     UserID           `data:"none"`
	Quantity   int64            `data:"none"`
	Price      int64            `data:"none"` // of one, when it was reserved
	Returned   int64            `data:"none"` // pieces
	Status     RedemptionStatus `data:"none"`
	Limited    bool             `data:"none"` // counted in a GoodsMonth
	CodeHash   []byte           `data:"sensitive"`
	CodeSealed []byte           `data:"sensitive"`
	ExpiresAt  time.Time        `data:"none"`
	CreatedAt  time.Time        `data:"none"`
	UpdatedAt  time.Time        `data:"none"`
}

// Units are where the redemption belongs.
func (r Redemption) Units() []UnitID { return []UnitID{r.UnitID} }

// Points is what all of it costs.
func (r Redemption) Points() int64 { return r.Price * r.Quantity }

// Month is the calendar month in which it counts.
func (r Redemption) Month() string { return MonthOf(r.CreatedAt) }

// MonthOf is the calendar month in Shanghai, written 2006-01.
func MonthOf(t time.Time) string { return t.In(Shanghai).Format("2006-01") }

// RedemptionEvent is one move of a redemption. It is never changed.
type RedemptionEvent struct {
	ID           ID[RedemptionEvent] `data:"none"`
	RedemptionID RedemptionID        `data:"none"`
	GoodsID      GoodsID             `data:"none"`
	UnitID       UnitID              `data:"none"`
	FromStatus   RedemptionStatus    `data:"none"`
	ToStatus     RedemptionStatus    `data:"none"`
	Quantity     int64               `data:"none"` // pieces that moved; negative when they came back to the shop
	Points       int64               `data:"none"`
	ActorID      UserID              `data:"none"` // zero: time
	Day          Date                `data:"none"`
	At           time.Time           `data:"none"`
}
