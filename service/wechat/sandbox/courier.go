package sandbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	pushTries   = 3
	pushTimeout = 5 * time.Second
	pushPause   = 200 * time.Millisecond // before a try is repeated
	pushLanes   = 8
	laneLimit   = 20_000 // events that wait for a receiver which is down
)

// push is an event on its way to the receiver.
type push struct {
	openid string
	event  []byte
}

// courier delivers events. Those of one user keep their order; users do not
// wait for each other, except for the few that share a lane. What is still
// waiting when the sandbox closes is lost, as it would be with WeChat.
type courier struct {
	cfg    Config
	faults *faults
	client *http.Client
	lanes  []*lane
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu    sync.Mutex
	count PushCount
	idle  []chan struct{} // closed when nothing is open any more
}

// PushCount is what became of the events so far.
type PushCount struct {
	Delivered int `json:"delivered"`
	Failed    int `json:"failed"`
	Waiting   int `json:"waiting"`
}

type lane struct {
	mu      sync.Mutex
	waiting []push
	wake    chan struct{}
}

// startCourier starts one goroutine per lane; close ends them.
func startCourier(cfg Config, f *faults) *courier {
	ctx, stop := context.WithCancel(context.Background())
	c := &courier{cfg: cfg, faults: f, stop: stop}
	if cfg.Push.URL == "" {
		return c
	}
	c.client = &http.Client{
		Timeout:       pushTimeout,
		Transport:     &http.Transport{MaxIdleConnsPerHost: pushLanes, IdleConnTimeout: 30 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for range pushLanes {
		l := &lane{wake: make(chan struct{}, 1)}
		c.lanes = append(c.lanes, l)
		c.done.Go(func() { c.run(ctx, l) })
	}
	return c
}

func (c *courier) close() {
	c.stop()
	c.done.Wait()
	if c.client != nil {
		c.client.CloseIdleConnections()
	}
}

// send puts an event into its user's lane. It never waits.
func (c *courier) send(p push) {
	if len(c.lanes) == 0 {
		return
	}
	hash := fnv.New32a()
	hash.Write([]byte(p.openid))
	c.settle(func(n *PushCount) { n.Waiting++ })
	if !c.lanes[hash.Sum32()%pushLanes].put(p) {
		c.settle(func(n *PushCount) { n.Waiting--; n.Failed++ })
	}
}

func (l *lane) put(p push) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= laneLimit {
		return false
	}
	l.waiting = append(l.waiting, p)
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return true
}

// take waits for the next event; false means that the courier stops.
func (l *lane) take(ctx context.Context) (push, bool) {
	for {
		l.mu.Lock()
		if len(l.waiting) > 0 {
			p := l.waiting[0]
			l.waiting = l.waiting[1:]
			l.mu.Unlock()
			return p, ctx.Err() == nil
		}
		l.mu.Unlock()
		select {
		case <-l.wake:
		case <-ctx.Done():
			return push{}, false
		}
	}
}

func (c *courier) run(ctx context.Context, l *lane) {
	for {
		p, more := l.take(ctx)
		if !more {
			return
		}
		err := c.deliver(ctx, p)
		if err != nil && ctx.Err() == nil {
			c.cfg.Log.Warn("wechat sandbox could not deliver an event", "tries", pushTries, "error", err)
		}
		c.settle(func(n *PushCount) {
			n.Waiting--
			if err != nil {
				n.Failed++
			} else {
				n.Delivered++
			}
		})
	}
}

// settle changes the counts and wakes those who wait for the last event.
func (c *courier) settle(change func(*PushCount)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.count)
	if c.count.Waiting == 0 {
		for _, waiter := range c.idle {
			close(waiter)
		}
		c.idle = nil
	}
}

func (c *courier) counts() PushCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count
}

// Settled waits until every event sent so far was delivered or given up.
func (s *Sandbox) Settled(ctx context.Context) error {
	c := s.courier
	c.mu.Lock()
	if c.count.Waiting == 0 {
		c.mu.Unlock()
		return nil
	}
	waiter := make(chan struct{})
	c.idle = append(c.idle, waiter)
	c.mu.Unlock()
	select {
	case <-waiter:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return errClosed
	}
}

// deliver tries three times, signing anew each time as WeChat does.
func (c *courier) deliver(ctx context.Context, p push) (err error) {
	hit := c.faults.strike(pushPath)
	if !wait(ctx, hit.delay) {
		return ctx.Err()
	}
	times := 1
	if hit.fault.Variant == "duplicate" {
		times = 2
	}
	for range times {
		for try := range pushTries {
			if try > 0 && !wait(ctx, pushPause) {
				return ctx.Err()
			}
			if err = c.post(ctx, p, hit.fault.Variant); err == nil {
				break
			}
		}
	}
	return err
}

func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// post makes one try. It is signed with the base clock: the offset ages WeChat's
// rules, and would otherwise let a receiver with a replay window refuse everything.
func (c *courier) post(ctx context.Context, p push, variant string) error {
	request, err := c.request(ctx, p, variant)
	if err != nil {
		return err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return errors.New("the receiver did not answer") // the error itself would carry the signed URL
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return errors.New("the receiver's answer broke off")
	}
	if text := strings.TrimSpace(string(answer)); response.StatusCode != http.StatusOK || text != "" && text != "success" {
		return fmt.Errorf("the receiver answered %d and not success", response.StatusCode)
	}
	return nil
}

var numberTime = regexp.MustCompile(`"CreateTime":([0-9]+)`)

func (c *courier) request(ctx context.Context, p push, variant string) (*http.Request, error) {
	event := p.event
	if variant == "text_time" {
		event = numberTime.ReplaceAll(event, []byte(`"CreateTime":"$1"`))
	}
	random := []byte(rand.Text()[:16])
	nonce := rand.Text()[:10]
	letter, err := c.cfg.Push.seal(c.cfg.AppID, p.openid, event, c.cfg.Now(), nonce, random)
	if err != nil {
		return nil, err
	}
	switch variant {
	case "bad_signature":
		letter.query.Set("signature", strings.Repeat("0", 40))
		letter.query.Set("msg_signature", strings.Repeat("0", 40))
	case "plaintext":
		letter.query.Del("encrypt_type")
		letter.query.Del("msg_signature")
		letter.body = event
	}
	return c.address(ctx, letter)
}

func (c *courier) address(ctx context.Context, letter sealed) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.Push.URL, bytes.NewReader(letter.body))
	if err != nil {
		return nil, err
	}
	query := request.URL.Query()
	for key, values := range letter.query {
		query[key] = values
	}
	request.URL.RawQuery = query.Encode()
	request.Header.Set("Content-Type", "application/json")
	return request, nil
}
