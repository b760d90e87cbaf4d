package mailbox

import (
	"context"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// AnyCategory stands for a ruling on all categories that have none of their own.
const AnyCategory = "any"

func plainCategory(category string) string {
	if category == AnyCategory {
		return ""
	}
	return category
}

// rulings are what units lay down of one thing: how long clocks run, or whose team gets requests.
// Whoever reads the mailbox of a unit reads them.
type rulings[T any, P model.RulingIn[T]] struct {
	service   *Service
	in        func(*store.Store) store.Rulings[T, P]
	action    access.Action // that lays them down
	object    string        // as the audit has it
	detail    func(T) string
	kinds     []model.UnitKind // of the units that lay them down
	wrongKind fault.Text
}

// standing are those of a unit, or where none is named of the tops of the actor's authority.
// Faults: unauthenticated, forbidden, not_found.
func (r rulings[T, P]) standing(ctx context.Context, actor model.Actor, unit model.UnitID) ([]T, error) {
	units, err := r.service.access.Ground(ctx, actor, access.MailboxRead, unit)
	if err != nil {
		return nil, err
	}
	newest, err := r.in(r.service.store).ListNewest(ctx, units...)
	return slices.DeleteFunc(newest, func(row T) bool { return P(&row).Ruled().Ended }), err
}

// get is what stands of a category, or of any, for who may do something there.
// Faults: unauthenticated, forbidden, not_found.
func (r rulings[T, P]) get(ctx context.Context, actor model.Actor, action access.Action, unit model.UnitID, category string) (row T, err error) {
	if err := r.service.access.Require(ctx, actor, action, unit); err != nil {
		return row, err
	}
	row, err = r.in(r.service.store).Get(ctx, unit, plainCategory(category))
	if err == nil && P(&row).Ruled().Ended {
		err = fault.ErrNotFound
	}
	return row, err
}

// check says whether the actor may lay it down, and whether its unit and its category can have it.
// Faults: unauthenticated, forbidden, not_found, invalid, unit_ended.
func (r rulings[T, P]) check(ctx context.Context, actor model.Actor, row *T) error {
	ruling := P(row).Ruled()
	if err := r.service.access.Require(ctx, actor, r.action, ruling.UnitID); err != nil {
		return err
	}
	unit, err := r.service.org.Unit(ctx, ruling.UnitID)
	if err != nil {
		return err
	}
	if !slices.Contains(r.kinds, unit.Kind) {
		return fault.InvalidField("unitId", "wrong_kind", r.wrongKind.ZH, r.wrongKind.EN)
	}
	if !unit.In(model.DateOf(r.service.store.Now())) {
		return store.ErrUnitEnded
	}
	if ruling.Category = plainCategory(ruling.Category); ruling.Category != "" && !knownCategory(ruling.Category) {
		return fault.InvalidField("category", "unknown", "没有这个诉求类别。", "There is no such category.")
	}
	return nil
}

// add writes the next version. version is the one that was read, nil for any.
// Fault: changed_meanwhile.
func (r rulings[T, P]) add(ctx context.Context, actor model.Actor, row T, version *int) (T, error) {
	return store.Once(ctx, r.service.store, func(tx *store.Store) (T, error) {
		ruling := P(&row).Ruled()
		before, err := r.in(tx).Get(ctx, ruling.UnitID, ruling.Category)
		if err != nil {
			return row, err
		}
		last := P(&before).Ruled().Version
		if err := store.Seen(version, last); err != nil {
			return row, err
		}
		id := model.NewID[T](tx.Now())
		P(&row).SetID(id)
		ruling.Version, ruling.ChangedBy, ruling.CreatedAt = last+1, actor.User, tx.Now()
		if err := store.First(r.in(tx).Add(ctx, &row)); err != nil {
			return row, err
		}
		detail := "ended"
		if !ruling.Ended {
			detail = r.detail(row)
		}
		return row, audit.Record(ctx, tx, actor, audit.Act{
			Action: string(r.action), ObjectKind: r.object, ObjectID: id, Unit: ruling.UnitID, Detail: ruling.Category + " " + detail,
		})
	})
}

// end takes one back. Faults: unauthenticated, forbidden, not_found, changed_meanwhile.
func (r rulings[T, P]) end(ctx context.Context, actor model.Actor, unit model.UnitID, category string, version *int) error {
	row, err := r.get(ctx, actor, r.action, unit, category)
	if err != nil {
		return err
	}
	P(&row).Ruled().Ended = true
	_, err = r.add(ctx, actor, row, version)
	return err
}
