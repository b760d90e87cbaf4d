// Package rotation brings everything that is sealed under a new field key, while people go
// on working.
//
// A new key is added behind the others in the configuration. New values come under it at
// once, and what stands under another one opens and is found as before. A pass goes through
// all sealed values in small transactions and changes a row only if it still is what was
// read: any number of passes may run at once, and one that dies is begun anew and skips what
// is done. A key may be retired when nothing stands under it any more.
//
// Of a door code only the hash is kept, which nobody can make anew: it comes under the new
// key when staff renew the code, and does not hold any more once its key is retired.
package rotation

import (
	"context"
	"fmt"

	"jinlin/model/store"
)

// Service knows how the keyed hashes of each table are made.
type Service struct {
	store  *store.Store
	hashes map[string]store.Reindex
}

// New makes the service. hashes are by table.
func New(s *store.Store, hashes map[string]store.Reindex) *Service {
	return &Service{store: s, hashes: hashes}
}

// Pass goes once through everything, until ready says that it is enough.
func (s *Service) Pass(ctx context.Context, ready func() bool) (total store.Resealed, err error) {
	for _, table := range store.Vaults() {
		r, err := s.store.Reseal(ctx, table, s.hashes[table], ready)
		total.Moved, total.Clashes, total.Broken = total.Moved+r.Moved, total.Clashes+r.Clashes, total.Broken+r.Broken
		if err != nil {
			return total, fmt.Errorf("rotation of %s: %w", table, err)
		}
	}
	return total, nil
}

// Table is how a table stands.
type Table struct {
	Name string
	store.Standing
}

// Standing says of each table how many rows stand under another key than the current one,
// leaving out those with none.
func (s *Service) Standing(ctx context.Context) (behind []Table, err error) {
	for _, name := range store.Vaults() {
		standing, err := s.store.CountStale(ctx, name, s.hashes[name])
		if err != nil {
			return nil, fmt.Errorf("counting %s: %w", name, err)
		}
		if standing != (store.Standing{}) {
			behind = append(behind, Table{name, standing})
		}
	}
	return behind, nil
}

// Several says whether there is anything to rotate at all.
func (s *Service) Several() bool { return s.store.Keys().Several() }

// Key names the key that new values come under.
func (s *Service) Key() string { return s.store.Keys().Name() }
