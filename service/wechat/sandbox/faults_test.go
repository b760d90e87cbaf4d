package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func (b *bench) fault(f Fault) {
	b.t.Helper()
	b.control("PUT", "/faults", quote(faultsIn{[]Fault{f}}))
}

func TestFaultKinds(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	b.accept("wang", "news")

	b.fault(Fault{Path: sendPath, Kind: kindErrCode, ErrCode: 45009, Count: 1})
	wantCode(t, b.post(sendPath, news("wang")), 45009)

	b.fault(Fault{Path: sendPath, Kind: kindStatus, Count: 1})
	if a := b.post(sendPath, news("wang")); a.Code != http.StatusServiceUnavailable || a.values != nil {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	if left := b.grantsLeft("wang", "news"); left != 1 {
		t.Fatalf("a fault before the effect took the grant: %d left", left)
	}

	b.fault(Fault{Path: sendPath, Kind: kindMalformed, Count: 1})
	if a := b.post(sendPath, news("wang")); a.Code != http.StatusOK || json.Valid(a.Body.Bytes()) {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	if left := b.grantsLeft("wang", "news"); left != 0 || len(b.messages("wang")) != 1 {
		t.Errorf("a damaged answer undid the effect: %d left", left)
	}
	wantCode(t, b.post(sendPath, news("wang")), 43101)
}

func TestMalformedVariants(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	for _, c := range []struct{ variant, contentType, body string }{
		{"truncated", "application/json; encoding=utf-8", `{"errcode":0,"err`},
		{"empty_object", "application/json; encoding=utf-8", `{}`},
		{"null", "application/json; encoding=utf-8", `null`},
		{"html", "text/html", `<html>`},
		{"content_type", "application/octet-stream", `{"errcode":0`},
		{"types", "application/json; encoding=utf-8", `"countryCode":86,`},
	} {
		b.fault(Fault{Path: phonePath, Kind: kindMalformed, Variant: c.variant})
		a := b.post(phonePath, map[string]any{"code": b.phoneCode("wang")})
		if a.Code != http.StatusOK || a.Header().Get("Content-Type") != c.contentType || !strings.Contains(a.Body.String(), c.body) {
			t.Errorf("%s: %s %s", c.variant, a.Header(), a.Body)
		}
	}
	b.fault(Fault{Path: publishPath, Kind: kindMalformed, Variant: "types"})
	a := b.official(publishPath, map[string]any{"media_id": b.draft()})
	if a.text("publish_id") == "" {
		t.Errorf("publish_id is still a number: %s", a.Body)
	}
}

// Every variant a fault may name has its damage.
func TestEveryVariantExists(t *testing.T) {
	t.Parallel()
	for _, v := range (Fault{Path: "*"}).variants() {
		if damage[v] == nil {
			t.Errorf("no damage for %s", v)
		}
	}
}

// The effect happened, the caller cannot know: neither for a POST, nor for a
// GET, which Go's client would repeat if nothing at all had arrived.
func TestDropAfter(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	server := httptest.NewServer(b.Handler())
	defer server.Close()
	client := server.Client()
	b.accept("wang", "news")
	sendTarget := server.URL + sendPath + "?access_token=" + b.token()
	if err := fetch(client, http.MethodGet, server.URL+ordinaryTarget, ""); err != nil { // warms the connection
		t.Fatal(err)
	}
	b.fault(Fault{Path: "*", Kind: kindDropAfter})
	code := b.loginCode("wang")
	if err := fetch(client, http.MethodGet, server.URL+b.loginTarget(code), ""); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("GET: %v", err)
	}
	if err := fetch(client, http.MethodPost, sendTarget, quote(news("wang"))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("POST: %v", err)
	}
	if fired := b.faults.list()[0].Fired; fired != 2 {
		t.Errorf("%d calls arrived, not 2", fired)
	}
	b.control("POST", "/reset", "")
	wantCode(t, b.login(code), 40163)
	if len(b.messages("wang")) != 1 {
		t.Error("the message was not accepted")
	}
}

func fetch(client *http.Client, method, target, body string) error {
	request, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.ReadAll(response.Body)
	return err
}

// The effect is there before the late answer; closing cuts the answer, which
// would otherwise look like an empty success.
func TestDelay(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	server := httptest.NewServer(b.Handler())
	defer server.Close()
	b.accept("wang", "news")
	target := server.URL + sendPath + "?access_token=" + b.token()
	b.fault(Fault{Path: sendPath, Kind: kindDelay, DelayMs: 600_000})
	done := make(chan error)
	go func() { done <- fetch(server.Client(), http.MethodPost, target, quote(news("wang"))) }()
	for len(b.messages("wang")) == 0 {
		select {
		case err := <-done:
			t.Fatalf("the answer was not delayed: %v", err)
		default:
		}
	}
	b.Close()
	if err := <-done; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}

	quick := begin(t, Config{})
	quick.fault(Fault{Path: "*", Kind: kindDelay, DelayMs: 20})
	start := time.Now()
	quick.token()
	if took := time.Since(start); took < 20*time.Millisecond {
		t.Errorf("delayed by %v", took)
	}
}

func TestFaultsAreDeterministic(t *testing.T) {
	t.Parallel()
	run := func(seed int64) (pattern []int) {
		b := begin(t, Config{})
		b.loginCode("wang")
		b.fault(Fault{Path: textPath, Kind: kindErrCode, ErrCode: 40001, Rate: 0.3, Seed: seed})
		for i := range 200 {
			if b.post(textPath, text("wang", "好")).errcode() == 40001 {
				pattern = append(pattern, i)
			}
			b.post(picturePath, "{}") // other calls draw nothing
		}
		return pattern
	}
	first := run(7)
	if !slices.Equal(first, run(7)) {
		t.Error("one seed, two patterns")
	}
	if slices.Equal(first, run(8)) {
		t.Error("two seeds, one pattern")
	}
	if n := len(first); n < 30 || n > 90 {
		t.Errorf("%d of 200 at a rate of 0.3", n)
	}
}

func TestFaultsInOrder(t *testing.T) {
	t.Parallel()
	f := newFaults()
	f.set([]Fault{
		{Path: "/a", Kind: kindDelay, DelayMs: 5},
		{Path: "*", Kind: kindErrCode, ErrCode: -1, Count: 2},
		{Path: "/a", Kind: kindErrCode, ErrCode: 45009},
	})
	got := []int{}
	for _, path := range []string{"/a", "/b", "/b", "/a", pushPath} {
		hit := f.strike(path)
		got = append(got, hit.fault.ErrCode, int(hit.delay/time.Millisecond))
	}
	if want := []int{-1, 5, -1, 0, 0, 0, 45009, 5, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestFaultsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	b := begin(t, Config{})
	for _, f := range []string{
		`{"kind":"errcode","errcode":-1}`,
		`{"path":"/nope","kind":"errcode","errcode":-1}`,
		`{"path":"*","kind":"explode"}`,
		`{"path":"*","kind":"errcode"}`,
		`{"path":"*","kind":"delay"}`,
		`{"path":"*","kind":"delay","delayMs":600001}`,
		`{"path":"*","kind":"status","status":200}`,
		`{"path":"*","kind":"malformed","variant":"bad_signature"}`,
		`{"path":"push","kind":"drop_after"}`,
		`{"path":"push","kind":"malformed","variant":"null"}`,
		`{"path":"*","kind":"errcode","errcode":-1,"rate":1.5}`,
		`{"path":"*","kind":"errcode","errcode":-1,"count":-1}`,
		`{"path":"*","kind":"errcode","errcode":-1,"typo":1}`,
	} {
		if a := b.do("PUT", "/_sandbox/faults", `{"faults":[`+f+`]}`); a.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", f, a.Code, a.Body)
		}
	}
	if n := len(b.faults.list()); n != 0 {
		t.Errorf("%d faults set", n)
	}
}
