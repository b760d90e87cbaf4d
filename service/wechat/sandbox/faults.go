package sandbox

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// The kinds of faults.
const (
	kindErrCode   = "errcode"    // WeChat's gateway refuses; nothing happened
	kindStatus    = "status"     // an HTTP error page instead of an answer; nothing happened
	kindDelay     = "delay"      // it happened, the answer comes late
	kindDropAfter = "drop_after" // it happened, the answer is cut
	kindMalformed = "malformed"  // it happened, the answer is damaged
)

// pushPath stands for the delivery of events in the place of a call's path.
const pushPath = "push"

// Fault is one injected error.
type Fault struct {
	Path    string  `json:"path"`              // a call such as /sns/jscode2session, "push", or "*" for every call
	Kind    string  `json:"kind"`              // errcode, delay, drop_after, status or malformed
	ErrCode int     `json:"errcode,omitempty"` // for errcode
	DelayMs int     `json:"delayMs,omitempty"` // for delay; other kinds may be late as well
	Rate    float64 `json:"rate,omitempty"`    // share of calls it meets, 0 to 1; absent or 0 means all
	Count   int     `json:"count,omitempty"`   // how often at most; absent or 0 means without end
	Seed    int64   `json:"seed,omitempty"`    // of the generator behind rate
	Status  int     `json:"status,omitempty"`  // for status; 503 when absent
	Variant string  `json:"variant,omitempty"` // for malformed: see variants
	Fired   int     `json:"fired"`             // how often it has happened; read only
}

// faults holds the injected errors. Each has a generator of its own: what one
// fault does never depends on the others, nor on calls of other paths.
type faults struct {
	mu    sync.Mutex
	armed []*armedFault
}

type armedFault struct {
	Fault
	dice *rand.Rand
}

// strike is what the faults do to one request.
type strike struct {
	delay time.Duration
	fault Fault // Kind "" when the answer stays whole
}

func newFaults() *faults { return &faults{} }

// set replaces all faults.
func (f *faults) set(list []Fault) {
	armed := make([]*armedFault, len(list))
	for i, fault := range list {
		fault.Fired = 0
		dice := rand.NewPCG(uint64(fault.Seed), uint64(i))
		armed[i] = &armedFault{fault, rand.New(dice)} //nolint:gosec // faults must repeat themselves
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = armed
}

func (f *faults) list() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]Fault, len(f.armed))
	for i, a := range f.armed {
		all[i] = a.Fault
	}
	return all
}

// strike asks the faults in their order. Delays add up; the first other fault
// that fires decides, and those behind it are not asked.
func (f *faults) strike(path string) (hit strike) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.armed {
		if !a.covers(path) || !a.fires() {
			continue
		}
		hit.delay += time.Duration(a.DelayMs) * time.Millisecond
		if a.Kind != kindDelay {
			hit.fault = a.Fault
			return hit
		}
	}
	return hit
}

func (a *armedFault) covers(path string) bool {
	return a.Path == path || a.Path == "*" && path != pushPath
}

func (a *armedFault) fires() bool {
	if a.Count > 0 && a.Fired >= a.Count {
		return false
	}
	if a.Rate > 0 && a.Rate < 1 && a.dice.Float64() >= a.Rate {
		return false
	}
	a.Fired++
	return true
}

// shape lets the call happen, or not, and makes the answer the fault leaves.
func (hit strike) shape(e endpoint, perform func() reply) reply {
	switch hit.fault.Kind {
	case kindErrCode:
		r := refusalOf(refuse(hit.fault.ErrCode))
		return e.refused(r, requestID(time.Now()))
	case kindStatus:
		return errorPage(hit.fault.Status)
	case kindMalformed:
		return damage[hit.fault.Variant](perform())
	default:
		return perform()
	}
}

func errorPage(status int) reply {
	page := fmt.Sprintf("<html><head><title>%d %s</title></head><body></body></html>", status, http.StatusText(status))
	return reply{status, "text/html", []byte(page)}
}

// damage is what can become of an answer on its way.
var damage = map[string]func(reply) reply{
	"truncated":    func(r reply) reply { return r.with(r.body[:len(r.body)/2]) },
	"empty_object": func(r reply) reply { return r.with([]byte("{}")) },
	"null":         func(r reply) reply { return r.with([]byte("null")) },
	"html":         func(reply) reply { return errorPage(http.StatusOK) },
	"content_type": func(r reply) reply { r.contentType = "application/octet-stream"; return r },
	"types":        func(r reply) reply { return r.with(swapTypes(r.body)) },
}

func (r reply) with(body []byte) reply {
	r.body = body
	return r
}

var (
	textCountry   = regexp.MustCompile(`"countryCode":"([0-9]+)"`)
	numberPublish = regexp.MustCompile(`"publish_id":([0-9]+)`)
)

// swapTypes writes the country code as a number and the publish id as a text,
// both of which the official documentation has shown.
func swapTypes(body []byte) []byte {
	body = textCountry.ReplaceAll(body, []byte(`"countryCode":$1`))
	return numberPublish.ReplaceAll(body, []byte(`"publish_id":"$1"`))
}

// withDefaults fills in what a fault may leave out.
func (f Fault) withDefaults() Fault {
	if f.Kind == kindStatus && f.Status == 0 {
		f.Status = http.StatusServiceUnavailable
	}
	if f.Kind == kindMalformed && f.Variant == "" {
		f.Variant = f.variants()[0]
	}
	return f
}

// variants is how the answer, or the event, can be damaged; the default first.
func (f Fault) variants() []string {
	if f.Path == pushPath {
		return pushVariants
	}
	return []string{"truncated", "empty_object", "null", "html", "content_type", "types"}
}

func (f Fault) kinds() []string {
	if f.Path == pushPath {
		return []string{kindDelay, kindMalformed}
	}
	return []string{kindErrCode, kindStatus, kindDelay, kindDropAfter, kindMalformed}
}

// check refuses a fault that could never happen as it was meant.
func (f Fault) check(calls []string) error {
	switch {
	case f.Path != "*" && f.Path != pushPath && !slices.Contains(calls, f.Path):
		return invalid("faults.path", `a path is a call the sandbox plays, "push" or "*"`)
	case !slices.Contains(f.kinds(), f.Kind):
		return invalid("faults.kind", "one of "+strings.Join(f.kinds(), ", "))
	case f.Kind == kindErrCode && f.ErrCode == 0:
		return invalid("faults.errcode", "an errcode other than 0")
	case f.Kind == kindDelay && f.DelayMs == 0 || f.DelayMs < 0 || f.DelayMs > 600_000:
		return invalid("faults.delayMs", "1 to 600000 milliseconds")
	case f.Kind == kindStatus && (f.Status < 400 || f.Status > 599):
		return invalid("faults.status", "400 to 599")
	case f.Kind == kindMalformed && !slices.Contains(f.variants(), f.Variant):
		return invalid("faults.variant", "one of "+strings.Join(f.variants(), ", "))
	case f.Rate < 0 || f.Rate > 1 || f.Count < 0:
		return invalid("faults.rate", "rate is 0 to 1, count is not negative")
	}
	return nil
}

// pause holds an answer back. It reports false when nobody waits for it any
// more: the client has gone, or the sandbox closes.
func (s *Sandbox) pause(r *http.Request, delay time.Duration) bool {
	if delay == 0 {
		return true
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	case <-s.closing:
		return false
	}
}

// cut sends the head of the answer and then breaks the connection. The head
// matters: when nothing at all arrives, Go's client quietly repeats a GET, and
// the fault would be met by a second call that nobody made.
func cut(w http.ResponseWriter, answer reply) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	_ = conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintf(conn, "HTTP/1.1 %d OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		answer.status, answer.contentType, len(answer.body))
}
