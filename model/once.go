package model

import "context"

// OnceKey is one use of an idempotency key: who, for which operation, with which request.
type OnceKey struct {
	Actor     UserID
	Operation string
	Key       string // 1–64 visible ASCII characters
	Hash      []byte // SHA-256 of the request
	Replayed  bool   // set when the answer is that of an earlier request
}

type onceKeyInContext struct{}

// WithOnceKey puts the idempotency key of the request into the context. Services need
// not carry it: the store finds it where the effect is written.
func WithOnceKey(ctx context.Context, key *OnceKey) context.Context {
	return context.WithValue(ctx, onceKeyInContext{}, key)
}

// OnceKeyFrom finds the key of the request; nil when it came without one.
func OnceKeyFrom(ctx context.Context) *OnceKey {
	key, _ := ctx.Value(onceKeyInContext{}).(*OnceKey)
	return key
}
