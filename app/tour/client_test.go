package tour

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stubborn answers a request with each of the answers in turn, the last one for ever.
// "drop" cuts the connection.
func stubborn(t *testing.T, answers ...string) (p *person, keys *[]string) {
	t.Helper()
	keys = &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := answers[min(len(*keys), len(answers)-1)]
		*keys = append(*keys, r.Header.Get("Idempotency-Key"))
		switch answer {
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
	p, keys := stubborn(t, "drop", "busy", "in_progress", "fine")
	if a := p.post(t.Context(), "/", nil).want(http.StatusOK, nil); a.err != nil {
		t.Fatal(a.err)
	}
	if len(*keys) != 4 || (*keys)[0] == "" || len(slices.Compact(*keys)) != 1 {
		t.Errorf("the keys were %v", *keys)
	}
}

func TestAnAnswerIsNotRepeated(t *testing.T) {
	t.Parallel()
	for answer, status := range map[string]int{"quota": 409, "tomorrow": 429} {
		p, keys := stubborn(t, answer)
		if a := p.post(t.Context(), "/", nil).want(status, nil); a.err != nil || len(*keys) != 1 {
			t.Errorf("%s: asked %d times: %v", answer, len(*keys), a.err)
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
	if a := p.post(t.Context(), "/", nil); a.err == nil || len(*keys) != 1 {
		t.Errorf("asked %d times: %v", len(*keys), a.err)
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
