package tour

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// heard are the keys of the requests a server got. A cut connection tells the client
// nothing of when its handler ended, so both sides lock.
type heard struct {
	mu   sync.Mutex
	keys []string
}

func (h *heard) add(key string) (before int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keys = append(h.keys, key)
	return len(h.keys) - 1
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.keys)
}

// stubborn answers a request with each of the answers in turn, the last one for ever.
// "drop" cuts the connection.
func stubborn(t *testing.T, answers ...string) (*person, *heard) {
	t.Helper()
	keys := &heard{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before := keys.add(r.Header.Get("Idempotency-Key"))
		switch answer := answers[min(before, len(answers)-1)]; answer {
		case "drop":
			panic(http.ErrAbortHandler)
		case "busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "in_progress", "quota":
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"code":"`+answer+`"}`)
		case "tomorrow":
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			_, _ = io.WriteString(w, `{}`)
		}
	}))
	t.Cleanup(server.Close)
	return &person{client: newClient(Options{API: server.URL})}, keys
}

func TestARequestIsRepeatedUnderItsKeyUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	p, heard := stubborn(t, "drop", "busy", "in_progress", "fine")
	if a := p.post(t.Context(), "/", nil).want(http.StatusOK, nil); a.err != nil {
		t.Fatal(a.err)
	}
	if keys := heard.all(); len(keys) != 4 || keys[0] == "" || len(slices.Compact(keys)) != 1 {
		t.Errorf("the keys were %v", heard.all())
	}
}

func TestAnAnswerIsNotRepeated(t *testing.T) {
	t.Parallel()
	for answer, status := range map[string]int{"quota": 409, "tomorrow": 429} {
		p, keys := stubborn(t, answer)
		if a := p.post(t.Context(), "/", nil).want(status, nil); a.err != nil || len(keys.all()) != 1 {
			t.Errorf("%s: asked %d times: %v", answer, len(keys.all()), a.err)
		}
	}
}

func TestWithARecordALostConnectionEndsTheTour(t *testing.T) {
	t.Parallel()
	p, keys := stubborn(t, "drop")
	var err error
	if p.client.record, err = openRecord(filepath.Join(t.TempDir(), "record")); err != nil {
		t.Fatal(err)
	}
	if a := p.post(t.Context(), "/", nil); a.err == nil || len(keys.all()) != 1 {
		t.Errorf("asked %d times: %v", len(keys.all()), a.err)
	}
	if err := p.client.record.close(); err != nil {
		t.Error(err)
	}
}

func TestARecordOutlivesItsTornLine(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "record")
	for _, torn := range []string{`{"kind":"arti`, `{"kind":"push","id":"x"}`, ``} {
		r, err := openRecord(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.add(fact{Kind: "request", ID: torn}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.file.WriteString(torn); err != nil {
			t.Fatal(err)
		}
		if err := r.close(); err != nil {
			t.Fatal(err)
		}
	}
	facts, err := readFacts(name)
	if err != nil || len(facts) != 3 {
		t.Errorf("%d facts instead of 3: %v", len(facts), err)
	}
}

func TestTheComplaintBlotsTokensOut(t *testing.T) {
	t.Parallel()
	a := &answer{status: 201, body: []byte(`{"token":"secret","pickupCode":"0815"}`)}
	a.want(200, nil)
	if text := a.err.Error(); strings.Contains(text, "secret") || strings.Contains(text, "0815") {
		t.Error(text)
	}
}
