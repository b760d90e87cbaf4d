package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"jinlin/model"
	"jinlin/model/fault"
)

// operation is one route.
type operation struct {
	id      string // operationId: a verb and a noun, as in "submitRequest"
	method  string
	path    string
	tag     string
	summary string
	status  int           // of success; 0 means 200, or 204 where there is no body
	public  bool          // nobody need be signed in
	once    bool          // creates or moves something: honours Idempotency-Key
	may     []int         // statuses with which it fails beside those that its shape tells, see failures
	file    bool          // the body is a file, of which huma knows nothing
	body    int64         // most bytes of the body; 0 means 1 MiB
	timeout time.Duration // 0 means 15 s; negative means none
}

const (
	defaultBody    = 1 << 20
	defaultTimeout = 15 * time.Second
)

// none is the body of operations that answer nothing.
type none struct{}

// call is what one operation does: with what came in, for whom.
type call[In, Out any] func(ctx context.Context, actor model.Actor, in *In) (*Out, error)

// handle registers an operation. It is the single seam to huma: handlers below it know
// their types and faults, and nothing of statuses, headers or idempotency.
func handle[In, Out any](a *API, op operation, do call[In, Out]) {
	for _, t := range []reflect.Type{reflect.TypeFor[In](), reflect.TypeFor[Out]()} {
		describeIDs(a.huma.OpenAPI().Components.Schemas, t, map[reflect.Type]bool{})
	}
	defer a.describeAnswers(op)
	huma.Register(a.huma, a.described(op, reflect.TypeFor[In]()), func(ctx context.Context, in *In) (*Out, error) {
		scope := scopeOf(ctx)
		if op.timeout >= 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, positive(op.timeout, defaultTimeout))
			defer cancel()
		}
		if err := readableText(in); err != nil {
			return nil, failed(ctx, scope, err)
		}
		key, err := onceKey(op, scope, in)
		if err != nil {
			return nil, failed(ctx, scope, err)
		}
		if key != nil {
			ctx = model.WithOnceKey(ctx, key)
		}
		out, err := do(ctx, scope.actor, in)
		if key != nil && key.Replayed { // an answer may be a fault: recorded, and yet pool_exhausted
			scope.header("Idempotency-Replayed", "true")
		}
		if err != nil {
			return nil, failed(ctx, scope, err)
		}
		return out, nil
	})
}

// failed renders an error and leaves what went wrong underneath for the log.
func failed(ctx context.Context, s *scope, err error) *problem {
	if t, ok := ctx.Value(traceInContext{}).(*trace); ok {
		t.failure = err
	}
	return problemOf(s, err)
}

func positive(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

func (a *API) described(op operation, in reflect.Type) huma.Operation {
	o := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary, Tags: []string{op.tag},
		DefaultStatus: op.status, MaxBodyBytes: op.body, BodyReadTimeout: 20 * time.Second,
		Middlewares: huma.Middlewares{a.scope(op)},
		Errors:      op.failures(in),
	}
	if o.MaxBodyBytes == 0 {
		o.MaxBodyBytes = defaultBody
	}
	if !op.public {
		o.Security = []map[string][]string{{"session": {}}}
	}
	if op.once {
		o.Parameters = []*huma.Param{{
			Name: idempotencyHeader, In: "header", Description: "The same key and body give the first answer again.",
			Schema: &huma.Schema{Type: huma.TypeString, Pattern: "^[!-~]{1,64}$"},
		}}
	}
	return o
}

// failures are the statuses with which an operation may fail, beside 500. A token that is none fails also
// where none is needed.
func (op operation) failures(in reflect.Type) []int {
	codes := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	codes = append(codes, op.may...)
	if !op.public {
		codes = append(codes, http.StatusForbidden)
	}
	if !op.public || strings.Contains(op.path, "{") {
		codes = append(codes, http.StatusNotFound)
	}
	if op.method != http.MethodGet {
		codes = append(codes, http.StatusConflict)
	}
	if has(in, "IfMatch") {
		codes = append(codes, http.StatusPreconditionFailed)
	}
	if op.file || has(in, "Body") {
		codes = append(codes, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.once {
		codes = append(codes, http.StatusUnprocessableEntity)
	}
	return codes
}

func has(t reflect.Type, field string) bool {
	_, is := t.FieldByName(field)
	return is
}

// describeAnswers takes back what huma says of every operation with parameters and is not so here: what
// is wrong in a request is 400, and 422 is an idempotency key that was used for another.
func (a *API) describeAnswers(op operation) {
	item := a.huma.OpenAPI().Paths[op.path]
	if item == nil || op.once {
		return
	}
	for _, o := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete, item.Patch} {
		if o != nil && o.OperationID == op.id {
			delete(o.Responses, "422")
		}
	}
}

// scope finds out who asks, in which language, and counts it, before the body is read.
type scope struct {
	actor     model.Actor
	language  language
	requestID string
	once      string
	address   string // the client's, as far as the trusted proxies tell
	userAgent string
	header    func(name, value string)
}

type scopeInContext struct{}

func scopeOf(ctx context.Context) *scope {
	s, ok := ctx.Value(scopeInContext{}).(*scope)
	if !ok {
		return &scope{header: func(string, string) {}}
	}
	return s
}

// scope is the middleware of one operation.
func (a *API) scope(op operation) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		s := &scope{
			language:  languageOf(c.Header("Accept-Language")),
			requestID: requestIDOf(c.Context()),
			once:      c.Header(idempotencyHeader),
			address:   humagin.Unwrap(c).ClientIP(),
			userAgent: c.Header("User-Agent"),
			header:    c.SetHeader,
		}
		nameOperation(c.Context(), op.id)
		c = huma.WithValue(c, scopeInContext{}, s)
		if err := a.admit(c, op, s); err != nil {
			p := failed(c.Context(), s, err)
			_ = huma.WriteErr(a.huma, c, p.Status, "", p)
			return
		}
		next(c)
	}
}

// admit signs the caller in and counts the request. Faults: unauthenticated, rate_limited.
func (a *API) admit(c huma.Context, op operation, s *scope) error {
	token, given := strings.CutPrefix(c.Header("Authorization"), "Bearer ")
	if !given {
		if op.public && c.Header("Authorization") == "" {
			return nil
		}
		return fault.ErrUnauthenticated
	}
	actor, err := a.Account.Authenticate(c.Context(), token)
	if err != nil {
		return err
	}
	actor.RequestID = s.requestID
	s.actor = actor
	return allow(c.Context(), a.settings.PerPerson, actor.User.String())
}

const idempotencyHeader = "Idempotency-Key"

// ErrBadKey is a fault: the Idempotency-Key is not 1–64 visible ASCII characters.
var ErrBadKey = fault.Define(fault.Invalid, "invalid_idempotency_key",
	"幂等键须为 1–64 个可见 ASCII 字符。", "The Idempotency-Key must be 1–64 visible ASCII characters.")

// onceKey is the request's idempotency key with the hash of all that came in.
func onceKey(op operation, s *scope, in any) (*model.OnceKey, error) {
	if !op.once || s.once == "" || s.actor.Nobody() {
		return nil, nil
	}
	if len(s.once) > 64 || strings.ContainsFunc(s.once, func(r rune) bool { return r < '!' || r > '~' }) {
		return nil, ErrBadKey
	}
	canonical, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(canonical)
	return &model.OnceKey{Actor: s.actor.User, Operation: op.id, Key: s.once, Hash: hash[:]}, nil
}

// body wraps what an operation answers.
type body[T any] struct{ Body T }

// list is one page of a list.
type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" doc:"Cursor of the next page; null at the end" nullable:"true"`
}

// listed maps a listing into its answer.
func listed[T, U any](l model.Listing[T], f func(T) U) *body[list[U]] {
	out := list[U]{Items: make([]U, len(l.Items))}
	for i, item := range l.Items {
		out.Items[i] = f(item)
	}
	if l.Next != nil {
		next := l.Next.String()
		out.Next = &next
	}
	return &body[list[U]]{Body: out}
}

// parted answers one page of a list that is held whole, because what it is about bounds it.
func parted[T, U any](all []T, p Paging, f func(T) U) (*body[list[U]], error) {
	page, err := p.page()
	if err != nil {
		return nil, err
	}
	return listed(model.Part(all, page), f), nil
}

// Paging are the query parameters of every list.
// It is exported because huma looks into exported embedded structs only.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Rows wanted"`
	Cursor string `query:"cursor" maxLength:"64" doc:"Where to go on: next of the page before"`
}

// page reads them. Fault: invalid_cursor.
func (p Paging) page() (model.Page, error) {
	after, err := model.ParseCursor(p.Cursor)
	return model.Page{Limit: p.Limit, After: after}, err
}
