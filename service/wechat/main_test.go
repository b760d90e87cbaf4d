package wechat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What must never show, planted where WeChat's protocol puts it.
const (
	plantedSecret     = "PlantedSecret0001"
	plantedToken      = "PlantedToken00001"
	plantedCode       = "PlantedCode000001"
	plantedOpenID     = "PlantedOpenid0001"
	plantedSessionKey = "PlantedSession001"
)

var planted = []string{plantedSecret, plantedToken, plantedCode, plantedOpenID, plantedSessionKey}

const testApp = "wx0000000000000001"

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 22, 9, 30, 15, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// sharedMemory is a TokenCache whose keys end by the test's clock and which can
// be switched off.
type sharedMemory struct {
	now func() time.Time

	mu      sync.Mutex
	off     bool
	values  map[string]string
	ends    map[string]time.Time
	counts  map[string]int64
	changed chan struct{} // closed at the next change

	beforeDelete, beforeLock func() // what another process does in that moment
}

// meanwhile runs and forgets what another process does.
func (m *sharedMemory) meanwhile(act *func()) {
	if other := *act; other != nil {
		*act = nil
		other()
	}
}

func newSharedMemory(now func() time.Time) *sharedMemory {
	return &sharedMemory{
		now: now, values: map[string]string{}, ends: map[string]time.Time{},
		counts: map[string]int64{}, changed: make(chan struct{}),
	}
}

var errCacheAway = errors.New("dial tcp 127.0.0.1:6379: connection refused")

func (m *sharedMemory) do(ctx context.Context, work func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case m.off:
		return errCacheAway
	}
	for key, end := range m.ends {
		if !m.now().Before(end) {
			delete(m.values, key)
			delete(m.counts, key)
			delete(m.ends, key)
		}
	}
	work()
	return nil
}

func (m *sharedMemory) tell() {
	close(m.changed)
	m.changed = make(chan struct{})
}

func (m *sharedMemory) switchOff() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.off = true
}

func (m *sharedMemory) Get(ctx context.Context, key string) (value string, err error) {
	err = m.do(ctx, func() { value = m.values[key] })
	return value, err
}

func (m *sharedMemory) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	return m.do(ctx, func() {
		m.values[key], m.ends[key] = value, m.now().Add(ttl)
		m.tell()
	})
}

func (m *sharedMemory) SetOnce(ctx context.Context, key string, ttl time.Duration) (free bool, err error) {
	m.meanwhile(&m.beforeLock)
	err = m.do(ctx, func() {
		if free = m.values[key] == ""; free {
			m.values[key], m.ends[key] = "1", m.now().Add(ttl)
		}
	})
	return free, err
}

func (m *sharedMemory) DeleteIf(ctx context.Context, key, value string) error {
	m.meanwhile(&m.beforeDelete)
	return m.do(ctx, func() {
		if m.values[key] == value {
			delete(m.values, key)
		}
	})
}

func (m *sharedMemory) Delete(ctx context.Context, keys ...string) error {
	m.meanwhile(&m.beforeDelete)
	return m.do(ctx, func() {
		for _, key := range keys {
			delete(m.values, key)
		}
		m.tell()
	})
}

func (m *sharedMemory) Count(ctx context.Context, key string, ttl time.Duration) (n int64, err error) {
	err = m.do(ctx, func() {
		if m.counts[key] == 0 {
			m.ends[key] = m.now().Add(ttl)
		}
		m.counts[key]++
		n = m.counts[key]
	})
	return n, err
}

// untilFree is a wait that lasts until nobody holds a lock, however long the
// pause should have been.
func (m *sharedMemory) untilFree(ctx context.Context, _ time.Duration) error {
	for {
		m.mu.Lock()
		changed, held := m.changed, m.locked()
		m.mu.Unlock()
		if !held {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (m *sharedMemory) locked() bool {
	for key := range m.values {
		if strings.HasSuffix(key, ":lock") {
			return true
		}
	}
	return false
}

// station is a WeChat that says what a test tells it to, and counts.
type station struct {
	*httptest.Server
	mu    sync.Mutex
	calls map[string]int
}

// newStation answers every call with handler, except that stable_token gives
// the planted token as long as handler does not say otherwise.
func newStation(t *testing.T, handler http.HandlerFunc) *station {
	t.Helper()
	s := &station{calls: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.calls[r.URL.Path]++
		s.mu.Unlock()
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *station) count(a api) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[a.path]
}

// says answers text to everything but the token call.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == stableToken.path {
			text := `{"access_token":"` + plantedToken + `","expires_in":7200}`
			_, _ = io.WriteString(w, text)
			return
		}
		_, _ = io.WriteString(w, text)
	}
}

// diary collects everything that is logged.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(p)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

// bench is a gateway on the test's bench, with all it touches in reach.
type bench struct {
	*Gateway
	clock  *clock
	cache  *sharedMemory
	diary  *diary
	pauses []time.Duration
}

// newBench makes a gateway that talks to url. Pauses are noted and not waited for.
func newBench(t *testing.T, url string, change ...func(*Config)) *bench {
	t.Helper()
	b := &bench{clock: newClock(), diary: &diary{}}
	b.cache = newSharedMemory(b.clock.now)
	cfg := Config{AppID: testApp, Secret: plantedSecret, BaseURL: url}
	var mu sync.Mutex
	cfg.Wait = func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		b.pauses = append(b.pauses, d)
		return ctx.Err()
	}
	for _, c := range change {
		c(&cfg)
	}
	g, err := New(cfg, b.cache, b.clock.now, slog.New(slog.NewTextHandler(b.diary, nil)))
	if err != nil {
		t.Fatal(err)
	}
	b.Gateway = g
	t.Cleanup(g.Close)
	return b
}

// keepsSecrets fails the test when a planted value shows in any of the texts.
func keepsSecrets(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range planted {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows in %q", secret, text)
			}
		}
	}
}
