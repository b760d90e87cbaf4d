package station

import (
	"context"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// Services pages what a station does for people, oldest first: its own items, and those of
// the places it lies in. Fault: not_found.
func (s *Service) Services(ctx context.Context, id model.UnitID, page model.Page) (model.Listing[model.ServiceItem], error) {
	if _, err := s.standing(ctx, id); err != nil {
		return model.Listing[model.ServiceItem]{}, err
	}
	chain, err := s.org.Chain(ctx, id)
	if err != nil {
		return model.Listing[model.ServiceItem]{}, err
	}
	return s.store.ServiceItems.ListLive(ctx, ids(chain), page)
}

// ServiceHistory are the versions of an item, the newest first. Fault: not_found.
func (s *Service) ServiceHistory(ctx context.Context, id model.ServiceItemID) ([]model.ServiceItem, error) {
	versions, err := s.store.ServiceItems.ListOf(ctx, id)
	if err == nil && len(versions) == 0 {
		err = fault.ErrNotFound
	}
	return versions, err
}

// Offer is a service item as staff write it.
type Offer struct {
	Name, Steps, Answers, Contact string
	Documents                     []string
}

func (o Offer) item() (model.ServiceItem, error) {
	i := model.ServiceItem{
		Name: strings.TrimSpace(o.Name), Steps: strings.TrimSpace(o.Steps),
		Answers: strings.TrimSpace(o.Answers), Contact: strings.TrimSpace(o.Contact), Live: model.Lasting(),
	}
	for path, text := range map[string]string{"name": i.Name, "steps": i.Steps, "answers": i.Answers, "contact": i.Contact} {
		if text == "" {
			return i, fault.InvalidField(path, "required", "请填写此项。", "Fill this in.")
		}
	}
	i.SetDocuments(append([]string{}, o.Documents...))
	return i, nil
}

// AddService publishes a new item of a station, community, town or county.
// Faults: unauthenticated, forbidden, not_found, invalid, unit_ended.
func (s *Service) AddService(ctx context.Context, actor model.Actor, unit model.UnitID, o Offer) (model.ServiceItem, error) {
	if err := s.access.Require(ctx, actor, access.StationManage, unit); err != nil {
		return model.ServiceItem{}, err
	}
	where, err := s.org.Unit(ctx, unit)
	if err != nil {
		return model.ServiceItem{}, err
	}
	switch where.Kind {
	case model.Station, model.Community, model.Town, model.County:
	default:
		return model.ServiceItem{}, fault.InvalidField("unitId", "unknown", "服务事项只能属于服务站、社区、镇或县。", "An item belongs to a station, community, town or county.")
	}
	item, err := o.item()
	if err != nil {
		return item, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.ServiceItem, error) {
		if _, err := tx.Units.GetStanding(ctx, unit, s.today()); err != nil {
			return item, err
		}
		item.ID, item.Version, item.UnitID = model.NewID[model.ServiceItem](tx.Now()), 1, unit
		item.ValidFrom, item.ChangedBy, item.CreatedAt = s.today(), actor.User, tx.Now()
		if err := tx.ServiceItems.Add(ctx, &item); err != nil {
			return item, err
		}
		return item, recordItem(ctx, tx, actor, item, "published")
	})
}

// ChangeService publishes a new version of an item. seen is the version that was read, nil
// for any. Faults: unauthenticated, forbidden, not_found, invalid, changed_meanwhile.
func (s *Service) ChangeService(ctx context.Context, actor model.Actor, id model.ServiceItemID, o Offer, seen *int) (model.ServiceItem, error) {
	item, err := o.item()
	if err != nil {
		return item, err
	}
	before, err := s.serviceToChange(ctx, actor, id, seen)
	if err != nil {
		return item, err
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if err := store.Kept(tx.ServiceItems.SaveEnded(ctx, id, before.Version, s.today())); err != nil {
			return err
		}
		item.ID, item.Version, item.UnitID = id, before.Version+1, before.UnitID
		item.ValidFrom, item.ChangedBy, item.CreatedAt = s.today(), actor.User, tx.Now()
		if err := store.First(tx.ServiceItems.Add(ctx, &item)); err != nil {
			return err
		}
		return recordItem(ctx, tx, actor, item, "changed")
	})
	return item, err
}

// WithdrawService ends an item; its versions stay.
// Faults: unauthenticated, forbidden, not_found, changed_meanwhile.
func (s *Service) WithdrawService(ctx context.Context, actor model.Actor, id model.ServiceItemID, seen *int) error {
	before, err := s.serviceToChange(ctx, actor, id, seen)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		if err := store.Kept(tx.ServiceItems.SaveEnded(ctx, id, before.Version, s.today())); err != nil {
			return err
		}
		return recordItem(ctx, tx, actor, before, "withdrawn")
	})
}

func (s *Service) serviceToChange(ctx context.Context, actor model.Actor, id model.ServiceItemID, seen *int) (model.ServiceItem, error) {
	if _, err := s.access.Units(ctx, actor, access.StationManage); err != nil {
		return model.ServiceItem{}, err
	}
	before, err := s.store.ServiceItems.GetLive(ctx, id)
	if err != nil {
		return before, err
	}
	if err := s.access.Require(ctx, actor, access.StationManage, before.UnitID); err != nil {
		return before, err
	}
	return before, store.Seen(seen, before.Version)
}

func recordItem(ctx context.Context, tx *store.Store, actor model.Actor, item model.ServiceItem, what string) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "station.service", ObjectKind: "service_item", ObjectID: item.ID, Unit: item.UnitID, Detail: what,
	})
}
