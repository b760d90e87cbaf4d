package wechat

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	spareLife    = 5 * time.Minute  // WeChat accepts an old token that long after issuing the next
	leastLife    = 30 * time.Second // stable_token may return exactly spareLife
	refusalQuiet = 10 * time.Second // see tokenSource.vouched
)

// issued is a token and the moment from which it is not used any more.
type issued struct {
	token string
	until time.Time
}

// The shared form carries the end with it, so that a process which reads it
// knows how long to keep it.
func (i issued) String() string {
	return strconv.FormatInt(i.until.Unix(), 10) + " " + i.token
}

func parseIssued(text string) issued {
	until, token, _ := strings.Cut(text, " ")
	seconds, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return issued{}
	}
	return issued{token: token, until: time.Unix(seconds, 0)}
}

// tokenFetcher asks WeChat for a token. force makes it issue a new one, which
// it does some twenty times a day.
type tokenFetcher func(ctx context.Context, force bool) (issued, error)

// tokenSource gives the access token to use: memory, then the shared cache,
// then WeChat. Within a process one request at a time is under way; between
// processes a lock in the cache spares requests, but nobody depends on it,
// because stable_token gives the same token to all.
type tokenSource struct {
	fetch tokenFetcher
	cache sharedToken
	force *forceGuard
	wait  func(ctx context.Context, d time.Duration) error
	now   func() time.Time

	life   context.Context // of the gateway: a request serves many callers and outlives the first
	limit  time.Duration
	flight singleflight.Group
	idle   sync.WaitGroup

	mu   sync.Mutex
	held issued
	// vouched is when WeChat, asked because it had refused the held token, gave
	// the same one again. For a moment it is not asked a second time: a storm of
	// refusals must not become a storm of token requests.
	vouched time.Time
	closed  bool
}

func newTokenSource(life context.Context, cfg Config, fetch tokenFetcher, cache TokenCache, now func() time.Time, log *slog.Logger) *tokenSource {
	shared := newSharedToken(cfg.AppID, cfg.Timeout, cache, log)
	return &tokenSource{
		fetch: fetch, cache: shared, force: &forceGuard{cache: shared, now: now},
		wait: cfg.Wait, now: now, life: life,
		limit: patience + time.Duration(len(pauses)+2)*cfg.Timeout,
	}
}

// Get gives a token that is not known to be wrong. Its errors are of a class
// that says: whatever needed the token was not sent.
func (s *tokenSource) Get(ctx context.Context) (string, error) {
	if token := s.remembered(""); token != "" {
		return token, nil
	}
	return s.obtainOnce(ctx, "")
}

// Renew gives a token to use after WeChat refused one. If somebody replaced it
// meanwhile, theirs is given and nothing is thrown away.
func (s *tokenSource) Renew(ctx context.Context, refused string) (string, error) {
	if token := s.remembered(refused); token != "" {
		return token, nil
	}
	return s.obtainOnce(ctx, refused)
}

func (s *tokenSource) remembered(refused string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if !now.Before(s.held.until) {
		return ""
	}
	if s.held.token == refused && now.Sub(s.vouched) >= refusalQuiet {
		return ""
	}
	return s.held.token
}

// obtainOnce lets all callers of this process share one request. It runs on the
// gateway's own time: a caller who gives up does not end it for the others.
func (s *tokenSource) obtainOnce(ctx context.Context, refused string) (string, error) {
	result := s.flight.DoChan(refused, func() (any, error) {
		if !s.begin() {
			return "", notSent(context.Canceled)
		}
		defer s.idle.Done()
		own, cancel := context.WithTimeout(s.life, s.limit)
		defer cancel()
		return s.obtain(own, refused)
	})
	select {
	case <-ctx.Done():
		return "", notSent(ctx.Err())
	case r := <-result:
		token, _ := r.Val.(string)
		return token, r.Err
	}
}

// begin is false once the gateway is closed.
func (s *tokenSource) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.idle.Add(1)
	}
	return !s.closed
}

func (s *tokenSource) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.idle.Wait()
}

func (s *tokenSource) obtain(ctx context.Context, refused string) (string, error) {
	if token := s.remembered(refused); token != "" {
		return token, nil
	}
	if refused != "" {
		s.cache.dropIf(ctx, refused)
	}
	found, unlock := s.othersOrTurn(ctx, refused)
	defer unlock()
	if found.token == "" {
		var err error
		if found, err = s.ask(ctx, refused); err != nil {
			return "", err
		}
	}
	s.remember(found, refused)
	return found.token, nil
}

const (
	patience = time.Second // for another process that is asking WeChat
	peek     = 50 * time.Millisecond
)

// othersOrTurn gives the token another process obtained, or else the turn to
// ask: the lock, or the end of patience with whoever holds it.
func (s *tokenSource) othersOrTurn(ctx context.Context, refused string) (found issued, unlock func()) {
	unlock = func() {}
	for waited := time.Duration(0); waited < patience; waited += peek {
		if found = s.usable(ctx, refused); found.token != "" {
			return found, unlock
		}
		if release, ok := s.cache.lock(ctx); ok {
			// The last holder may have finished between the two questions.
			return s.usable(ctx, refused), release
		}
		if s.wait(ctx, peek) != nil {
			break
		}
	}
	return issued{}, unlock
}

func (s *tokenSource) usable(ctx context.Context, refused string) issued {
	found := s.cache.get(ctx)
	if found.token == refused || !s.now().Before(found.until) {
		return issued{}
	}
	return found
}

// ask takes what WeChat gives. Only when that is the very token it refused is a
// new one forced, as far as the allowance goes.
func (s *tokenSource) ask(ctx context.Context, refused string) (issued, error) {
	got, err := s.fetch(ctx, false)
	if err != nil {
		return issued{}, err
	}
	if got.token == refused && s.force.allowed(ctx) {
		// Refused again by the allowance or by chance: the same token gets its second try.
		if forced, err := s.fetch(ctx, true); err == nil {
			got = forced
		}
	}
	s.cache.put(ctx, got, got.until.Sub(s.now()))
	return got, nil
}

func (s *tokenSource) remember(got issued, refused string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = got
	s.vouched = time.Time{}
	if got.token == refused {
		s.vouched = s.now()
	}
}

// notSent is for work that ended before it had a token.
func notSent(cause error) *Error {
	return &Error{API: stableToken.name, Code: NoCode, Msg: "given up before there was a token", Class: ClassRetry, cause: contextCause(cause)}
}
