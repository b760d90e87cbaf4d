package tour

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	patience = 15 * time.Second // for one answer
	repeats  = 20               // of one request that got no answer, a busy one or one asking to come later
	pause    = 250 * time.Millisecond
	longest  = 10 * time.Second // that a Retry-After is obeyed
)

// client sends requests, repeats those that may be repeated, and counts them.
type client struct {
	api, sandbox string
	language     string
	http         *http.Client
	counts       *counts
	record       *record // nil keeps none; with one a lost connection ends the tour
}

func newClient(o Options) *client {
	c := &client{api: o.API, sandbox: o.Sandbox, language: "zh", counts: &counts{}, http: &http.Client{Timeout: patience}}
	if o.English {
		c.language = "en"
	}
	return c
}

// reach looks whether anybody is there at all, for one clear line where nobody is.
func (c *client) reach(ctx context.Context) error {
	for name, url := range map[string]string{"service": c.api + "/healthz", "WeChat sandbox": c.sandbox + "/_sandbox/clock"} {
		if a := c.once(ctx, request{method: http.MethodGet, url: url}); a.err != nil {
			return fmt.Errorf("the %s does not answer at %s; `jinlin serve` starts one, --api and --sandbox say where to look", name, url)
		}
	}
	return nil
}

// request is one call, with everything that a repeat needs to be the same.
type request struct {
	method, url string
	token       string
	key         string // of idempotency; "" sends none
	match       string // the ETag of what is changed; "" sends none
	body        []byte
	form        string // the content type of a body that is not JSON
}

func newRequest(method, url string, content any) (request, error) {
	r := request{method: method, url: url}
	switch c := content.(type) {
	case nil:
	case string: // broken bodies
		r.body = []byte(c)
	case file:
		r.body, r.form = c.body, c.contentType
	default:
		var err error
		if r.body, err = json.Marshal(c); err != nil {
			return r, err
		}
	}
	return r, nil
}

// send gives the answer to a request. No answer, 429, 503 and "in progress" are repeated
// under the same key, a bounded number of times.
func (c *client) send(ctx context.Context, r request) *answer {
	for left := repeats; ; left-- {
		a := c.once(ctx, r)
		wait, again := c.again(a)
		if !again || left == 0 {
			return a
		}
		c.counts.repeat()
		if err := rest(ctx, wait); err != nil {
			a.fail(err)
			return a
		}
	}
}

// again says whether a request is to be repeated, and when.
func (c *client) again(a *answer) (time.Duration, bool) {
	switch {
	case a.err != nil:
		return pause, c.record == nil && !errors.Is(a.err, context.Canceled)
	case a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable:
		seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
		if err != nil {
			return pause, true
		}
		wait := max(pause, time.Duration(seconds)*time.Second)
		return wait, wait <= longest // a quota of the day is an answer, not a reason to wait
	case a.status == http.StatusConflict:
		return pause, a.code() == "in_progress"
	}
	return 0, false
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (c *client) once(ctx context.Context, r request) *answer {
	a := &answer{request: r}
	out, err := http.NewRequestWithContext(ctx, r.method, r.url, bytes.NewReader(r.body))
	if err != nil {
		a.fail(err)
		return a
	}
	out.Header.Set("Accept-Language", c.language)
	for name, value := range map[string]string{
		"Content-Type": contentType(r), "Authorization": bearer(r.token), "Idempotency-Key": r.key, "If-Match": r.match,
	} {
		if value != "" {
			out.Header.Set(name, value)
		}
	}
	started := time.Now()
	in, err := c.http.Do(out)
	if err == nil {
		a.status, a.header = in.StatusCode, in.Header
		a.body, err = io.ReadAll(io.LimitReader(in.Body, 8<<20))
		err = errors.Join(err, in.Body.Close())
	}
	c.counts.add(time.Since(started))
	if err != nil {
		a.fail(err)
	}
	return a
}

func contentType(r request) string {
	switch {
	case r.body == nil:
		return ""
	case r.form != "":
		return r.form
	}
	return "application/json"
}

func bearer(token string) string {
	if token == "" {
		return ""
	}
	return "Bearer " + token
}

// until asks again and again, a few times a second, until done says so or the limit is over.
func until(ctx context.Context, limit time.Duration, what string, done func(ctx context.Context) (bool, error)) error {
	deadline, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(150 * time.Millisecond)
	defer ticker.Stop()
	for {
		yes, err := done(deadline)
		if deadline.Err() == nil && (yes || err != nil) {
			return err
		}
		select {
		case <-deadline.Done():
			return fmt.Errorf("waited %s for this in vain: %s", limit, what)
		case <-ticker.C:
		}
	}
}
