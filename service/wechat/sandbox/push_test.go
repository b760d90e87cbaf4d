package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

const (
	vectorToken  = "lane7token"
	vectorAESKey = "NeighbourhoodRedMailboxSimulatorAesKey0000X"
)

// The official vector of the signature, and one of the whole envelope that was
// checked against OpenSSL.
func TestPushVectors(t *testing.T) {
	t.Parallel()
	official := Push{Token: "AAAAA"}
	plain, err := official.seal(DemoAppID, "o", []byte("{}"), time.Unix(1714036504, 0), "1514711492", nil)
	if err != nil || plain.query.Get("signature") != "f464b24fc39322e44b38aa78f5edd27bd1441696" {
		t.Errorf("%v %v", plain.query, err)
	}

	message := `{"ToUserName":"gh_sim000000001","FromUserName":"oSim0000000000000000000001","CreateTime":1795305600,` +
		`"MsgType":"event","Event":"debug_demo","debug_str":"hello"}`
	p := Push{Token: vectorToken, AESKey: vectorAESKey}
	letter, err := p.seal("wx0000000000000001", "o", []byte(message), time.Unix(1795305600, 0), "20261122", []byte("abcdefghij012345"))
	if err != nil {
		t.Fatal(err)
	}
	var envelope struct{ ToUserName, Encrypt string }
	json.Unmarshal(letter.body, &envelope)
	want := "ea6MHTnb9FRzeu/lJ/A9MitJ2bjKWrwmgT8zDvxVDqKvJ1toRrW8yh3hhX3K6UG7Od555gTDSfx06mFbsIGUo8PT1WWGY/VTO166lCsIvVgVIUJohRJI" +
		"qCFcil62qeiaz9PcflgXWHISADZTuzsgwNWhcnxee6Cx0RE32jJ6QEC+P45qfyH38AOauSJY2HDveaSilRxXbEyxOUnBVliQqmrJ5C8lotYcObsH69ExYRJS" +
		"2wtUYVR3VvJNNkE1YfDcd+S/qiDjxTls4RWP6CPyftVmkmaLq6czNn4L2/bc1dM="
	if envelope.Encrypt != want || envelope.ToUserName != pusherName {
		t.Errorf("%+v", envelope)
	}
	if got := letter.query.Get("signature"); got != "7f157412298a27bd49d90205e5c7bcae9bbb2499" {
		t.Errorf("signature %s", got)
	}
	if got := letter.query.Get("msg_signature"); got != "c06f83f6fd209da92144c074c09a672090f81c90" {
		t.Errorf("msg_signature %s", got)
	}
}

// receiver is the server of a mini-program that takes events.
type receiver struct {
	*httptest.Server
	mu        sync.Mutex
	events    []map[string]any
	refused   int // tries that were not properly sealed
	tries     int
	answer    string
	misbehave int // how many tries to answer badly first
}

func receive(t *testing.T, answer string, misbehave int) *receiver {
	r := &receiver{answer: answer, misbehave: misbehave}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	event, sealed := open(request.URL.Query(), body)
	if !sealed {
		r.refused++
	}
	if r.tries <= r.misbehave {
		http.Error(w, "not now", http.StatusInternalServerError)
		return
	}
	if sealed {
		r.events = append(r.events, event)
	}
	io.WriteString(w, r.answer)
}

// open verifies and decrypts, as a careful receiver in secure mode does.
func open(q url.Values, body []byte) (event map[string]any, sealed bool) {
	var envelope struct{ Encrypt string }
	json.Unmarshal(body, &envelope)
	if q.Get("encrypt_type") != "aes" || q.Get("signature") != util.Signature(vectorToken, q.Get("timestamp"), q.Get("nonce")) ||
		q.Get("msg_signature") != util.Signature(vectorToken, q.Get("timestamp"), q.Get("nonce"), envelope.Encrypt) {
		return nil, false
	}
	_, plain, err := util.DecryptMsg(DemoAppID, envelope.Encrypt, vectorAESKey)
	return event, err == nil && json.Unmarshal(plain, &event) == nil
}

func (r *receiver) names() (names []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		names = append(names, e["Event"].(string))
	}
	return names
}

func (r *receiver) last() map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[len(r.events)-1]
}

func pushing(t *testing.T, r *receiver) *bench {
	t.Helper()
	return begin(t, Config{Push: Push{URL: r.URL + "/events?app=1", Token: vectorToken, AESKey: vectorAESKey}})
}

func (b *bench) settled() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := b.Settled(ctx); err != nil {
		b.t.Fatal(err)
	}
}

// One user's events arrive sealed, in order, with what WeChat puts in them.
func TestEvents(t *testing.T) {
	t.Parallel()
	r := receive(t, "success", 0)
	b := pushing(t, r)
	b.accept("wang", "news")
	b.settled()
	entry, _ := r.last()["List"].(map[string]any) // an object, since it is one entry
	if entry["TemplateId"] != "news" || entry["SubscribeStatusString"] != "accept" || r.last()["FromUserName"] != OpenID("wang") {
		t.Errorf("%v", r.last())
	}
	wantCode(t, b.post(sendPath, news("wang")), 0)
	b.settled()
	entry, _ = r.last()["List"].(map[string]any)
	if message := b.messages("wang")[0].(map[string]any); entry["MsgID"] != message["msgId"] || entry["ErrorCode"] != "0" {
		t.Errorf("%v", r.last())
	}
	b.control("POST", "/authorizations/revocation", `{"persona":"wang"}`)
	b.settled()
	if e := r.last(); e["OpenID"] != OpenID("wang") || e["AppID"] != DemoAppID || e["RevokeInfo"] != "8" {
		t.Errorf("%v", e)
	}
	want := []string{"subscribe_msg_popup_event", "subscribe_msg_sent_event", "user_authorization_revoke"}
	if !slices.Equal(r.names(), want) || r.refused != 0 {
		t.Errorf("%v, %d refused", r.names(), r.refused)
	}
}

func TestMediaVerdictIsPushed(t *testing.T) {
	t.Parallel()
	r := receive(t, "", 0)
	b := pushing(t, r)
	b.loginCode("wang")
	trace := b.post(mediaPath, media("wang")).text("trace_id")
	for _, suggest := range []string{"pass", "review", "risky"} {
		b.control("POST", "/media-checks", quote(verdictIn{trace, suggest}))
		b.settled()
		result, _ := r.last()["result"].(map[string]any)
		if result["suggest"] != suggest || r.last()["trace_id"] != trace || r.last()["errcode"] != 0.0 {
			t.Errorf("%v", r.last())
		}
	}
	b.control("POST", "/media-checks", quote(verdictIn{trace, "download_failed"}))
	b.settled()
	if _, has := r.last()["result"]; has || r.last()["errcode"] != -1008.0 {
		t.Errorf("%v", r.last())
	}
	for body, want := range map[string]int{
		quote(verdictIn{"nope", "pass"}): http.StatusNotFound,
		quote(verdictIn{trace, "fine"}):  http.StatusBadRequest,
	} {
		if a := b.do("POST", "/_sandbox/media-checks", body); a.Code != want {
			t.Errorf("%s: %d", body, a.Code)
		}
	}
}

func TestPushIsTriedThreeTimes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer           string
		misbehave, tries int
		want             PushCount
	}{
		{"success", 2, 3, PushCount{Delivered: 1}},
		{"success", 3, 3, PushCount{Failed: 1}},
		{`{"ok":true}`, 0, 3, PushCount{Failed: 1}},
		{" success\n", 0, 1, PushCount{Delivered: 1}},
		{"", 0, 1, PushCount{Delivered: 1}},
	} {
		r := receive(t, c.answer, c.misbehave)
		b := pushing(t, r)
		b.accept("wang", "news")
		b.settled()
		if got := b.courier.counts(); got != c.want || r.tries != c.tries {
			t.Errorf("%+v: %d tries, %+v", c, r.tries, got)
		}
	}
}

func TestPushFaults(t *testing.T) {
	t.Parallel()
	for variant, want := range map[string]struct{ arrived, refused int }{
		"bad_signature": {0, 1}, "plaintext": {0, 1}, "duplicate": {2, 0}, "text_time": {1, 0},
	} {
		r := receive(t, "success", 0)
		b := pushing(t, r)
		b.fault(Fault{Path: pushPath, Kind: kindMalformed, Variant: variant})
		b.accept("wang", "news")
		b.settled()
		if len(r.events) != want.arrived || r.refused != want.refused {
			t.Errorf("%s: %d arrived, %d refused", variant, len(r.events), r.refused)
		}
		if variant == "text_time" {
			if _, is := r.last()["CreateTime"].(string); !is {
				t.Errorf("%v", r.last())
			}
		}
	}
}

// Close does not wait for a receiver that hangs.
func TestCloseGivesUpDeliveries(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-leave
	}))
	defer hanging.Close()
	defer close(leave)
	b := begin(t, Config{Push: Push{URL: hanging.URL, Token: "t"}})
	b.accept("wang", "news")
	<-entered
	if got := b.courier.counts(); got.Waiting != 1 {
		t.Errorf("%+v", got)
	}
	b.Close()
	b.courier.done.Wait()
}

// A receiver in plain mode gets the event itself, signed.
func TestPlainPush(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- r.URL.Query().Get("encrypt_type") + string(body)
	}))
	defer server.Close()
	b := begin(t, Config{Push: Push{URL: server.URL, Token: "t"}})
	b.accept("wang", "news")
	if body := <-got; !strings.HasPrefix(body, `{"ToUserName":"gh_sim000000001","FromUserName":"`+OpenID("wang")) {
		t.Error(body)
	}
}

func TestPushSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	for _, p := range []Push{
		{URL: "example.test/events", Token: "t"},
		{URL: "ftp://example.test", Token: "t"},
		{URL: "http://127.0.0.1:1"},
		{URL: "http://127.0.0.1:1", Token: "t", AESKey: "short"},
	} {
		if _, err := New(Config{Push: p}); err == nil || strings.Contains(err.Error(), "short") {
			t.Errorf("%+v: %v", p, err)
		}
	}
}
