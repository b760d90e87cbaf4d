// Package fault is the vocabulary in which every part of Jinlin says that
// something did not work.
//
// A fault is declared once, beside the rule it guards, with Define. It has a
// kind (what the client can do about it), a code (a stable slug the client
// switches on) and a sentence in plain Chinese and in English that is safe to
// show to anybody. What went wrong underneath travels as the cause: it reaches
// the log, never the client.
//
// Only package api knows which HTTP status a kind has.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Kind says what sort of failure it is, and with that what the caller can do.
type Kind int

// The kinds. Internal is the zero value: whatever nobody named is our mistake.
const (
	Internal        Kind = iota // our mistake; nothing the caller can mend
	Invalid                     // the request itself is wrong
	Unauthenticated             // nobody is signed in, or no longer
	Forbidden                   // signed in, but this function is not theirs
	NotFound                    // missing, or not theirs to see
	Conflict                    // the state or a quota does not allow it
	Mismatch                    // an idempotency key was used for something else
	Stale                       // somebody changed it meanwhile (If-Match)
	TooLarge                    // the body is over its limit
	Unsupported                 // the content type is not one we read
	WrongMethod                 // the path exists, not with this method
	RateLimited                 // too often; RetryAfter says when again
	Unavailable                 // a part we need does not answer; RetryAfter says when again
)

// Text is a sentence in both languages a client can ask for.
type Text struct{ ZH, EN string }

// Field says what is wrong with one part of the input.
type Field struct {
	Path    string // where, as in the JSON body: "people[0].name", or "query.limit"
	Code    string // a stable slug
	Message Text
}

// Error is a fault. The values made by Define are shared: the With methods copy.
type Error struct {
	Kind       Kind
	Code       string
	Message    Text
	Fields     []Field
	RetryAfter time.Duration // for RateLimited and Unavailable; 0 means the default
	Current    string        // illegal moves: the state it is in
	Allowed    []string      // illegal moves: the moves that are legal now
	cause      error
}

var (
	registry   = map[string]*Error{}
	registryMu sync.Mutex
)

// Define registers a fault. It panics when the code is taken or a sentence is
// missing, so a mistake shows at start and in every test.
func Define(kind Kind, code, zh, en string) *Error {
	registryMu.Lock()
	defer registryMu.Unlock()
	if _, taken := registry[code]; taken {
		panic("fault: code defined twice: " + code)
	}
	if code == "" || zh == "" || en == "" {
		panic("fault: code and both sentences are needed: " + code)
	}
	e := &Error{Kind: kind, Code: code, Message: Text{ZH: zh, EN: en}}
	registry[code] = e
	return e
}

// All lists every defined fault by code, for the catalogue in the API description.
func All() []*Error {
	registryMu.Lock()
	defer registryMu.Unlock()
	codes := slices.Sorted(maps.Keys(registry))
	all := make([]*Error, len(codes))
	for i, code := range codes {
		all[i] = registry[code]
	}
	return all
}

// Error is for logs and the console: code, English sentence, what is wrong with which field,
// and cause.
func (e *Error) Error() string {
	text := e.Code + ": " + e.Message.EN
	for _, f := range e.Fields {
		text += " " + f.Path + ": " + f.Message.EN
	}
	if e.cause == nil {
		return text
	}
	return fmt.Sprintf("%s: %v", text, e.cause)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is compares by code, so that errors.Is(err, signup.ErrFull) holds for copies too.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Because gives a copy that carries what went wrong underneath.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// WithFields gives a copy that names the offending parts of the input.
func (e *Error) WithFields(fields ...Field) *Error {
	c := *e
	c.Fields = append(slices.Clone(e.Fields), fields...)
	return &c
}

// After gives a copy that says when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// From finds the fault in err; anything without one is ErrInternal with err as its cause.
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return ErrInternal.Because(err)
}

// KindOf is From(err).Kind.
func KindOf(err error) Kind { return From(err).Kind }
