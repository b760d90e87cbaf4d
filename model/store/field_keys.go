package store

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
)

// ErrWrongKey says that a version of the field key is not the one that this database knows
// under that number: what is sealed would not open, and what is looked for would not be found.
var ErrWrongKey = errors.New("is not the field key that this database was sealed with")

type fieldKeys struct{ table[model.FieldKey] }

// ProveKeys is CheckKeys, after a proof was left of each version that the database meets for
// the first time.
func (s *Store) ProveKeys(ctx context.Context) error {
	for _, k := range s.keys.known {
		row := model.FieldKey{Mark: int(k.mark), Proof: k.proof(), CreatedAt: s.Now()}
		if _, err := s.fieldKeys.one(ctx, "mark = ?", row.Mark); !errors.Is(err, fault.ErrNotFound) {
			continue // an error comes again in CheckKeys
		}
		if err := s.fieldKeys.Add(ctx, &row); err != nil && !errors.Is(err, ErrDuplicate) { // another start is as fast
			return err
		}
	}
	return s.CheckKeys(ctx)
}

// CheckKeys holds each known version of the field key against what the database knows of it,
// and changes nothing. Error: ErrWrongKey, naming the version.
func (s *Store) CheckKeys(ctx context.Context) error {
	for _, k := range s.keys.known {
		row, err := s.fieldKeys.one(ctx, "mark = ?", int(k.mark))
		switch {
		case errors.Is(err, fault.ErrNotFound): // nothing is sealed under it yet
		case err != nil:
			return err
		case !hmac.Equal(row.Proof, k.proof()):
			return fmt.Errorf("version %d %w", k.mark&^markSM, ErrWrongKey)
		}
	}
	return nil
}

func (k *key) proof() []byte { return k.of("field_keys.proof", "") }
