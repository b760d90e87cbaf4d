package model

import (
	"bytes"
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"

	"jinlin/model/fault"
)

// ID is a UUID that knows what it names: an ID[User] cannot be passed where an
// ID[Unit] is wanted. It is 16 bytes in the database and canonical text outside. But for a
// RandomID it is a UUIDv7, from which anybody reads when it was made.
// The zero ID means "none" and is NULL in the database.
type ID[T any] [16]byte

// ErrInvalidID is a fault for text that is no id.
var ErrInvalidID = fault.Define(fault.Invalid, "invalid_id",
	"编号格式不正确。", "This is not a valid id.")

// NewID makes an id that sorts by the time given, so that a list in order of
// ids is a list in order of time. Within one millisecond the order is random.
func NewID[T any](at time.Time) ID[T] {
	var id ID[T]
	_, _ = rand.Read(id[:]) // never fails, see crypto/rand
	ms := uint64(at.UnixMilli())
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], ms<<16)
	copy(id[:6], head[:6])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// RandomID makes an id that tells nothing, a UUIDv4, for what must not say when it was made.
func RandomID[T any]() ID[T] { return ID[T](uuid.New()) }

// FirstID is before every id made at that time or later.
func FirstID[T any](at time.Time) (id ID[T]) {
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], uint64(at.UnixMilli())<<16)
	copy(id[:6], head[:6])
	return id
}

// Time is when an id that is not random was made, in whole milliseconds UTC.
func (id ID[T]) Time() time.Time {
	var head [8]byte
	copy(head[2:], id[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(head[:]))).UTC()
}

// ParseID reads canonical text. Fault: invalid_id.
func ParseID[T any](text string) (ID[T], error) {
	if len(text) != 36 {
		return ID[T]{}, ErrInvalidID
	}
	u, err := uuid.Parse(text)
	if err != nil {
		return ID[T]{}, ErrInvalidID
	}
	return ID[T](u), nil
}

// Compare orders ids by when they were made.
func (id ID[T]) Compare(other ID[T]) int { return bytes.Compare(id[:], other[:]) }

// IsZero says whether it names nothing.
func (id ID[T]) IsZero() bool { return id == ID[T]{} }

// String gives canonical text, and "" for the zero id.
func (id ID[T]) String() string {
	if id.IsZero() {
		return ""
	}
	return uuid.UUID(id).String()
}

// MarshalText gives canonical text.
func (id ID[T]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads canonical text; empty text is the zero id. Fault: invalid_id.
func (id *ID[T]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID[T]{}
		return nil
	}
	parsed, err := ParseID[T](string(text))
	*id = parsed
	return err
}

// Value stores the 16 bytes; the zero id is NULL.
func (id ID[T]) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id[:], nil
}

// Scan reads 16 bytes or NULL.
func (id *ID[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID[T]{}
	case []byte:
		if len(v) != 16 {
			return fmt.Errorf("model: an id of %d bytes", len(v))
		}
		copy(id[:], v)
	case string:
		return id.Scan([]byte(v))
	default:
		return fmt.Errorf("model: an id from %T", src)
	}
	return nil
}
