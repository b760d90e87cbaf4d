package model

import (
	"encoding/base64"
	"encoding/binary"
	"iter"
	"time"

	"jinlin/model/fault"
)

// Lists are paged by keyset: a page says after which key it starts, so that no
// page costs more than the first and nothing is skipped or doubled while rows
// come and go.
const (
	DefaultLimit = 20
	MaxLimit     = 100
)

// ErrInvalidCursor is a fault for a cursor that no list of ours gave out.
var ErrInvalidCursor = fault.Define(fault.Invalid, "invalid_cursor",
	"翻页标记无效，请从第一页重新开始。", "This cursor is not valid. Start from the first page.")

// Cursor is the key of the last row seen: the list's time column and the row's id.
// Lists in order of ids alone leave At zero.
type Cursor struct {
	At time.Time
	ID [16]byte
}

// Page asks for part of a list.
type Page struct {
	Limit int     // rows wanted; 0 means DefaultLimit
	After *Cursor // nil starts at the beginning
}

// Size is the limit within its bounds.
func (p Page) Size() int {
	switch {
	case p.Limit <= 0:
		return DefaultLimit
	case p.Limit > MaxLimit:
		return MaxLimit
	}
	return p.Limit
}

// Listing is one page of a list and where the next one starts.
type Listing[T any] struct {
	Items []T
	Next  *Cursor // nil at the end
}

// Cut makes a listing of rows read with one more than the page's size, so that
// it is known whether another page follows. key gives a row's cursor.
func Cut[T any](rows []T, size int, key func(T) Cursor) Listing[T] {
	if len(rows) <= size {
		return Listing[T]{Items: rows}
	}
	next := key(rows[size-1])
	return Listing[T]{Items: rows[:size], Next: &next}
}

// Map turns the items into something else and keeps the place.
func Map[T, U any](l Listing[T], f func(T) U) Listing[U] {
	out := make([]U, len(l.Items))
	for i, item := range l.Items {
		out[i] = f(item)
	}
	return Listing[U]{Items: out, Next: l.Next}
}

// All reads a list to its end, a page at a time as it is ranged over. An error ends it.
func All[T any](read func(Page) (Listing[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		page := Page{Limit: MaxLimit}
		for {
			rows, err := read(page)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range rows.Items {
				if !yield(row, nil) {
					return
				}
			}
			if page.After = rows.Next; page.After == nil {
				return
			}
		}
	}
}

// Drain ranges over what a list has until it has nothing left: whoever ranges takes each row
// off the list. An error ends it.
func Drain[T any](read func() ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			rows, err := read()
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) == 0 {
				return
			}
		}
	}
}

// Part is one page of a list that is held whole; its cursor counts the rows before it.
func Part[T any](all []T, page Page) Listing[T] {
	from := 0
	if page.After != nil {
		from = int(min(page.After.Position(), int64(len(all))))
	}
	rest := all[from:]
	if len(rest) <= page.Size() {
		return Listing[T]{Items: rest}
	}
	next := CursorAt(int64(from + page.Size()))
	return Listing[T]{Items: rest[:page.Size()], Next: &next}
}

// CursorAt makes a cursor for lists in order of a whole number that is not negative.
func CursorAt(position int64) (c Cursor) {
	binary.BigEndian.PutUint64(c.ID[8:], uint64(position))
	return c
}

// Position is the number that CursorAt was given; never negative, whatever a client made up.
func (c Cursor) Position() int64 { return int64(binary.BigEndian.Uint64(c.ID[8:]) & (1<<63 - 1)) }

// String is the opaque text a client carries.
func (c Cursor) String() string {
	var b [24]byte
	if !c.At.IsZero() {
		binary.BigEndian.PutUint64(b[:8], uint64(c.At.UnixMilli()))
	}
	copy(b[8:], c.ID[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// ParseCursor reads what String wrote; "" is nil. Fault: invalid_cursor.
func ParseCursor(text string) (*Cursor, error) {
	if text == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != 24 {
		return nil, ErrInvalidCursor
	}
	ms := int64(binary.BigEndian.Uint64(b[:8]))
	if ms < 0 || ms > 253402300799999 { // 31 December 9999
		return nil, ErrInvalidCursor
	}
	var c Cursor
	if ms != 0 {
		c.At = time.UnixMilli(ms).UTC()
	}
	copy(c.ID[:], b[8:])
	return &c, nil
}
