// Package imports brings files of lines into the county: units, households, rosters, staff.
//
// A file is read once, row by row, and its lines are written down sealed, in chunks of 500.
// Then they are checked against what there is: which lines would add or change something,
// which are wrong and why, and what is in force in the places the file is about and not in
// the file. That is the dry run, and it changes nothing. Applying brings in exactly the
// lines that were written down; what became of the county meanwhile is judged anew, and a
// line that no longer fits is left out and named.
//
// A file of up to 1,000 lines is answered at once, and applied in one transaction: all or
// nothing, for readers too. A longer one is a job. It is applied chunk by chunk in the order
// of the file, each in one transaction that also moves the count of chunks, so that a chunk
// happens once however often the job dies and whoever else tries; meanwhile readers see the
// county with part of the file. A check that dies begins anew, which is harmless.
//
// Lines are known by natural keys, so the same file again changes nothing. Nothing is ended
// because a file lacks it unless whoever applies it asks for that. Nothing wrong is skipped
// unless they ask for that. Lines and report are forgotten after seven days, the lines of an
// applied import at once.
//
// All lines must lie within one unit, in which whoever sends or applies the file has
// authority; that is asked again before every chunk.
package imports

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/grant"
	"jinlin/service/org"
)

// Job works on an import; its payload is the import's id.
const Job = "imports.work"

const (
	chunkLines = 500
	atOnce     = 2   // chunks of a file that is answered at once
	maxChunks  = 400 // 200,000 lines
	maxBytes   = 50 << 20
	readers    = 2 // files read at the same time by one process
	keep       = 7 * 24 * time.Hour
	abandoned  = time.Hour // after which a file that nobody finished sending is forgotten
)

// Faults of a file as a whole; those of its lines are in lines.go.
var (
	// ErrTooLarge is a fault: more than 50 MiB.
	ErrTooLarge = fault.Define(fault.TooLarge, "import_too_large",
		"文件超过 50 MB。", "The file has more than 50 MiB.")
	// ErrTooMany is a fault: more than 200,000 lines.
	ErrTooMany = fault.Define(fault.TooLarge, "import_too_many_lines",
		"文件超过 20 万行，请拆分后导入。", "The file has more than 200,000 lines. Split it.")
	// ErrColumns is a fault: columns that must be there are missing; the fields name them.
	ErrColumns = fault.Define(fault.Invalid, "column_missing",
		"缺少必需的列，请使用模板中的列名。", "Columns are missing. Use the column names of the template.")
	// ErrWrongLines is a fault: some lines are wrong, and nobody said to skip them.
	ErrWrongLines = fault.Define(fault.Conflict, "import_has_errors",
		"文件中有错误行，请改正后重新上传，或选择跳过错误行。", "Some lines are wrong. Correct the file, or say that they are to be skipped.")
	// ErrCannotEnd is a fault: units and roles do not end because a file lacks them.
	ErrCannotEnd = fault.Define(fault.Invalid, "cannot_end_missing",
		"此类导入不能终止文件中没有的记录。", "An import of this kind cannot end what the file lacks.")
)

// Service takes imports in.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	grants  *grant.Service
	reading chan struct{}
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, g *grant.Service) *Service {
	return &Service{store: s, access: a, org: o, grants: g, reading: make(chan struct{}, readers)}
}

// NewImport is a file that somebody sends.
type NewImport struct {
	Kind   model.ImportKind
	UnitID model.UnitID // zero: the top of the sender's authority
	DryRun bool
	File   io.Reader
}

// Result is an import with its report.
type Result struct {
	model.Import
	Report Report
}

// Create takes a file in. A short one comes back checked or applied, a long one while a job
// works on it. Faults: unauthenticated, forbidden, not_found, busy, import_too_large,
// import_too_many_lines, column_missing, and those of package sheet.
func (s *Service) Create(ctx context.Context, actor model.Actor, n NewImport) (Result, error) {
	k, unit, err := s.permitted(ctx, actor, n.Kind, n.UnitID)
	if err != nil {
		return Result{}, err
	}
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	default:
		return Result{}, fault.ErrBusy
	}
	file, err := spool(n.File)
	if err != nil {
		return Result{}, err
	}
	defer file.discard()
	if key := model.OnceKeyFrom(ctx); key != nil { // the file is part of the request
		sum := sha256.Sum256(slices.Concat(key.Hash, file.digest))
		key.Hash = sum[:]
	}
	now := s.store.Now()
	imp := model.Import{
		ID: model.NewID[model.Import](now), Kind: n.Kind, UnitID: unit, ActorID: actor.User, Status: model.ImportReceiving,
		Digest: file.digest, ApplyUnasked: !n.DryRun, Report: []byte{}, CreatedAt: now, ExpiresAt: now.Add(abandoned),
	}
	p := &pass{svc: s, imp: imp, kind: k}
	if err := p.receive(ctx, file); err != nil {
		return Result{}, errors.Join(err, s.forget(ctx, imp.ID))
	}
	out, err := s.received(ctx, actor, p)
	if err != nil || out.ID != imp.ID { // another request with the same key was first
		return out, errors.Join(err, s.forget(ctx, imp.ID))
	}
	return out, nil
}

// received makes what was written down visible: checked, and applied if that was wanted,
// or with a job that will do so.
func (s *Service) received(ctx context.Context, actor model.Actor, p *pass) (Result, error) {
	small := p.imp.Chunks <= atOnce
	if small {
		if err := p.check(ctx); err != nil {
			return Result{}, err
		}
	}
	written := *p
	out, err := store.Once(ctx, s.store, func(tx *store.Store) (Result, error) {
		try := written // a transaction may be tried again
		try.imp.ExpiresAt = tx.Now().Add(keep)
		try.imp.Status = model.ImportChecking
		if small {
			try.imp.Status = model.ImportChecked
		}
		if err := try.save(ctx, tx, model.ImportReceiving); err != nil {
			return Result{}, err
		}
		if err := audit.Record(ctx, tx, actor, audit.Act{
			Action: "import.create", ObjectKind: "import", ObjectID: try.imp.ID, Unit: try.imp.UnitID,
			Detail: fmt.Sprintf("%s, %d lines", try.imp.Kind, try.imp.LineCount),
		}); err != nil {
			return Result{}, err
		}
		if !small {
			return try.result(), enqueue(ctx, tx, try.imp.ID)
		}
		if try.imp.ApplyUnasked && try.imp.Invalid == 0 {
			if err := try.applyAll(ctx, tx); err != nil {
				return Result{}, err
			}
		}
		return try.result(), nil
	})
	if err == nil && out.Status == model.ImportApplied {
		s.org.Forget()
	}
	return out, err
}

func enqueue(ctx context.Context, tx *store.Store, id model.ImportID) error {
	return tx.Jobs.Put(ctx, model.Job{Kind: Job, Payload: []byte(`"` + id.String() + `"`)})
}

// permitted finds the kind and the unit of a new import, if the actor has authority there.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) permitted(ctx context.Context, actor model.Actor, slug model.ImportKind, unit model.UnitID) (*kind, model.UnitID, error) {
	k, known := kinds[slug]
	if !known {
		return nil, unit, fault.ErrNotFound
	}
	tops, err := s.access.Units(ctx, actor, k.action)
	if err != nil {
		return nil, unit, err
	}
	if unit.IsZero() {
		unit = tops[0]
	}
	return k, unit, s.access.Require(ctx, actor, k.action, unit)
}

// Get reads one with its report. Faults: unauthenticated, forbidden, not_found.
func (s *Service) Get(ctx context.Context, actor model.Actor, id model.ImportID) (Result, error) {
	if _, err := s.access.Units(ctx, actor, access.RosterImport); err != nil { // or forbidden would tell what exists
		return Result{}, err
	}
	imp, err := s.store.Imports.Get(ctx, id)
	if err != nil {
		return Result{}, err
	}
	if imp.Status == model.ImportReceiving {
		return Result{}, fault.ErrNotFound
	}
	if _, _, err := s.permitted(ctx, actor, imp.Kind, imp.UnitID); errors.Is(err, fault.ErrForbidden) {
		return Result{}, fault.ErrNotFound
	} else if err != nil {
		return Result{}, err
	}
	p := &pass{svc: s, imp: imp}
	if err := p.openReport(s.store); err != nil {
		return Result{}, err
	}
	return p.result(), nil
}

// List pages the imports of a unit, newest first, without their reports; the zero unit is
// the top of the actor's authority. Faults: unauthenticated, forbidden, not_found.
func (s *Service) List(ctx context.Context, actor model.Actor, unit model.UnitID, page model.Page) (model.Listing[model.Import], error) {
	_, unit, err := s.permitted(ctx, actor, model.ImportRoster, unit)
	if err != nil {
		return model.Listing[model.Import]{}, err
	}
	return s.store.Imports.List(ctx, unit, page)
}

// Application is how a checked import is to be applied.
type Application struct {
	SkipInvalid bool // leave wrong lines out
	EndMissing  bool // end what the file does not have
}

// Apply brings in what was checked: at once if it is short, by a job if not. Faults:
// unauthenticated, forbidden, not_found, illegal_transition, import_has_errors,
// cannot_end_missing.
func (s *Service) Apply(ctx context.Context, actor model.Actor, id model.ImportID, how Application) (Result, error) {
	before, err := s.Get(ctx, actor, id)
	if err != nil {
		return Result{}, err
	}
	k := kinds[before.Kind]
	if how.EndMissing && !k.endable {
		return Result{}, ErrCannotEnd
	}
	out, err := store.Once(ctx, s.store, func(tx *store.Store) (Result, error) {
		imp, err := tx.Imports.GetLocked(ctx, id)
		if err != nil {
			return Result{}, err
		}
		if err := imp.MayApply(); err != nil {
			return Result{}, err
		}
		if imp.Invalid > 0 && !how.SkipInvalid {
			return Result{}, ErrWrongLines
		}
		imp.ActorID, imp.SkipInvalid, imp.EndMissing = actor.User, how.SkipInvalid, how.EndMissing
		if err := audit.Record(ctx, tx, actor, audit.Act{
			Action: "import.apply", ObjectKind: "import", ObjectID: imp.ID, Unit: imp.UnitID,
			Detail: fmt.Sprintf("%s, %d lines", imp.Kind, imp.LineCount),
		}); err != nil {
			return Result{}, err
		}
		p := &pass{svc: s, imp: imp, kind: k}
		if err := p.openReport(tx); err != nil {
			return Result{}, err
		}
		if imp.Chunks <= atOnce {
			return p.applied(ctx, tx)
		}
		if err := p.startApplying(ctx, tx); err != nil {
			return Result{}, err
		}
		return p.result(), enqueue(ctx, tx, id)
	})
	if err == nil && out.Status == model.ImportApplied {
		s.org.Forget()
	}
	return out, err
}

func (p *pass) applied(ctx context.Context, tx *store.Store) (Result, error) {
	err := p.applyAll(ctx, tx)
	return p.result(), err
}

// Tidy forgets lines and reports whose time is over, a bounded number of imports at a time.
func (s *Service) Tidy(ctx context.Context) error {
	old, err := s.store.Imports.ListExpired(ctx, s.store.Now(), model.MaxLimit)
	if err != nil {
		return err
	}
	for _, imp := range old {
		if imp.Status == model.ImportReceiving {
			if err := s.forget(ctx, imp.ID); err != nil {
				return err
			}
			continue
		}
		if err := s.store.InTx(ctx, func(tx *store.Store) error {
			if err := tx.ImportChunks.Delete(ctx, imp.ID); err != nil {
				return err
			}
			return tx.Imports.SaveExpired(ctx, imp)
		}); err != nil {
			return err
		}
	}
	return nil
}

// forget removes an import that nobody has seen.
func (s *Service) forget(ctx context.Context, id model.ImportID) error {
	ctx = context.WithoutCancel(ctx)
	return s.store.InTx(ctx, func(tx *store.Store) error {
		unseen, err := tx.Imports.Delete(ctx, id)
		if err != nil || !unseen {
			return err
		}
		return tx.ImportChunks.Delete(ctx, id)
	})
}
