package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/audit"
)

// errMoved says that somebody else has moved the import on; there is nothing left to do.
var errMoved = errors.New("imports: it has moved on")

// pass is one way through an import's lines.
type pass struct {
	svc    *Service
	imp    model.Import
	kind   *kind
	report Report
}

func (p *pass) result() Result {
	imp := p.imp
	imp.Report = nil
	return Result{Import: imp, Report: p.report}
}

// save writes the import down, while it is still in that state.
func (p *pass) save(ctx context.Context, tx *store.Store, from model.ImportStatus) error {
	if err := p.sealReport(tx); err != nil {
		return err
	}
	moved, err := tx.Imports.SaveState(ctx, p.imp, from)
	if err == nil && !moved {
		err = errMoved
	}
	return err
}

// Work does what an import waits for. It bears being run twice and at the same time.
func (s *Service) Work(ctx context.Context, job model.Job) error {
	var id model.ImportID
	if err := json.Unmarshal(job.Payload, &id); err != nil {
		return err
	}
	for {
		again, err := s.step(ctx, id)
		if errors.Is(err, errMoved) {
			err = nil
		}
		if err != nil || !again {
			return err
		}
	}
}

// step checks an import, or applies what is left of it, and says whether something is left
// to do then.
func (s *Service) step(ctx context.Context, id model.ImportID) (again bool, err error) {
	imp, err := s.store.Imports.Get(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	if err != nil || !imp.Working() {
		return false, err
	}
	p := &pass{svc: s, imp: imp, kind: kinds[imp.Kind]}
	if err := p.openReport(s.store); err != nil {
		return false, err
	}
	if imp.Status == model.ImportChecking {
		return p.checkOut(ctx)
	}
	return false, p.applyChunks(ctx)
}

// checkOut checks, and goes on to applying where that is wanted and nothing is wrong.
func (p *pass) checkOut(ctx context.Context) (again bool, err error) {
	if err := p.check(ctx); err != nil {
		return false, err
	}
	err = p.svc.store.InTx(ctx, func(tx *store.Store) error {
		try := *p
		try.imp.Status = model.ImportChecked
		if err := try.save(ctx, tx, model.ImportChecking); err != nil {
			return err
		}
		if again = try.imp.ApplyUnasked && try.imp.Invalid == 0; again {
			return try.startApplying(ctx, tx)
		}
		return nil
	})
	return again, err
}

// check looks at every line and changes nothing but the pass.
func (p *pass) check(ctx context.Context) error {
	w, err := p.worker(ctx, p.svc.store)
	if err != nil {
		return err
	}
	for number := range p.imp.Chunks {
		lines, err := p.lines(ctx, p.svc.store, number)
		if err != nil {
			return err
		}
		found, err := w.look(ctx, p.svc.store, lines)
		if err != nil {
			return err
		}
		p.count(lines, found)
	}
	return w.missing(ctx, p.svc.store, func(m absent) error {
		if p.imp.Missing++; p.imp.Missing <= maxPreview {
			p.report.show(Preview{Change: Missing, Before: m.shown()})
		}
		return nil
	})
}

// count adds up what lines come to.
func (p *pass) count(lines []line, found []finding) {
	for i, f := range found {
		switch {
		case f.wrong != nil:
			p.imp.Invalid++
			p.report.wrong(Problem{Row: lines[i].Row, Column: f.column, Code: f.wrong.Code})
			continue
		case f.change == Added:
			p.imp.Added++
		case f.change == Changed:
			p.imp.Changed++
		default:
			p.imp.Unchanged++
			continue
		}
		p.report.show(Preview{Row: lines[i].Row, Change: f.change, Before: p.kind.masked(f.before), After: p.kind.masked(lines[i].Cells)})
	}
}

// startApplying begins, or goes on after a stop. From here on the counts are of what was
// done, so what the check foresaw is taken out of them.
func (p *pass) startApplying(ctx context.Context, tx *store.Store) error {
	from := p.imp.Status
	if p.imp.Status = model.ImportApplying; from == model.ImportReceiving || from == model.ImportChecked {
		p.imp.Added, p.imp.Changed, p.imp.Unchanged, p.imp.Ended = 0, 0, 0, 0
	}
	return p.save(ctx, tx, from)
}

// applyAll applies a short import in the transaction of whoever asks.
func (p *pass) applyAll(ctx context.Context, tx *store.Store) error {
	if err := p.startApplying(ctx, tx); err != nil {
		return err
	}
	for number := p.imp.AppliedChunks; number < p.imp.Chunks; number++ {
		if err := p.applyChunk(ctx, tx, number); err != nil {
			return err
		}
	}
	if err := p.endMissing(ctx, func(do func(tx *store.Store) error) error { return do(tx) }, tx); err != nil {
		return err
	}
	return p.finish(ctx, tx)
}

// applyChunks applies what is left, each chunk in a transaction of its own.
func (p *pass) applyChunks(ctx context.Context) error {
	s := p.svc.store
	own := func(do func(tx *store.Store) error) error { return s.InTx(ctx, do) }
	for number := p.imp.AppliedChunks; number < p.imp.Chunks; number++ {
		if stopped, err := p.stopped(ctx); stopped || err != nil {
			return err
		}
		before := *p
		if err := own(func(tx *store.Store) error {
			*p = before
			return p.applyChunk(ctx, tx, number)
		}); err != nil {
			return err
		}
	}
	if err := p.endMissing(ctx, own, s); err != nil {
		return err
	}
	p.svc.org.Forget()
	return own(func(tx *store.Store) error { return p.finish(ctx, tx) })
}

// stopped ends an application whose author has lost the authority meanwhile.
func (p *pass) stopped(ctx context.Context) (bool, error) {
	err := p.svc.access.Require(ctx, model.Actor{User: p.imp.ActorID}, p.kind.action, p.imp.UnitID)
	if !errors.Is(err, fault.ErrForbidden) && !errors.Is(err, fault.ErrNotFound) {
		return false, err
	}
	return true, p.svc.store.InTx(ctx, func(tx *store.Store) error {
		imp, err := tx.Imports.GetLocked(ctx, p.imp.ID)
		if err != nil {
			return err
		}
		imp.Status = model.ImportStopped
		_, err = tx.Imports.SaveState(ctx, imp, model.ImportApplying)
		return err
	})
}

// applyChunk applies one chunk if nobody else has.
func (p *pass) applyChunk(ctx context.Context, tx *store.Store, number int) error {
	taken, err := tx.Imports.TakeChunk(ctx, p.imp.ID, number)
	if err != nil {
		return err
	}
	if !taken {
		return errMoved
	}
	w, err := p.worker(ctx, tx)
	if err != nil {
		return err
	}
	lines, err := p.lines(ctx, tx, number)
	if err != nil {
		return err
	}
	found, err := w.put(ctx, tx, lines)
	if err != nil {
		return err
	}
	var counts store.ImportCounts
	for i, f := range found {
		switch {
		case f.wrong != nil && !p.known(lines[i].Row):
			counts.Invalid++
			p.report.wrong(Problem{Row: lines[i].Row, Column: f.column, Code: f.wrong.Code})
		case f.wrong != nil: // the check has counted it
		case f.change == Added:
			counts.Added++
		case f.change == Changed:
			counts.Changed++
		default:
			counts.Unchanged++
		}
	}
	if counts.Invalid > 0 {
		if err := p.sealReport(tx); err != nil {
			return err
		}
		if err := tx.Imports.SaveReport(ctx, p.imp); err != nil {
			return err
		}
	}
	return p.give(ctx, tx, counts)
}

// known says whether the check has already found something wrong with a row. Beyond the
// problems that are kept nobody knows, and the row is taken for known.
func (p *pass) known(row int) bool {
	for _, problem := range p.report.Problems {
		if problem.Row == row {
			return true
		}
	}
	return p.report.More > 0
}

func (p *pass) give(ctx context.Context, tx *store.Store, c store.ImportCounts) error {
	p.imp.Added += c.Added
	p.imp.Changed += c.Changed
	p.imp.Unchanged += c.Unchanged
	p.imp.Invalid += c.Invalid
	p.imp.Ended += c.Ended
	given, err := tx.Imports.GiveCounts(ctx, p.imp.ID, c)
	if err == nil && !given {
		err = errMoved
	}
	return err
}

// endMissing ends what the file does not have, if that was asked for. It looks at the lines
// again, and ends at most 1,000 things in a transaction; done twice it finds nothing.
func (p *pass) endMissing(ctx context.Context, own func(func(*store.Store) error) error, s *store.Store) error {
	if !p.imp.EndMissing {
		return nil
	}
	w, err := p.worker(ctx, s)
	if err != nil {
		return err
	}
	for number := range p.imp.Chunks {
		lines, err := p.lines(ctx, s, number)
		if err != nil {
			return err
		}
		if _, err := w.look(ctx, s, lines); err != nil {
			return err
		}
	}
	var batch []absent
	end := func() error {
		return own(func(tx *store.Store) error {
			n, err := w.end(ctx, tx, batch)
			if err != nil {
				return err
			}
			return p.give(ctx, tx, store.ImportCounts{Ended: n})
		})
	}
	err = w.missing(ctx, s, func(m absent) error {
		if batch = append(batch, m); len(batch) < chunkLines {
			return nil
		}
		defer func() { batch = batch[:0] }()
		return end()
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return end()
}

// finish closes an applied import and forgets its lines.
func (p *pass) finish(ctx context.Context, tx *store.Store) error {
	imp, err := tx.Imports.GetLocked(ctx, p.imp.ID)
	if err != nil {
		return err
	}
	if imp.Status != model.ImportApplying || imp.AppliedChunks != imp.Chunks {
		return errMoved
	}
	now := tx.Now()
	imp.Status, imp.AppliedAt = model.ImportApplied, &now
	p.imp = imp
	if err := p.save(ctx, tx, model.ImportApplying); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, model.Actor{User: imp.ActorID}, audit.Act{
		Action: "import.applied", ObjectKind: "import", ObjectID: imp.ID, Unit: imp.UnitID,
		Detail: fmt.Sprintf("%s: %d added, %d changed, %d ended", imp.Kind, imp.Added, imp.Changed, imp.Ended),
	}); err != nil {
		return err
	}
	return tx.ImportChunks.Delete(ctx, imp.ID)
}
