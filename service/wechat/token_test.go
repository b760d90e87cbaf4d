package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// mint is a WeChat that issues T1, T2, … and knows which one is good.
type mint struct {
	*station
	mu      sync.Mutex
	issued  int
	forced  int
	life    int               // expires_in
	refuses func(string) bool // by token; nil refuses none
	send    http.HandlerFunc  // the answer to a good token
}

func newMint(t *testing.T) *mint {
	m := &mint{life: 7200, send: says(`{"errcode":0,"errmsg":"ok","msgid":3395159288267931652}`)}
	m.station = newStation(t, func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if r.URL.Path == stableToken.path {
			m.issue(w, r)
			return
		}
		if token := r.URL.Query().Get("access_token"); m.refuses != nil && m.refuses(token) {
			_, _ = io.WriteString(w, `{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest"}`)
			return
		}
		m.send(w, r)
	})
	return m
}

// issue gives the same token until it is forced or renewed by the test.
func (m *mint) issue(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if force := strings.Contains(string(body), `"force_refresh":true`); force {
		m.forced++
		m.issued++
	}
	m.issued = max(m.issued, 1)
	_, _ = fmt.Fprintf(w, `{"access_token":"T%d","expires_in":%d}`, m.issued, m.life)
}

func (m *mint) renew() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.issued++
}

func (m *mint) refuse(which func(string) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuses = which
}

func send(b *bench) error {
	_, err := b.SendSubscribe(context.Background(), SubscribeMessage{OpenID: plantedOpenID, TemplateID: "reply"})
	return err
}

func TestTokenIsKept(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	b := newBench(t, m.URL)
	for range 5 {
		if err := send(b); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.count(stableToken); n != 1 {
		t.Errorf("asked for a token %d times", n)
	}
	b.clock.advance(7200*time.Second - spareLife)
	if err := send(b); err != nil {
		t.Fatal(err)
	}
	if n := m.count(stableToken); n != 2 {
		t.Errorf("asked for a token %d times after the first had ended", n)
	}
}

// WeChat may give a token of exactly five minutes: used for a moment, not for ever.
func TestTokenNearItsEnd(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	m.life = 300
	b := newBench(t, m.URL)
	for range 3 {
		for range 4 {
			if err := send(b); err != nil {
				t.Fatal(err)
			}
		}
		b.clock.advance(leastLife)
	}
	if n := m.count(stableToken); n != 3 {
		t.Errorf("asked for a token %d times", n)
	}
}

func TestTokenFromTheCache(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	one, two := newBench(t, m.URL), newBench(t, m.URL)
	two.tokens.cache.cache = one.cache
	for _, b := range []*bench{one, two} {
		if err := send(b); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.count(stableToken); n != 1 {
		t.Errorf("asked for a token %d times", n)
	}
}

func TestCacheHoldsNonsense(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"T9", " ", "soon T9", "99999999999999999999 T9", `{"token":"T9"}`, "4102444800 "} {
		m := newMint(t)
		b := newBench(t, m.URL)
		_ = b.cache.Set(context.Background(), b.tokens.cache.key, text, time.Hour)
		if err := send(b); err != nil || m.count(stableToken) != 1 {
			t.Errorf("%q: %v after %d token calls", text, err, m.count(stableToken))
		}
	}
}

// A refused token is replaced by the one somebody else obtained meanwhile,
// without a call and without throwing theirs away.
func TestRefusedTokenWasReplacedByAnother(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	b := newBench(t, m.URL)
	if err := send(b); err != nil {
		t.Fatal(err)
	}
	m.refuse(func(token string) bool { return token == "T1" })
	b.tokens.cache.put(context.Background(), issued{"T7", b.clock.now().Add(time.Hour)}, time.Hour)
	if err := send(b); err != nil {
		t.Fatal(err)
	}
	if n := m.count(stableToken); n != 1 {
		t.Errorf("asked for a token %d times", n)
	}
	if got := b.tokens.cache.get(context.Background()).token; got != "T7" {
		t.Errorf("the cache has %q", got)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for _, code := range []int{40001, 40014, 42001} {
		m := newMint(t)
		b := newBench(t, m.URL)
		if err := send(b); err != nil {
			t.Fatal(err)
		}
		m.renew()
		m.send = says(`{"errcode":0,"msgid":2}`)
		good := m.send
		m.send = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("access_token") == "T1" {
				_, _ = fmt.Fprintf(w, `{"errcode":%d,"errmsg":"token"}`, code)
				return
			}
			good(w, r)
		}
		if err := send(b); err != nil {
			t.Errorf("%d: %v", code, err)
		}
		if calls, forced := m.count(subscribeSend), m.forced; calls != 3 || forced != 0 {
			t.Errorf("%d: %d sends, %d forced tokens", code, calls, forced)
		}
	}
}

// WeChat hands out the very token it refuses: a new one is forced, once a minute.
func TestRefusedTokenIsForced(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	m.refuse(func(token string) bool { return token == "T1" })
	b := newBench(t, m.URL)
	if err := send(b); err != nil {
		t.Fatal(err)
	}
	if m.forced != 1 || m.count(subscribeSend) != 2 {
		t.Errorf("%d forced, %d sends", m.forced, m.count(subscribeSend))
	}
}

// Two processes in the same minute: one of them forces.
func TestForcingIsShared(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	m.refuse(func(string) bool { return true })
	one, two := newBench(t, m.URL), newBench(t, m.URL)
	two.tokens.cache.cache, two.tokens.force.cache.cache = one.cache, one.cache
	for range 30 {
		_, _ = send(one), send(two)
		one.clock.advance(refusalQuiet)
		two.clock.advance(refusalQuiet)
	}
	if m.forced != 5 {
		t.Errorf("%d forced in 300 s, want 5", m.forced)
	}
	for range 40 {
		one.clock.advance(forceSpacing)
		two.clock.advance(forceSpacing)
		_, _ = send(one), send(two)
	}
	if m.forced != forceMost {
		t.Errorf("%d forced in a day, want %d", m.forced, forceMost)
	}
}

// A refused token that could not be replaced yet is not left for others to find.
func TestRefusedTokenLeavesTheCache(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	b := newBench(t, m.URL)
	if err := send(b); err != nil {
		t.Fatal(err)
	}
	b.tokens.fetch = func(context.Context, bool) (issued, error) { return issued{}, notSent(nil) }
	m.refuse(func(string) bool { return true })
	if err := send(b); ClassOf(err) != ClassRetry {
		t.Errorf("got %v", err)
	}
	if got := b.tokens.cache.get(ctx).token; got != "" {
		t.Errorf("the cache has %q", got)
	}
}

// A newer token that arrives between the look and the deletion survives.
func TestNewerTokenSurvivesTheDeletion(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	b := newBench(t, m.URL)
	if err := send(b); err != nil {
		t.Fatal(err)
	}
	m.refuse(func(token string) bool { return token == "T1" })
	b.cache.beforeDelete = func() { b.tokens.cache.put(ctx, issued{"T7", b.clock.now().Add(time.Hour)}, time.Hour) }
	if err := send(b); err != nil || m.count(stableToken) != 1 {
		t.Errorf("%v after %d token calls", err, m.count(stableToken))
	}
}

// A cache that cannot delete keeps offering the refused token.
func TestRefusedTokenStaysInTheCache(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	b := newBench(t, m.URL)
	if err := send(b); err != nil {
		t.Fatal(err)
	}
	m.renew()
	m.refuse(func(token string) bool { return token == "T1" })
	b.cache.beforeDelete = func() { b.tokens.cache.put(ctx, issued{"T1", b.clock.now().Add(time.Minute)}, time.Hour) }
	if err := send(b); err != nil {
		t.Error(err)
	}
}

// The holder of the lock finished between the look and our turn.
func TestTurnComesTooLate(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	b := newBench(t, m.URL)
	b.cache.beforeLock = func() { b.tokens.cache.put(ctx, issued{"T7", b.clock.now().Add(time.Hour)}, time.Hour) }
	if err := send(b); err != nil || m.count(stableToken) != 0 {
		t.Errorf("%v after %d token calls", err, m.count(stableToken))
	}
	if b.cache.locked() {
		t.Error("the lock is still held")
	}
	// The same within the process: the flight before ours brought the token.
	b.cache.switchOff()
	if token, err := b.tokens.obtain(ctx, ""); token != "T7" || err != nil || m.count(stableToken) != 0 {
		t.Errorf("%q, %v", token, err)
	}
}

// A request that was given up frees the turn for the others.
func TestLockIsFreedWhenGivenUp(t *testing.T) {
	t.Parallel()
	b := newBench(t, nowhere)
	own, cancel := context.WithCancel(ctx)
	b.tokens.fetch = func(ctx context.Context, _ bool) (issued, error) {
		cancel()
		return issued{}, notSent(ctx.Err())
	}
	if _, err := b.tokens.obtain(own, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if b.cache.locked() {
		t.Error("the lock is still held")
	}
}

// A storm: every token is refused. Each send is tried twice and no more, tokens
// are asked for now and then, and forced once a minute and 15 times a day.
func TestStormOfRefusals(t *testing.T) {
	t.Parallel()
	for _, cacheAway := range []bool{false, true} {
		t.Run(fmt.Sprintf("cache away %v", cacheAway), func(t *testing.T) {
			t.Parallel()
			m := newMint(t)
			m.refuse(func(string) bool { return true })
			b := newBench(t, m.URL)
			if cacheAway {
				b.cache.switchOff()
			}
			defer func() {
				if len(b.pauses) != 0 {
					t.Errorf("waited %v for nobody", b.pauses)
				}
			}()
			for range 100 {
				if err := send(b); ClassOf(err) != ClassToken {
					t.Fatal(err)
				}
			}
			if n := m.count(subscribeSend); n != 200 {
				t.Errorf("%d sends for 100 messages", n)
			}
			if n := m.count(stableToken); m.forced != 1 || n > 6 {
				t.Errorf("%d token calls, %d of them forced", n, m.forced)
			}
			for range 40 {
				b.clock.advance(forceSpacing)
				_ = send(b)
			}
			if m.forced != forceMost {
				t.Errorf("%d forced within the hour, want %d", m.forced, forceMost)
			}
			b.clock.advance(forceWindow)
			_ = send(b)
			if m.forced != forceMost+1 {
				t.Errorf("%d forced on the next day", m.forced)
			}
		})
	}
}

// Ten processes of twenty goroutines each find no token.
func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cacheAway bool
		want      int
	}{"one for all": {false, 1}, "one each without the cache": {true, 10}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMint(t)
			shared := newSharedMemory(newClock().now)
			if c.cacheAway {
				shared.switchOff()
			}
			var benches []*bench
			for range 10 {
				b := newBench(t, m.URL, func(c *Config) { c.Wait = shared.untilFree })
				b.tokens.cache.cache, b.tokens.force.cache.cache = shared, shared
				benches = append(benches, b)
			}
			allSend(t, benches, 20)
			if n := m.count(stableToken); n != c.want {
				t.Errorf("%d token calls, want %d", n, c.want)
			}
			for _, b := range benches {
				b.clock.advance(2 * time.Hour)
			}
			shared.now = benches[0].clock.now
			m.renew()
			allSend(t, benches, 20)
			if n := m.count(stableToken); n != 2*c.want {
				t.Errorf("%d token calls after the end, want %d", n, 2*c.want)
			}
		})
	}
}

func allSend(t *testing.T, benches []*bench, each int) {
	t.Helper()
	var all sync.WaitGroup
	for _, b := range benches {
		for range each {
			all.Go(func() {
				if err := send(b); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
}

// Whoever asked first may give up: the others still get their token.
func TestFirstCallerGivesUp(t *testing.T) {
	t.Parallel()
	asked, answer := make(chan struct{}), make(chan struct{})
	s := newStation(t, func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-answer
		says("")(w, r)
	})
	b := newBench(t, s.URL)
	ctx, cancel := context.WithCancel(context.Background())
	first := make(chan error, 1)
	go func() {
		_, err := b.tokens.Get(ctx)
		first <- err
	}()
	<-asked
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) || ClassOf(err) != ClassRetry {
		t.Errorf("the first got %v", err)
	}
	close(answer)
	if token, err := b.tokens.Get(context.Background()); err != nil || token != plantedToken {
		t.Errorf("the second got %v", err)
	}
	if n := s.count(stableToken); n != 1 {
		t.Errorf("%d token calls", n)
	}
}

// The process that had the turn died: the others wait a second, then ask themselves.
func TestLockIsLeftBehind(t *testing.T) {
	t.Parallel()
	m := newMint(t)
	b := newBench(t, m.URL)
	_, _ = b.cache.SetOnce(context.Background(), b.tokens.cache.key+":lock", time.Hour)
	if err := send(b); err != nil {
		t.Fatal(err)
	}
	waited := time.Duration(0)
	for _, d := range b.pauses {
		waited += d
	}
	if waited != patience {
		t.Errorf("waited %v", waited)
	}
}

func TestClosedGateway(t *testing.T) {
	t.Parallel()
	b := newBench(t, newMint(t).URL)
	b.Close()
	if err := send(b); ClassOf(err) != ClassRetry || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
