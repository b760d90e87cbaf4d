package shop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/points"
)

// Reservation is a redemption as its owner sees it.
type Reservation struct {
	Redemption model.Redemption
	PickupCode string // "" when there is nothing left to pick up
}

const codeTries = 3

// Redeem reserves goods for points. Faults: unauthenticated, not_found, out_of_stock,
// limit_reached, insufficient_points.
func (s *Service) Redeem(ctx context.Context, actor model.Actor, goods model.GoodsID, quantity int64) (Reservation, error) {
	if actor.Nobody() {
		return Reservation{}, fault.ErrUnauthenticated
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Reservation, error) {
		g, err := offered(ctx, tx, goods)
		if err != nil {
			return Reservation{}, err
		}
		r := model.Redemption{
			ID: model.NewID[model.Redemption](tx.Now()), GoodsID: g.ID, UnitID: g.UnitID, UserID: actor.User,
			Quantity: quantity, Price: g.Price, Status: model.RedemptionReserved, Limited: g.PerPersonMonth > 0,
			ExpiresAt: tx.Now().Add(KeepFor), CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
		}
		if err := s.reserve(ctx, tx, r, g); err != nil {
			return Reservation{}, err
		}
		code, err := s.addWithCode(ctx, tx, &r)
		if err != nil {
			return Reservation{}, err
		}
		if err := s.lapseLater(ctx, tx, r); err != nil {
			return Reservation{}, err
		}
		return Reservation{Redemption: r, PickupCode: code}, s.tell(ctx, tx, r)
	})
}

// offered are goods in a shop that stays where it is until the transaction ends. One whose
// branch was dissolved since they were read has moved: they are read again.
func offered(ctx context.Context, tx *store.Store, id model.GoodsID) (model.Goods, error) {
	goods, err := tx.Goods.Get(ctx, id)
	if err != nil {
		return goods, err
	}
	_, err = tx.Units.GetStanding(ctx, goods.UnitID, model.DateOf(tx.Now()))
	if errors.Is(err, store.ErrUnitEnded) {
		return tx.Goods.Get(ctx, id)
	}
	return goods, err
}

// reserve takes stock, then counts the month, then holds the points: in the order in which
// every redemption touches them.
func (s *Service) reserve(ctx context.Context, tx *store.Store, r model.Redemption, g model.Goods) error {
	if err := moveStock(ctx, tx, movement{goods: g.ID, redemption: r.ID, delta: -r.Quantity, reason: "兑换", by: r.UserID}); err != nil {
		return err
	}
	if r.Limited {
		took, err := tx.GoodsMonths.TakeOfMonth(ctx, monthOf(r), r.Quantity, g.PerPersonMonth)
		if err != nil {
			return err
		}
		if !took {
			return ErrLimitReached
		}
	}
	return s.points.Hold(ctx, tx, points.Holding{
		User: r.UserID, Points: r.Points(), UnitID: r.UnitID, Reference: holdOf(r), By: r.UserID,
	})
}

func monthOf(r model.Redemption) model.GoodsMonth {
	return model.GoodsMonth{GoodsID: r.GoodsID, UserID: r.UserID, Month: r.Month()}
}

func holdOf(r model.Redemption) string { return "redemption/" + r.ID.String() }

// addWithCode inserts the redemption under a code that no other has.
func (s *Service) addWithCode(ctx context.Context, tx *store.Store, r *model.Redemption) (code string, err error) {
	for range codeTries {
		if code, err = sealCode(tx, r); err != nil {
			return "", err
		}
		err = tx.Redemptions.Add(ctx, r)
		if err == nil {
			return code, addEvent(ctx, tx, *r, "", model.RedemptionReserved, r.Quantity, r.UserID)
		}
		if !errors.Is(err, store.ErrDuplicate) {
			return "", err
		}
	}
	return "", err
}

func addEvent(ctx context.Context, tx *store.Store, r model.Redemption, from, to model.RedemptionStatus, pieces int64, by model.UserID) error {
	return tx.RedemptionEvents.Add(ctx, &model.RedemptionEvent{
		ID: model.NewID[model.RedemptionEvent](tx.Now()), RedemptionID: r.ID, GoodsID: r.GoodsID, UnitID: r.UnitID,
		FromStatus: from, ToStatus: to, Quantity: pieces, Points: pieces * r.Price, ActorID: by,
		Day: model.DateOf(tx.Now()), At: tx.Now(),
	})
}

func (s *Service) lapseLater(ctx context.Context, tx *store.Store, r model.Redemption) error {
	payload, err := json.Marshal(r.ID)
	if err != nil {
		return err
	}
	return tx.Jobs.Put(ctx, model.Job{Kind: LapseJob, Payload: payload, RunAt: r.ExpiresAt})
}

// Mine pages the actor's redemptions, newest first, with the codes still to be used.
func (s *Service) Mine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[Reservation], error) {
	if actor.Nobody() {
		return model.Listing[Reservation]{}, fault.ErrUnauthenticated
	}
	rows, err := s.store.Redemptions.ListByUser(ctx, actor.User, page)
	if err != nil {
		return model.Listing[Reservation]{}, err
	}
	out := model.Listing[Reservation]{Next: rows.Next, Items: make([]Reservation, len(rows.Items))}
	for i, row := range rows.Items {
		if out.Items[i], err = s.shown(row); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Waiting pages what a shop has to hand over, newest first, without codes.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Waiting(ctx context.Context, actor model.Actor, unit model.UnitID, status model.RedemptionStatus, page model.Page) (model.Listing[Reservation], error) {
	if err := s.access.Require(ctx, actor, access.ShopHandOver, unit); err != nil {
		return model.Listing[Reservation]{}, err
	}
	rows, err := s.store.Redemptions.ListByUnit(ctx, unit, status, page)
	return model.Map(rows, func(r model.Redemption) Reservation { return Reservation{Redemption: r} }), err
}

// Redemption shows one to its owner, with its code while that can be used, and to the
// shop's keeper without. Faults: unauthenticated, not_found.
func (s *Service) Redemption(ctx context.Context, actor model.Actor, id model.RedemptionID) (Reservation, error) {
	r, err := s.ofActor(ctx, actor, id)
	if err != nil {
		return Reservation{}, err
	}
	if r.UserID != actor.User {
		return Reservation{Redemption: r}, nil
	}
	return s.shown(r)
}

// ofActor reads a redemption that is the actor's own or of a shop the actor keeps. To
// everybody else it does not exist. Faults: unauthenticated, not_found.
func (s *Service) ofActor(ctx context.Context, actor model.Actor, id model.RedemptionID) (model.Redemption, error) {
	if actor.Nobody() {
		return model.Redemption{}, fault.ErrUnauthenticated
	}
	r, err := s.store.Redemptions.Get(ctx, id)
	if err != nil || r.UserID == actor.User {
		return r, err
	}
	err = s.access.Require(ctx, actor, access.ShopHandOver, r.UnitID)
	if errors.Is(err, fault.ErrForbidden) {
		err = fault.ErrNotFound
	}
	return r, err
}

// shown opens the code of a redemption that still waits.
func (s *Service) shown(r model.Redemption) (Reservation, error) {
	if r.Status != model.RedemptionReserved && r.Status != model.RedemptionReady {
		return Reservation{Redemption: r}, nil
	}
	code, err := openCode(s.store, r)
	return Reservation{Redemption: r, PickupCode: code}, err
}

// Prepare says that reserved goods are packed and wait at the till.
// Faults: unauthenticated, forbidden, not_found, illegal_transition.
func (s *Service) Prepare(ctx context.Context, actor model.Actor, id model.RedemptionID) (model.Redemption, error) {
	r, err := access.Find(ctx, s.access, actor, access.ShopHandOver, s.store.Redemptions.Get, id)
	if err != nil {
		return model.Redemption{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Redemption, error) {
		moved, err := s.move(ctx, tx, r.ID, model.RedemptionReady, actor.User)
		if err != nil {
			return moved, err
		}
		if err := s.tell(ctx, tx, moved); err != nil {
			return moved, err
		}
		return moved, record(ctx, tx, actor, moved, "shop.prepare", r.Quantity)
	})
}

// HandOver gives the goods to whoever shows the code, and the points to the shop.
// Faults: unauthenticated, forbidden, not_found for a code this shop does not know,
// illegal_transition for one that has been used or has ended.
func (s *Service) HandOver(ctx context.Context, actor model.Actor, code string) (model.Redemption, error) {
	r, err := access.Find(ctx, s.access, actor, access.ShopHandOver, s.store.Redemptions.GetByCode, s.store.Keys().Indexes(codePurpose, canonical(code)))
	if err != nil {
		return model.Redemption{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Redemption, error) {
		moved, err := s.move(ctx, tx, r.ID, model.RedemptionHandedOver, actor.User)
		if err != nil {
			return moved, err
		}
		if err := s.points.Capture(ctx, tx, holdOf(moved), actor.User); err != nil {
			return moved, err
		}
		return moved, record(ctx, tx, actor, moved, "shop.hand_over", r.Quantity)
	})
}

// Cancel gives stock and points back before the hand-over; the owner may and so may the
// keeper. Faults: unauthenticated, not_found, illegal_transition.
func (s *Service) Cancel(ctx context.Context, actor model.Actor, id model.RedemptionID) (model.Redemption, error) {
	r, err := s.ofActor(ctx, actor, id)
	if err != nil {
		return model.Redemption{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Redemption, error) {
		moved, err := s.giveUp(ctx, tx, r.ID, model.RedemptionCancelled, actor.User)
		if err != nil || actor.User == r.UserID {
			return moved, err
		}
		if err := s.tell(ctx, tx, moved); err != nil {
			return moved, err
		}
		return moved, record(ctx, tx, actor, moved, "shop.cancel", r.Quantity)
	})
}

// Lapse ends a reservation that nobody came for. It is a job's work and may be repeated.
func (s *Service) Lapse(ctx context.Context, id model.RedemptionID) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		lapsed, err := s.giveUp(ctx, tx, id, model.RedemptionLapsed, model.UserID{})
		if errors.Is(err, fault.ErrIllegalTransition) || errors.Is(err, fault.ErrNotFound) {
			return nil // it has ended some other way
		}
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, lapsed)
	})
}

// giveUp ends a redemption before the hand-over and gives everything back.
func (s *Service) giveUp(ctx context.Context, tx *store.Store, id model.RedemptionID, to model.RedemptionStatus, by model.UserID) (model.Redemption, error) {
	r, err := s.move(ctx, tx, id, to, by)
	if err != nil {
		return r, err
	}
	if err := s.giveBack(ctx, tx, r, r.Quantity, string(to), by); err != nil {
		return r, err
	}
	return r, s.points.Release(ctx, tx, holdOf(r), by)
}

// giveBack puts pieces back on the shelf and off the person's month.
func (s *Service) giveBack(ctx context.Context, tx *store.Store, r model.Redemption, pieces int64, reason string, by model.UserID) error {
	if err := moveStock(ctx, tx, movement{goods: r.GoodsID, redemption: r.ID, delta: pieces, reason: reason, by: by}); err != nil {
		return err
	}
	if !r.Limited {
		return nil
	}
	gave, err := tx.GoodsMonths.GiveOfMonth(ctx, monthOf(r), pieces)
	if err == nil && !gave {
		err = fmt.Errorf("shop: the month of redemption %s does not count its %d pieces", r.ID, pieces)
	}
	return err
}

// move goes one arrow on and writes the event. Faults: not_found, illegal_transition.
func (s *Service) move(ctx context.Context, tx *store.Store, id model.RedemptionID, to model.RedemptionStatus, by model.UserID) (model.Redemption, error) {
	for {
		r, err := tx.Redemptions.Get(ctx, id)
		if err != nil {
			return r, err
		}
		if err := r.Status.CheckMove(to); err != nil {
			return r, err
		}
		moved, err := tx.Redemptions.SaveMoved(ctx, r, to, tx.Now())
		if err != nil {
			return r, err
		}
		if !moved { // somebody moved it meanwhile: look again, every move leads nearer to an end
			continue
		}
		from := r.Status
		r.Status, r.UpdatedAt = to, tx.Now()
		return r, addEvent(ctx, tx, r, from, to, r.Quantity, by)
	}
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, r model.Redemption, action string, pieces int64) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: action, ObjectKind: "redemption", ObjectID: r.ID, Unit: r.UnitID, Detail: fmt.Sprintf("%d pieces", pieces),
	})
}
