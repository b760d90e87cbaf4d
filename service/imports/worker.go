package imports

import (
	"context"
	"errors"

	"jinlin/model/fault"
	"jinlin/model/store"
)

// worker knows what the lines of one kind mean. It is used for one pass, or one transaction.
type worker interface {
	// look says what lines would do. It remembers what they name, and changes nothing else.
	look(ctx context.Context, s *store.Store, lines []line) ([]finding, error)
	// put does it. Fault: busy, when somebody else does the same.
	put(ctx context.Context, tx *store.Store, lines []line) ([]finding, error)
	// missing goes through what is in force where the lines that were looked at belong, and
	// that none of them names.
	missing(ctx context.Context, s *store.Store, each func(absent) error) error
	// end ends such things and says how many were still in force.
	end(ctx context.Context, tx *store.Store, gone []absent) (int, error)
}

// finding is what a line comes to.
type finding struct {
	change Change
	before []string // cells, of what changes
	wrong  *fault.Error
	column string
}

func wrong(f *fault.Error, column string) finding { return finding{wrong: f, column: column} }

// absent is something that a file does not have.
type absent struct {
	id    [16]byte
	shown func() map[string]string
}

// endless is part of workers of which nothing can be missing.
type endless struct{}

func (endless) missing(context.Context, *store.Store, func(absent) error) error { return nil }

func (endless) end(context.Context, *store.Store, []absent) (int, error) { return 0, nil }

func isDuplicate(err error) bool { return errors.Is(err, store.ErrDuplicate) }
