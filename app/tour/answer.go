package tour

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"
)

// answer is what came back. The first thing wrong with it stays in err, and everything
// after that is passed over.
type answer struct {
	request request
	status  int
	header  http.Header
	body    []byte
	err     error
}

// problem is the part of an error answer that the contract fixes.
type problem struct {
	Code      string   `json:"code"`
	Message   string   `json:"message"`
	RequestID string   `json:"requestId"`
	Current   string   `json:"current"`
	Allowed   []string `json:"allowed"`
	Fields    []struct {
		Path string `json:"path"`
		Code string `json:"code"`
	} `json:"fields"`
}

// want expects a status and reads the body into out, unless out is nil.
func (a *answer) want(status int, out any) *answer {
	if !a.expect(a.status == status, "status %d", status) || out == nil {
		return a
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		a.expect(false, "a body of the contract's shape (%v)", err)
	}
	return a
}

// refused expects a problem.
func (a *answer) refused(status int, code string) error {
	var p problem
	a.want(status, &p)
	a.expect(a.err != nil || p.Code == code, "the problem %q", code)
	a.expect(a.err != nil || p.Message != "" && p.RequestID != "", "a problem with message and requestId")
	a.expect(a.err != nil || a.header.Get("Content-Type") == "application/problem+json", "content type application/problem+json")
	return a.err
}

// code is that of a problem, or "".
func (a *answer) code() string {
	var p problem
	if a.status < 400 || json.Unmarshal(a.body, &p) != nil {
		return ""
	}
	return p.Code
}

// replayed says whether this is an earlier answer again.
func (a *answer) replayed() bool { return a.header.Get("Idempotency-Replayed") == "true" }

// expect notes what should have been when it is not, and says whether all was well so far.
func (a *answer) expect(holds bool, expected string, arguments ...any) bool {
	if a.err == nil && !holds {
		a.fail(fmt.Errorf("expected %s", fmt.Sprintf(expected, arguments...)))
	}
	return a.err == nil
}

// fail notes an error together with the request and the answer.
func (a *answer) fail(err error) {
	if a.err == nil {
		a.err = &mismatch{request: a.request, status: a.status, body: a.body, cause: err}
	}
}

// mismatch is an answer that is not as it should be.
type mismatch struct {
	request request
	status  int
	body    []byte
	cause   error
}

func (m *mismatch) Unwrap() error { return m.cause }

// Error shows request, answer and expectation. Session tokens and codes are blotted out.
func (m *mismatch) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "not as it should be\n  request   %s %s %s\n", m.request.method, m.request.url, shown(m.request.body))
	if m.status != 0 {
		fmt.Fprintf(&b, "  answer    %d %s\n", m.status, shown(m.body))
	}
	fmt.Fprintf(&b, "  because   %v", m.cause)
	return b.String()
}

var secrets = regexp.MustCompile(`"(token|pickupCode)":"[^"]*"`)

func shown(body []byte) string {
	if !utf8.Valid(body) {
		return fmt.Sprintf("(%d bytes that are no text)", len(body))
	}
	s := secrets.ReplaceAllString(strings.TrimSpace(string(body)), `"$1":"***"`)
	if runes := []rune(s); len(runes) > 1500 {
		s = string(runes[:1500]) + " …"
	}
	return s
}
