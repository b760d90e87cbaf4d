package paperbox

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// MostSlips is how many slips one opening has at most: a bound, not a rule.
const MostSlips = 100

// Open says that the actor has opened a box, with so many slips in it. It waits for a second
// person. Faults: those of access.Find, invalid, box_ended, box_opened_already.
func (s *Service) Open(ctx context.Context, actor model.Actor, id model.BoxID, slips int) (model.BoxOpening, error) {
	if _, err := access.Find(ctx, s.access, actor, access.MailboxEnter, s.store.Boxes.Get, id); err != nil {
		return model.BoxOpening{}, err
	}
	if slips < 0 || slips > MostSlips {
		return model.BoxOpening{}, fault.InvalidField("slips", "out_of_range", "纸条数量为 0 至 100 张。", "There are 0 to 100 slips.")
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.BoxOpening, error) {
		b, err := tx.Boxes.Get(ctx, id)
		if err == nil && b.EndedAt != nil {
			err = ErrBoxEnded
		}
		if err != nil {
			return model.BoxOpening{}, err
		}
		o := model.BoxOpening{
			ID: model.NewID[model.BoxOpening](tx.Now()), BoxID: id, BranchID: b.BranchID, EstateID: b.EstateID, Slips: slips,
			OpenedBy: actor.User, OpenedAt: tx.Now(),
		}
		e, err := o.Step(model.OpenBox, actor.User, tx.Now())
		if err != nil {
			return o, err
		}
		err = tx.BoxOpenings.Add(ctx, &o)
		if errors.Is(err, store.ErrDuplicate) {
			return o, ErrOpenedAlready
		}
		if err != nil {
			return o, err
		}
		return o, follow(ctx, tx, actor, o, e)
	})
}

// Confirm makes an opening, as the second person who was there, and has the next one be due.
// Faults: those of access.Find, second_opener_required, slip_count_differs, illegal_transition.
func (s *Service) Confirm(ctx context.Context, actor model.Actor, id model.BoxOpeningID, slips int) (model.BoxOpening, error) {
	return s.move(ctx, actor, id, model.ConfirmOpening, func(tx *store.Store, o *model.BoxOpening) error {
		switch {
		case o.OpenedBy == actor.User:
			return ErrSecondPerson
		case o.Slips != slips:
			return ErrCountDiffers
		}
		o.ConfirmedBy = actor.User
		b, err := tx.Boxes.GetLocked(ctx, o.BoxID)
		if err != nil {
			return err
		}
		b.OpenedAt, b.DueOn, b.Told = &o.OpenedAt, model.DateOf(o.OpenedAt).AddDays(b.RhythmDays), model.ToldNobody
		return store.Held(tx.Boxes.SaveChanged(ctx, b))
	})
}

// Void takes an opening back that nobody has confirmed: they count again, and open anew.
// Faults: those of access.Find, illegal_transition.
func (s *Service) Void(ctx context.Context, actor model.Actor, id model.BoxOpeningID) (model.BoxOpening, error) {
	return s.move(ctx, actor, id, model.VoidOpening, func(*store.Store, *model.BoxOpening) error { return nil })
}

func (s *Service) move(ctx context.Context, actor model.Actor, id model.BoxOpeningID, move model.BoxOpeningMove, do func(*store.Store, *model.BoxOpening) error) (model.BoxOpening, error) {
	if _, err := access.Find(ctx, s.access, actor, access.MailboxEnter, s.store.BoxOpenings.Get, id); err != nil {
		return model.BoxOpening{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.BoxOpening, error) {
		o, err := tx.BoxOpenings.GetLocked(ctx, id)
		if err != nil {
			return o, err
		}
		read := o.Version
		e, err := o.Step(move, actor.User, tx.Now())
		if err == nil {
			err = do(tx, &o)
		}
		if err == nil {
			err = store.Held(tx.BoxOpenings.SaveMoved(ctx, o, read))
		}
		if err != nil {
			return o, err
		}
		return o, follow(ctx, tx, actor, o, e)
	})
}

// follow writes the event of a step, and puts it on record.
func follow(ctx context.Context, tx *store.Store, actor model.Actor, o model.BoxOpening, e *model.BoxOpeningEvent) error {
	if err := tx.BoxOpeningEvents.Add(ctx, e); err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor, audit.Act{Action: "box." + string(e.Move), ObjectKind: "box_opening", ObjectID: o.ID, Unit: o.BranchID})
}

// Openings pages the openings of a box, newest first. Faults: those of access.Find.
func (s *Service) Openings(ctx context.Context, actor model.Actor, id model.BoxID, page model.Page) (model.Listing[model.BoxOpening], error) {
	if _, err := s.Get(ctx, actor, id); err != nil {
		return model.Listing[model.BoxOpening]{}, err
	}
	return s.store.BoxOpenings.ListByBox(ctx, id, page)
}

// Found is an opening with what became of its slips: what a sheet on the stairs says.
type Found struct {
	model.BoxOpening
	Slips []Told
}

// Opening is an opening with its slips. Faults: those of access.Find.
func (s *Service) Opening(ctx context.Context, actor model.Actor, id model.BoxOpeningID) (Found, error) {
	o, err := access.Find(ctx, s.access, actor, access.MailboxRead, s.store.BoxOpenings.Get, id)
	if err != nil {
		return Found{}, err
	}
	slips, err := s.store.Slips.ListByOpening(ctx, id)
	found := Found{BoxOpening: o}
	for _, slip := range slips {
		told, err := s.tell(ctx, slip)
		if err != nil {
			return found, err
		}
		found.Slips = append(found.Slips, told)
	}
	return found, err
}
