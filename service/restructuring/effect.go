package restructuring

import (
	"context"
	"errors"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/audit"
	"jinlin/service/county"
	"jinlin/service/org"
	"jinlin/service/tenure"
)

// effect lets an approved restructuring be so from today on.
// Faults: illegal_transition, not_due, rules_broken, open_work, too_much_work.
func (s *Service) effect(ctx context.Context, tx *store.Store, actor model.Actor, r *model.Restructuring) error {
	if err := move(ctx, tx, actor, r, model.EffectRestructuring, ""); err != nil {
		return err
	}
	today := model.DateOf(tx.Now())
	if r.EffectiveOn > today {
		return ErrNotDue
	}
	// From here on nobody begins anything in a branch of the plan; what was begun is there.
	if _, err := tx.Units.ListLocked(ctx, touched(r.Planned())); err != nil {
		return err
	}
	before, err := county.ReadPicture(ctx, tx, today)
	if err != nil {
		return err
	}
	sh := outline(before, *r, today)
	if err := refusal(sh); err != nil {
		return err
	}
	waiting, err := s.waiting(ctx, tx, sh)
	if err == nil {
		err = unsettled(waiting)
	}
	if err != nil {
		return err
	}
	if err := sh.write(ctx, tx, actor, *r); err != nil {
		return err
	}
	if err := s.handOver(ctx, tx, actor, sh, waiting); err != nil {
		return err
	}
	if err := proved(ctx, tx, sh); err != nil {
		return err
	}
	r.EffectedOn = &today
	r.SetOutcome(sh.diff(r.UnitID))
	return nil
}

// touched are the units of a plan that exist, each once.
func touched(p model.RestructuringPlan) (ids []model.UnitID) {
	for _, b := range p.Branches {
		if !b.New {
			ids = append(ids, b.ID)
		}
		ids = append(ids, b.Estates...)
		if !b.GridID.IsZero() {
			ids = append(ids, b.GridID)
		}
	}
	for _, d := range p.Dissolved {
		ids = append(ids, d.BranchID, d.SuccessorID)
	}
	slices.SortFunc(ids, model.UnitID.Compare)
	return slices.Compact(ids)
}

// proved reads what was written and holds it against the rules: what was judged before is
// a picture, this is the county. Fault: rules_broken.
func proved(ctx context.Context, tx *store.Store, sh *shape) error {
	now, err := county.ReadPicture(ctx, tx, sh.day)
	if err != nil {
		return err
	}
	if worse := now.Worse(sh.after); len(worse) > 0 {
		o := worse[0]
		return ErrRules.WithFields(fault.Field{Path: o.Unit.Name, Code: o.Rule, Message: fault.Text{ZH: o.Sentence, EN: o.Rule}})
	}
	return nil
}

// write makes it so. What ends goes first: the unique keys of covers must be free.
func (sh *shape) write(ctx context.Context, tx *store.Store, actor model.Actor, r model.Restructuring) error {
	w := &writer{shape: sh, tx: tx, actor: actor, r: r}
	for _, step := range []func(context.Context) error{
		w.release, w.dissolve, w.endGroups, w.found, w.change, w.lead, w.bind, w.moveGroups, w.serve, w.remember,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writer writes a shape in a transaction.
type writer struct {
	*shape
	tx    *store.Store
	actor model.Actor
	r     model.Restructuring
}

func (w *writer) note() string { return "组织设置调整：" + w.r.Title }

// release ends the covers that go elsewhere.
func (w *writer) release(ctx context.Context) error {
	for _, m := range w.moved {
		for _, from := range m.from {
			if _, err := w.tx.Covers.SaveEnded(ctx, from.ID, m.estate.ID, w.day); err != nil {
				return err
			}
		}
	}
	for _, g := range w.grids {
		for _, left := range g.left {
			if _, err := w.tx.Covers.SaveEnded(ctx, g.branch, left.ID, w.day); err != nil {
				return err
			}
		}
		for _, from := range g.from {
			if _, err := w.tx.Covers.SaveEnded(ctx, from.ID, g.grid, w.day); err != nil {
				return err
			}
		}
	}
	return nil
}

// dissolve ends branches with their secretaries, roles and covers.
func (w *writer) dissolve(ctx context.Context) error {
	for _, d := range w.dissolved {
		if err := tenure.EndWithBranch(ctx, w.tx, d.ID, w.note()); err != nil {
			return err
		}
		if err := w.end(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) end(ctx context.Context, u model.Unit) error {
	if err := w.tx.Grants.SaveUnitEnded(ctx, u.ID, w.tx.Now()); err != nil {
		return err
	}
	_, err := org.End(ctx, w.tx, u, w.day)
	return err
}

func (w *writer) endGroups(ctx context.Context) error {
	for _, g := range w.groups {
		if !g.to.IsZero() {
			continue
		}
		if err := w.end(ctx, g.group); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) found(ctx context.Context) error {
	rows := make([]*model.Unit, len(w.founded))
	for i, u := range w.founded {
		u.CreatedAt = w.tx.Now()
		rows[i] = &u
	}
	return w.tx.Units.Add(ctx, rows...)
}

// change lets branches be called otherwise. A type that changes is part of the keys of what
// the branch leads: those covers begin anew.
func (w *writer) change(ctx context.Context) error {
	for _, c := range w.changed {
		_, err := org.Amend(ctx, w.tx, c.before, org.Amendment{By: w.actor.User, Fields: map[model.UnitField]string{
			model.FieldName: c.after.Name, model.FieldBranchType: string(c.after.BranchType),
			model.FieldAddress: c.after.Address, model.FieldPhone: c.after.Phone,
		}})
		if err != nil {
			return err
		}
		if c.before.BranchType == c.after.BranchType {
			continue
		}
		for _, e := range w.before.Under(c.after.ID, model.Estate) {
			if !w.after.Leads(c.after.ID, e.ID) {
				continue
			}
			if _, err := w.tx.Covers.SaveEnded(ctx, c.after.ID, e.ID, w.day); err != nil {
				return err
			}
			if err := w.put(ctx, c.after.ID, e.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// put lets a unit cover another from today on.
func (w *writer) put(ctx context.Context, unit, covered model.UnitID) error {
	over, _ := w.after.Unit(unit)
	under, _ := w.after.Unit(covered)
	err := w.tx.Covers.Put(ctx, model.NewCover(over, under, w.day))
	if errors.Is(err, store.ErrDuplicate) {
		err = county.ErrCovered
	}
	return err
}

// lead gives estates to those who lead them from now on.
func (w *writer) lead(ctx context.Context) error {
	for _, m := range w.moved {
		if m.to.IsZero() {
			continue
		}
		if err := w.put(ctx, m.to, m.estate.ID); err != nil {
			return err
		}
	}
	return nil
}

// bind binds joint branches to their grids, with all buildings of their estates.
func (w *writer) bind(ctx context.Context) error {
	for _, g := range w.grids {
		if g.grid.IsZero() {
			continue
		}
		if !slices.ContainsFunc(w.before.Over(g.grid, model.Branch), func(b model.Unit) bool { return b.ID == g.branch }) {
			if err := w.put(ctx, g.branch, g.grid); err != nil {
				return err
			}
		}
		if err := w.regrid(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) regrid(ctx context.Context, g gridMove) error {
	outside, err := w.tx.Units.ListOutside(ctx, g.grid, g.estates, w.day)
	if err != nil || len(outside) == 0 {
		return err
	}
	ids := make([]model.UnitID, len(outside))
	for i, b := range outside {
		ids[i] = b.ID
	}
	if err := w.tx.Covers.SaveGridsEnded(ctx, ids, w.day); err != nil {
		return err
	}
	grid, _ := w.after.Unit(g.grid)
	for _, id := range ids {
		if err := w.tx.Covers.Put(ctx, model.NewCover(grid, model.Unit{ID: id, Kind: model.Building}, w.day)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) moveGroups(ctx context.Context) error {
	for _, g := range w.groups {
		if g.to.IsZero() {
			continue
		}
		_, err := org.Amend(ctx, w.tx, g.group, org.Amendment{By: w.actor.User, Fields: map[model.UnitField]string{
			model.FieldParent: g.to.String(), model.FieldSuperior: g.to.String(),
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) serve(ctx context.Context) error {
	for _, s := range w.served {
		if err := w.put(ctx, s.station, s.branch); err != nil {
			return err
		}
	}
	return nil
}

// remember writes down who took over from whom.
func (w *writer) remember(ctx context.Context) error {
	var rows []*model.Lineage
	for _, d := range w.dissolved {
		for i, heir := range w.heirs[d.ID] {
			rows = append(rows, &model.Lineage{
				PredecessorID: d.ID, SuccessorID: heir, RestructuringID: w.r.ID, ValidFrom: w.day, Main: i == 0,
			})
		}
	}
	return w.tx.Lineages.Add(ctx, rows...)
}

const dueBatch = 20

// EffectDue lets those take effect whose day has come, and says how many did. One that
// something is in the way of is noted and tried again tomorrow. It may be repeated, and by
// two at once.
func (s *Service) EffectDue(ctx context.Context) (effected int, err error) {
	defer s.org.Forget()
	due := model.Drain(func() ([]model.Restructuring, error) {
		return s.store.Restructurings.ListDue(ctx, model.DateOf(s.store.Now()), dueBatch)
	})
	for r, err := range due {
		if err != nil {
			return effected, err
		}
		err := s.effectOne(ctx, r.ID)
		if err == nil {
			effected++
			continue
		}
		if fault.KindOf(err) == fault.Conflict {
			err = s.obstruct(ctx, r.ID, err)
		}
		if err != nil {
			return effected, err
		}
	}
	return effected, nil
}

func (s *Service) effectOne(ctx context.Context, id model.RestructuringID) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		r, err := tx.Restructurings.GetLocked(ctx, id)
		if err != nil {
			return err
		}
		read := r.Version
		if err := s.effect(ctx, tx, model.Actor{}, &r); err != nil {
			return err
		}
		return save(ctx, tx, r, read)
	})
}

// obstruct notes what was in the way, once a day, and tells those who made the plan.
// Somebody who was faster is none.
func (s *Service) obstruct(ctx context.Context, id model.RestructuringID, why error) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		r, err := tx.Restructurings.GetLocked(ctx, id)
		today := model.DateOf(tx.Now())
		if err != nil || r.Status != model.RestructuringApproved || r.TriedOn != nil && *r.TriedOn == today {
			return err
		}
		read, f := r.Version, fault.From(why)
		event, err := r.Step(model.ObstructRestructuring, model.UserID{}, said(f), tx.Now())
		if err != nil {
			return err
		}
		r.TriedOn = &today
		if err := errors.Join(tx.RestructuringEvents.Add(ctx, event), audit.Record(ctx, tx, model.Actor{}, act(model.ObstructRestructuring, r))); err != nil {
			return err
		}
		for _, user := range []model.UserID{r.DraftedBy, r.ReviewedBy} {
			if err := s.notices.Tell(ctx, tx, obstructed(r, user, f, today)); err != nil {
				return err
			}
		}
		return save(ctx, tx, r, read)
	})
}

// mostSaid is how long a note may be, in characters.
const mostSaid = 1000

// said is a fault with what it names, as far as it fits into a note.
func said(f *fault.Error) string {
	lines := []string{f.Message.ZH}
	for _, field := range f.Fields {
		lines = append(lines, field.Message.ZH)
	}
	text := []rune(strings.Join(lines, "\n"))
	return string(text[:min(len(text), mostSaid)])
}

func obstructed(r model.Restructuring, user model.UserID, f *fault.Error, day model.Date) model.Notice {
	return model.Notice{
		User: user, Kind: "restructuring",
		Title: fault.Text{ZH: "组织设置调整未能生效", EN: "A restructuring could not take effect"},
		Text: fault.Text{
			ZH: "“" + r.Title + "”今天未能生效：" + f.Message.ZH + "处理后可立即生效，否则系统明天再试。",
			EN: "“" + r.Title + "” did not take effect today: " + f.Message.EN + " Mend it and let it take effect, or it is tried again tomorrow.",
		},
		Link: "pages/organisation/restructuring?id=" + r.ID.String(),
		Key:  "restructuring/" + r.ID.String() + "/" + string(day),
	}
}
