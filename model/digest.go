package model

import (
	"bytes"
	"database/sql/driver"
	"fmt"
)

// Digest is a hash that may be missing: none is NULL in the database, so that a unique key
// compares only those there are.
type Digest []byte

// Value stores the bytes; none are NULL.
func (d Digest) Value() (driver.Value, error) {
	if len(d) == 0 {
		return nil, nil
	}
	return []byte(d), nil
}

// Scan reads bytes or NULL.
func (d *Digest) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = nil
	case []byte:
		*d = bytes.Clone(v)
	default:
		return fmt.Errorf("model: a digest from %T", src)
	}
	return nil
}
