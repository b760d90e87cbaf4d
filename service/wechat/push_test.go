package wechat

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

const (
	pushToken = "lane7token"
	pushKey   = "NeighbourhoodRedMailboxSimulatorAesKey0000X"
)

// The vector of a secure push, made with the SDK and checked with OpenSSL.
const (
	vectorTime      = "1795305600"
	vectorNonce     = "20261122"
	vectorSignature = "c06f83f6fd209da92144c074c09a672090f81c90"
	vectorPlainSign = "7f157412298a27bd49d90205e5c7bcae9bbb2499"
	vectorEncrypt   = "ea6MHTnb9FRzeu/lJ/A9MitJ2bjKWrwmgT8zDvxVDqKvJ1toRrW8yh3hhX3K6UG7Od555gTDSfx06mFbsIGUo8PT1WWGY/VTO166lCsIvVgVIUJohRJIqCFcil62qeiaz9PcflgXWHISADZTuzsgwNWhcnxee6Cx0RE32jJ6QEC+P45qfyH38AOauSJY2HDveaSilRxXbEyxOUnBVliQqmrJ5C8lotYcObsH69ExYRJS2wtUYVR3VvJNNkE1YfDcd+S/qiDjxTls4RWP6CPyftVmkmaLq6czNn4L2/bc1dM="
	vectorMessage   = `{"ToUserName":"gh_sim000000001","FromUserName":"oSim0000000000000000000001","CreateTime":1795305600,"MsgType":"event","Event":"debug_demo","debug_str":"hello"}`
)

func pushed(query url.Values) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/wechat/miniprogram/events?"+query.Encode(), nil)
}

func vectorQuery() url.Values {
	return url.Values{
		"timestamp": {vectorTime}, "nonce": {vectorNonce}, "openid": {"oSim0000000000000000000001"},
		"signature": {vectorPlainSign}, "encrypt_type": {"aes"}, "msg_signature": {vectorSignature},
	}
}

func secure(c *Config) { c.PushToken, c.PushAESKey = pushToken, pushKey }
func plain(c *Config)  { c.PushToken = pushToken }

const nowhere = "http://127.0.0.1:1"

func TestSecurePush(t *testing.T) {
	t.Parallel()
	b := newBench(t, nowhere, secure)
	events, err := b.ParsePush(pushed(vectorQuery()), []byte(`{"ToUserName":"gh_sim000000001","Encrypt":"`+vectorEncrypt+`"}`))
	if err != nil || len(events) != 1 {
		t.Fatalf("got %v, %v", events, err)
	}
	e := events[0]
	if e.Name != "debug_demo" || string(e.Raw) != vectorMessage || e.At.Unix() != 1795305600 || e.Detail != nil {
		t.Errorf("got %+v", e)
	}
}

func TestForgedPushes(t *testing.T) {
	t.Parallel()
	sealed := `{"ToUserName":"gh_sim000000001","Encrypt":"` + vectorEncrypt + `"}`
	otherApp, _ := util.EncryptMsg([]byte("abcdefghij012345"), []byte(vectorMessage), "wx0000000000000009", pushKey)
	otherAppQuery := vectorQuery()
	otherAppQuery.Set("msg_signature", util.Signature(pushToken, vectorTime, vectorNonce, string(otherApp)))
	with := func(key, value string) url.Values {
		q := vectorQuery()
		q.Set(key, value)
		return q
	}
	for name, c := range map[string]struct {
		mode  func(*Config)
		query url.Values
		body  string
		want  error
	}{
		"plain body under a captured signature": {secure, with("encrypt_type", "raw"), vectorMessage, ErrPushRefused},
		"plain body called encrypted":           {secure, vectorQuery(), vectorMessage, ErrPushRefused},
		"encrypted, but not said to be":         {secure, with("encrypt_type", ""), sealed, ErrPushRefused},
		"wrong msg_signature":                   {secure, with("msg_signature", vectorPlainSign), sealed, ErrPushRefused},
		"no msg_signature":                      {secure, with("msg_signature", ""), sealed, ErrPushRefused},
		"another nonce":                         {secure, with("nonce", "1"), sealed, ErrPushRefused},
		"another time":                          {secure, with("timestamp", "1795305601"), sealed, ErrPushRefused},
		"sealed for another app":                {secure, otherAppQuery, `{"Encrypt":"` + string(otherApp) + `"}`, ErrPushRefused},
		"XML":                                   {secure, vectorQuery(), "<xml><Encrypt>x</Encrypt></xml>", ErrPushUnreadable},
		"plain mode, wrong signature":           {plain, with("signature", "0"), vectorMessage, ErrPushRefused},
		"plain mode, encrypted":                 {plain, vectorQuery(), sealed, ErrPushRefused},
		"no token configured":                   {func(*Config) {}, url.Values{"signature": {util.Signature("", "", "")}}, vectorMessage, ErrPushRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nowhere, c.mode)
			if events, err := b.ParsePush(pushed(c.query), []byte(c.body)); !errors.Is(err, c.want) || events != nil {
				t.Errorf("got %v, %v, want %v", events, err, c.want)
			}
		})
	}
}

func TestBrokenCiphertexts(t *testing.T) {
	t.Parallel()
	b := newBench(t, nowhere, secure)
	for _, encrypted := range []string{"!", "YQ==", strings.Repeat("A", 64), vectorEncrypt[:128], "a" + vectorEncrypt[1:]} {
		q := vectorQuery()
		q.Set("msg_signature", util.Signature(pushToken, vectorTime, vectorNonce, encrypted))
		if _, err := b.ParsePush(pushed(q), []byte(`{"Encrypt":"`+encrypted+`"}`)); err == nil {
			t.Errorf("%q was accepted", encrypted)
		}
	}
}

func TestVerifyURL(t *testing.T) {
	t.Parallel()
	q := url.Values{"timestamp": {"1714036504"}, "nonce": {"1514711492"}, "echostr": {"4375120948345356249"}}
	q.Set("signature", "f464b24fc39322e44b38aa78f5edd27bd1441696")
	b := newBench(t, nowhere, func(c *Config) { c.PushToken = "AAAAA" })
	if echo, err := b.VerifyURL(pushed(q)); err != nil || echo != "4375120948345356249" {
		t.Errorf("got %q, %v", echo, err)
	}
	q.Set("nonce", "1514711493")
	if echo, err := b.VerifyURL(pushed(q)); !errors.Is(err, ErrPushRefused) || echo != "" {
		t.Errorf("got %q, %v", echo, err)
	}
}

func TestPushOfAnotherTimeIsRemarkedUpon(t *testing.T) {
	t.Parallel()
	b := newBench(t, nowhere, secure)
	body := []byte(`{"Encrypt":"` + vectorEncrypt + `"}`)
	at, _ := strconv.ParseInt(vectorTime, 10, 64)
	b.clock.at = time.Unix(at, 0).Add(pushWindow)
	for _, remarked := range []bool{false, true} {
		if _, err := b.ParsePush(pushed(vectorQuery()), body); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.diary.String(), "another time"); got != remarked {
			t.Errorf("%v after its time: remarked %v", b.clock.now().Unix()-at, got)
		}
		b.clock.advance(time.Second)
	}
}

// plainPush is what the events in one plain push are read as.
func plainPush(t *testing.T, body string) []Event {
	t.Helper()
	q := url.Values{"timestamp": {"1795305900"}, "nonce": {"n"}, "signature": {util.Signature(pushToken, "1795305900", "n")}}
	events, err := newBench(t, nowhere, plain).ParsePush(pushed(q), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func event(name, rest string) string {
	return `{"ToUserName":"gh","FromUserName":"o1","CreateTime":1795305900,"MsgType":"event","Event":"` + name + `"` + rest + `}`
}

func TestEventDetails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		openID string
		want   []any
	}{
		"popup, one": {
			event(EventSubscribePopup, `,"List":{"TemplateId":"reply","SubscribeStatusString":"accept","PopupScene":"0"}`), "o1",
			[]any{SubscribeChoice{"reply", "accept"}},
		},
		"popup, several": {
			event(EventSubscribePopup, `,"List":[{"TemplateId":"reply","SubscribeStatusString":"accept"},{"TemplateId":"news","SubscribeStatusString":"ban"}]`), "o1",
			[]any{SubscribeChoice{"reply", "accept"}, SubscribeChoice{"news", "ban"}},
		},
		"change": {
			event(EventSubscribeChange, `,"List":[{" TemplateId":"reply"," SubscribeStatusString":"reject"}]`), "o1",
			[]any{SubscribeChoice{"reply", "reject"}},
		},
		"list missing": {event(EventSubscribePopup, ``), "o1", []any{nil}},
		"sent": {
			event(EventSubscribeSent, `,"List":{"TemplateId":"reply","MsgID":"3395159288267931652","ErrorCode":"0","ErrorStatus":"success"}`), "o1",
			[]any{SubscribeOutcome{"reply", 3395159288267931652, "0", "success"}},
		},
		"sent, numbers": {
			event(EventSubscribeSent, `,"List":[{"TemplateId":"reply","MsgID":3395159288267931652,"ErrorCode":43101,"ErrorStatus":"user refuse"}]`), "o1",
			[]any{SubscribeOutcome{"reply", 3395159288267931652, "43101", "user refuse"}},
		},
		"media": {
			event(EventMediaCheck, `,"appid":"wx","trace_id":"t1","version":2,"errcode":0,"result":{"suggest":"risky","label":20002}`), "",
			[]any{MediaVerdict{Verdict{Risky, 20002, "t1"}, 0}},
		},
		"media not fetched": {
			event(EventMediaCheck, `,"trace_id":"t1","errcode":-1008,"errmsg":"download failed"`), "",
			[]any{MediaVerdict{Verdict{Review, 0, "t1"}, -1008}},
		},
		"media passed and failed": {
			event(EventMediaCheck, `,"trace_id":"t1","errcode":-1008,"result":{"suggest":"pass","label":100}`), "",
			[]any{MediaVerdict{Verdict{Review, 100, "t1"}, -1008}},
		},
		"media, version 1": {
			event(EventMediaCheck, `,"isrisky":0,"trace_id":"t1","status_code":0,"extra_info_json":""`), "",
			[]any{MediaVerdict{Verdict{Review, 0, "t1"}, 0}},
		},
		"revoked": {event(EventRevoked, `,"OpenID":"o9","AppID":"wx","RevokeInfo":"8"`), "o9", []any{Revocation{[]string{"8"}}}},
		"revoked, keys as documented": {
			event(EventRevoked, `," OpenID":"o9"," RevokeInfo":" 8,13"`), "o9", []any{Revocation{[]string{"8", "13"}}},
		},
		"cancelled":    {event(EventCancelled, `,"OpenID":"o9","AppID":"wx"`), "o9", []any{Cancellation{}}},
		"never heard":  {event("user_info_modified", `,"OpenID":"o9"`), "o9", []any{nil}},
		"not an event": {`{"FromUserName":"o1","CreateTime":1,"MsgType":"text","Content":"你好","MsgId":77}`, "o1", []any{nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := plainPush(t, c.body)
			var got []any
			for _, e := range events {
				got = append(got, e.Detail)
				if e.OpenID != c.openID || e.DedupeKey == "" {
					t.Errorf("about %q under %q", e.OpenID, e.DedupeKey)
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %#v, want %#v", got, c.want)
			}
		})
	}
}

func TestPushesThatAreNone(t *testing.T) {
	t.Parallel()
	b := newBench(t, nowhere, plain)
	q := url.Values{"signature": {util.Signature(pushToken, "", "")}}
	for _, body := range []string{"", "null", "{}", "[]", `"x"`, "<xml/>", `{"MsgType":`, `{"MsgType":""}`} {
		if _, err := b.ParsePush(pushed(q), []byte(body)); !errors.Is(err, ErrPushUnreadable) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// A repetition has the same key; whatever differs in meaning has another.
func TestDedupeKeys(t *testing.T) {
	t.Parallel()
	number := event(EventSubscribePopup, `,"List":{"TemplateId":"reply","SubscribeStatusString":"accept"}`)
	text := strings.Replace(number, "1795305900", `"1795305900"`, 1)
	if a, b := plainPush(t, number)[0], plainPush(t, text)[0]; a.DedupeKey != b.DedupeKey || !a.At.Equal(b.At) {
		t.Error("a repetition has another key")
	}
	seen := map[string]string{}
	for _, body := range []string{
		number,
		strings.Replace(number, "1795305900", "1795305901", 1),
		strings.Replace(number, `"o1"`, `"o2"`, 1),
		strings.Replace(number, `"reply"`, `"news"`, 1),
		strings.Replace(number, `"accept"`, `"reject"`, 1),
		strings.Replace(number, "popup", "change", 1),
		event(EventMediaCheck, `,"trace_id":"t1"`), event(EventMediaCheck, `,"trace_id":"t2"`),
		event(EventCancelled, `,"OpenID":"o9"`), event(EventCancelled, `,"OpenID":"o8"`),
		event(EventRevoked, `,"OpenID":"o9","RevokeInfo":"8"`), event(EventRevoked, `,"OpenID":"o9","RevokeInfo":"13"`),
		event("other", `,"x":1`), event("other", `,"x":2`),
		`{"MsgType":"text","FromUserName":"o1","MsgId":1}`, `{"MsgType":"text","FromUserName":"o1","MsgId":2}`,
		`{"MsgType":"text","FromUserName":"o1","Content":"a"}`, `{"MsgType":"text","FromUserName":"o1","Content":"b"}`,
	} {
		e := plainPush(t, body)[0]
		if other, taken := seen[e.DedupeKey]; taken {
			t.Errorf("one key for\n%s\n%s", body, other)
		}
		seen[e.DedupeKey] = body
	}
}
