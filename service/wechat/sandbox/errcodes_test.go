package sandbox

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// onlyInjected are the codes that no request earns by itself.
var onlyInjected = []int{40164, 40226, 43104, 45168}

type refusalCase struct {
	name string
	code int
	call func(*bench) answer
	says string // part of the errmsg
}

var ridAtTheEnd = regexp.MustCompile(` rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$`)

// Every code the sandbox knows is earned by a request here, or listed as one
// that only a fault produces. Refusals come with HTTP 200 and a request id.
func TestEveryRefusal(t *testing.T) {
	t.Parallel()
	cases := slices.Concat(transportRefusals(), loginRefusals(), tokenRefusals(), subscribeRefusals(), checkRefusals(),
		linkRefusals(), officialRefusals())
	earned := map[int]bool{}
	for _, c := range cases {
		earned[c.code] = true
		t.Run(fmt.Sprintf("%d %s", c.code, c.name), func(t *testing.T) {
			t.Parallel()
			b := begin(t, Config{})
			b.loginCode("wang")
			a := c.call(b)
			wantCode(t, a, c.code)
			if a.Code != http.StatusOK || !ridAtTheEnd.MatchString(a.text("errmsg")) {
				t.Errorf("HTTP %d, %s", a.Code, a.Body)
			}
			if !strings.Contains(a.text("errmsg"), c.says) {
				t.Errorf("errmsg %q does not say %q", a.text("errmsg"), c.says)
			}
		})
	}
	for _, code := range slices.Sorted(maps.Keys(errText)) {
		if earned[code] == slices.Contains(onlyInjected, code) {
			t.Errorf("%d: earned by a request: %t; listed as injected only: %t", code, earned[code], !earned[code])
		}
	}
}

func transportRefusals() []refusalCase {
	send := func(body string) func(*bench) answer {
		return func(b *bench) answer { return b.post(sendPath, body) }
	}
	return []refusalCase{
		{name: "POST to a GET call", code: 43001, call: func(b *bench) answer { return b.do("POST", b.loginTarget("x"), "{}") }},
		{name: "GET of a POST call", code: 43002, call: func(b *bench) answer { return b.do("GET", sendPath, "") }},
		{name: "PUT to a POST call", code: 43002, call: func(b *bench) answer { return b.do("PUT", sendPath, "{}") }},
		{name: "GET of the text check", code: 43302, call: func(b *bench) answer { return b.do("GET", "/wxa/msg_sec_check", "") }},
		{name: "no such call", code: 40066, call: func(b *bench) answer { return b.do("POST", "/wxa/no_such_call", "{}") }},
		{name: "no body", code: 44002, call: send("")},
		{name: "blank body", code: 44002, call: send(" \n")},
		{name: "no JSON", code: 47001, call: send("touser=x")},
		{name: "cut JSON", code: 47001, call: send(`{"touser":"x"`)},
		{name: "two objects", code: 47001, call: send(`{}{}`)},
		{name: "null", code: 47001, call: send(`null`)},
		{name: "a list", code: 47001, call: send(`[]`)},
		{name: "a number for a text", code: 47001, call: send(`{"touser":1}`)},
		{name: "not UTF-8", code: 47001, call: send("{\"touser\":\"\xc4\xe3\"}")},
		{name: "escaped Chinese", code: 47001, call: send(`{"touser":"\u4f60\u597d"}`)},
		{name: "escaped surrogates", code: 47001, call: send(`{"touser":"\ud83d\ude00"}`)},
		{name: "too large", code: 45002, call: send(`{"touser":"` + strings.Repeat("x", bodyLimit) + `"}`)},
		{name: "escapes of others are fine", code: 40003, call: send(`{"touser":"\u0041\u2028\\u4f60"}`)},
		{name: "keys are case-sensitive", code: 40003, call: func(b *bench) answer {
			b.accept("wang", "news")
			m := with(news("wang"), "ToUser", OpenID("wang"))
			delete(m, "touser")
			return b.post(sendPath, m)
		}},
		{name: "the journal is gone", code: -1, call: func(b *bench) answer {
			b.world.journal = &journal{broken: errClosed}
			return b.post("/wxa/media_check_async", media("wang"))
		}},
	}
}

func loginRefusals() []refusalCase {
	login := func(query string) func(*bench) answer {
		return func(b *bench) answer { return b.do("GET", "/sns/jscode2session?"+query, "") }
	}
	const who = "appid=" + DemoAppID + "&secret=" + DemoSecret
	return []refusalCase{
		{name: "login without appid", code: 41002, call: login("")},
		{name: "login without secret", code: 41004, call: login("appid=" + DemoAppID)},
		{name: "login of another app", code: 40013, call: login("appid=wxffffffffffffffff&secret=x")},
		{name: "login of the official account", code: 40013, call: login("appid=" + DemoOfficialAppID + "&secret=" + DemoOfficialSecret + "&js_code=x")},
		{name: "login with a wrong secret", code: 40125, call: login("appid=" + DemoAppID + "&secret=x")},
		{name: "login without code", code: 41008, call: login(who + "&grant_type=authorization_code")},
		{name: "login with a wrong grant type", code: 40002, call: login(who + "&js_code=x")},
		{name: "unknown code", code: 40029, call: func(b *bench) answer { return b.login("0123") }},
		{name: "phone code for a login", code: 40029, call: func(b *bench) answer { return b.login(b.phoneCode("wang")) }},
		{name: "code after five minutes", code: 40029, call: func(b *bench) answer {
			code := b.loginCode("wang")
			b.clock.pass(5 * time.Minute)
			return b.login(code)
		}},
		{name: "code twice", code: 40163, call: func(b *bench) answer {
			code := b.loginCode("wang")
			b.login(code)
			return b.login(code)
		}},
		{name: "101 logins in a minute", code: 45011, call: func(b *bench) answer {
			for range 100 {
				wantCode(b.t, b.login(b.loginCode("wang")), 0)
			}
			return b.login(b.loginCode("wang"))
		}},
		{name: "phone without code", code: 41008, call: func(b *bench) answer { return b.post(phonePath, `{}`) }},
		{name: "login code for a phone", code: 40029, call: func(b *bench) answer {
			return b.post(phonePath, map[string]any{"code": b.loginCode("wang")})
		}},
		{name: "phone code of somebody else", code: 40003, call: func(b *bench) answer {
			return b.post(phonePath, map[string]any{"code": b.phoneCode("wang"), "openid": OpenID("li")})
		}},
		{name: "phone code twice", code: 40163, call: func(b *bench) answer {
			body := map[string]any{"code": b.phoneCode("wang")}
			wantCode(b.t, b.post(phonePath, body), 0)
			return b.post(phonePath, body)
		}},
	}
}

const phonePath = "/wxa/business/getuserphonenumber"

func tokenRefusals() []refusalCase {
	stable := func(body string) func(*bench) answer {
		return func(b *bench) answer { return b.do("POST", "/cgi-bin/stable_token", body) }
	}
	ordinary := func(query string) func(*bench) answer {
		return func(b *bench) answer { return b.do("GET", "/cgi-bin/token?grant_type=client_credential"+query, "") }
	}
	use := func(b *bench, token string) answer { return b.do("POST", sendPath+"?access_token="+token, "{}") }
	return []refusalCase{
		{name: "no grant type", code: 40002, call: func(b *bench) answer { return b.do("GET", "/cgi-bin/token", "") }},
		{name: "no appid", code: 41002, call: ordinary("")},
		{name: "no secret", code: 41004, call: ordinary("&appid=" + DemoAppID)},
		{name: "wrong appid", code: 40013, call: ordinary("&appid=wx1&secret=x")},
		{name: "wrong secret", code: 40125, call: ordinary("&appid=" + DemoAppID + "&secret=x")},
		{name: "stable without grant type", code: 40002, call: stable(`{}`)},
		{name: "stable without appid", code: 41002, call: stable(`{"grant_type":"client_credential"}`)},
		{name: "stable with a wrong secret", code: 40125, call: stable(strings.Replace(stableBody, DemoSecret, "x", 1))},
		{name: "stable with a text for force", code: 47001, call: stable(strings.Replace(stableBody, "}", `,"force_refresh":"true"}`, 1))},
		{name: "no token", code: 41001, call: func(b *bench) answer { return use(b, "") }},
		{name: "a token nobody made", code: 40014, call: func(b *bench) answer { return use(b, "abc") }},
		{name: "a token of another life", code: 40001, call: func(b *bench) answer { return use(b, tokenValue()) }},
		{name: "expired token", code: 42001, call: func(b *bench) answer {
			token := b.token()
			b.clock.pass(2 * time.Hour)
			return use(b, token)
		}},
		{name: "replaced five minutes ago", code: 40001, call: func(b *bench) answer {
			old := b.do("GET", ordinaryTarget, "").text("access_token")
			b.do("GET", ordinaryTarget, "")
			b.clock.pass(5 * time.Minute)
			return use(b, old)
		}},
		{name: "rotated away", code: 40001, call: func(b *bench) answer {
			old := b.token()
			b.control("POST", "/tokens/rotation", "")
			return use(b, old)
		}},
		{name: "forced away", code: 40001, call: func(b *bench) answer {
			old := b.token()
			b.do("POST", "/cgi-bin/stable_token", forceBody)
			return use(b, old)
		}},
		{name: "forced 21 times a day", code: 45009, call: func(b *bench) answer {
			for range 20 {
				b.do("POST", "/cgi-bin/stable_token", forceBody)
				b.clock.pass(30 * time.Second)
			}
			return b.do("POST", "/cgi-bin/stable_token", forceBody)
		}},
		{name: "2001 tokens a day", code: 45009, call: func(b *bench) answer {
			for range 2000 {
				b.do("GET", ordinaryTarget, "")
			}
			return b.do("GET", ordinaryTarget, "")
		}},
		{name: "quota cleared 11 times a month", code: 48006, call: func(b *bench) answer {
			for range 10 {
				wantCode(b.t, b.post("/cgi-bin/clear_quota", map[string]any{"appid": DemoAppID}), 0)
			}
			return b.post("/cgi-bin/clear_quota", map[string]any{"appid": DemoAppID})
		}},
		{name: "quota of another app", code: 40013, call: func(b *bench) answer { return b.post("/cgi-bin/clear_quota", `{"appid":"wx1"}`) }},
		{name: "quota of nothing", code: 76021, call: func(b *bench) answer { return b.post("/cgi-bin/openapi/quota/get", `{"cgi_path":"/x"}`) }},
		{name: "token of the official account", code: 48001, call: func(b *bench) answer {
			return use(b, b.do("GET", officialTarget, "").text("access_token"))
		}},
	}
}

var forceBody = strings.Replace(stableBody, "}", `,"force_refresh":true}`, 1)

func subscribeRefusals() []refusalCase {
	send := func(change func(map[string]any)) func(*bench) answer {
		return func(b *bench) answer {
			b.accept("wang", "news")
			m := news("wang")
			change(m)
			a := b.post(sendPath, m)
			if left := b.grantsLeft("wang", "news"); left != 1 {
				b.t.Errorf("a refused message took a grant: %d left", left)
			}
			return a
		}
	}
	set := func(key string, value any) func(*bench) answer {
		return send(func(m map[string]any) { m[key] = value })
	}
	field := func(key string, value any) func(*bench) answer {
		return send(func(m map[string]any) { m["data"].(map[string]any)[key] = value })
	}
	return []refusalCase{
		{name: "nobody", code: 40003, call: set("touser", "")},
		{name: "stranger", code: 40003, call: set("touser", OpenID("nobody"))},
		{name: "no template", code: 40037, call: set("template_id", "")},
		{name: "unknown template", code: 40037, call: set("template_id", "nope")},
		{name: "unreleased page", code: 41030, call: set("page", "packages/news")},
		{name: "page with a slash in front", code: 41030, call: set("page", "/pages/news")},
		{name: "a folder for a page", code: 41030, call: set("page", "pages/?id=1")},
		{name: "unknown state", code: 47003, call: set("miniprogram_state", "release"), says: "miniprogram_state"},
		{name: "unknown language", code: 47003, call: set("lang", "zh-CN"), says: "lang"},
		{name: "no data", code: 47003, call: set("data", nil), says: "data.thing1.value"},
		{name: "data of the wrong type", code: 47001, call: set("data", "x")},
		{name: "value without object", code: 47001, call: field("thing1", "x")},
		{name: "number for a value", code: 47001, call: field("thing1", map[string]any{"value": 1})},
		{name: "missing key", code: 47003, call: field("thing2", nil), says: "data.thing2.value"},
		{name: "empty value", code: 47003, call: field("thing2", Value{}), says: "data.thing2.value"},
		{name: "unknown key", code: 47003, call: field("thing4", Value{"x"}), says: "data.thing4"},
		{name: "over-long", code: 47003, call: field("thing1", Value{strings.Repeat("长", 21)}), says: "data.thing1.value"},
		{name: "line break", code: 47003, call: field("thing1", Value{"a\nb"}), says: "data.thing1.value"},
		{name: "control character", code: 47003, call: field("thing1", Value{"a\x07b"}), says: "data.thing1.value"},
		{name: "line separator", code: 47003, call: field("thing1", Value{"a\u2028b"}), says: "data.thing1.value"},
		{name: "no such day", code: 47003, call: field("date3", Value{"2026-02-30"}), says: "data.date3.value"},
		{name: "no grant", code: 43101, call: func(b *bench) answer { return b.post(sendPath, news("wang")) }},
		{name: "grant of another template", code: 43101, call: func(b *bench) answer {
			b.accept("wang", "reply")
			return b.post(sendPath, news("wang"))
		}},
		{name: "rejected after accepting", code: 43101, call: func(b *bench) answer {
			b.accept("wang", "news")
			b.control("POST", "/grants", quote(map[string]any{"persona": "wang", "templateId": "news", "result": "reject"}))
			return b.post(sendPath, news("wang"))
		}},
	}
}

func text(persona, content string) map[string]any {
	return map[string]any{"openid": OpenID(persona), "scene": 3, "version": 2, "content": content}
}

func media(persona string) map[string]any {
	return map[string]any{
		"openid": OpenID(persona), "scene": 3, "version": 2, "media_type": 2, "media_url": "https://files.example.test/a.jpg",
	}
}

func checkRefusals() []refusalCase {
	check := func(key string, value any) func(*bench) answer {
		return func(b *bench) answer { return b.post(textPath, with(text("wang", "电梯停了"), key, value)) }
	}
	mediaCheck := func(key string, value any) func(*bench) answer {
		return func(b *bench) answer { return b.post(mediaPath, with(media("wang"), key, value)) }
	}
	return []refusalCase{
		{name: "text of a stranger", code: 40003, call: check("openid", OpenID("nobody"))},
		{name: "text without scene", code: 40129, call: check("scene", nil)},
		{name: "text with scene 5", code: 40129, call: check("scene", 5)},
		{name: "text of version 1", code: 47001, call: check("version", 1)},
		{name: "text without version", code: 47001, call: check("version", nil)},
		{name: "no text", code: 47001, call: check("content", "")},
		{name: "2501 characters", code: 45002, call: check("content", strings.Repeat("长", 2501))},
		{name: "text after two hours", code: 61010, call: func(b *bench) answer {
			b.clock.pass(2*time.Hour + time.Second)
			return b.post(textPath, text("wang", "电梯停了"))
		}},
		{name: "media after two hours", code: 61010, call: func(b *bench) answer {
			b.control("PUT", "/clock", `{"offset":"2h1s"}`)
			return b.post(mediaPath, media("wang"))
		}},
		{name: "media without address", code: 40066, call: mediaCheck("media_url", "a.jpg")},
		{name: "media of type 3", code: 40097, call: mediaCheck("media_type", 3)},
	}
}

const (
	textPath    = "/wxa/msg_sec_check"
	mediaPath   = "/wxa/media_check_async"
	picturePath = "/wxa/getwxacodeunlimit"
	linkPath    = "/wxa/generate_urllink"
)

func linkRefusals() []refusalCase {
	picture := func(body string) func(*bench) answer {
		return func(b *bench) answer { return b.post(picturePath, body) }
	}
	link := func(body string) func(*bench) answer {
		return func(b *bench) answer { return b.post(linkPath, body) }
	}
	return []refusalCase{
		{name: "no scene", code: 40169, call: picture(`{}`)},
		{name: "scene of 33", code: 40169, call: picture(`{"scene":"` + strings.Repeat("a", 33) + `"}`)},
		{name: "percent in the scene", code: 40129, call: picture(`{"scene":"a%20"}`)},
		{name: "ampersand in the scene", code: 40129, call: picture(`{"scene":"a=1&b=2"}`)},
		{name: "Chinese in the scene", code: 40129, call: picture(`{"scene":"活动"}`)},
		{name: "unreleased page of a picture", code: 41030, call: picture(`{"scene":"a","page":"x/y"}`)},
		{name: "query in the page", code: 41030, call: picture(`{"scene":"a","page":"pages/a?b=1"}`)},
		{name: "slash before the page, unchecked", code: 41030, call: picture(`{"scene":"a","page":"/x/y","check_path":false}`)},
		{name: "narrow picture", code: 40097, call: picture(`{"scene":"a","width":279}`)},
		{name: "unknown version", code: 40097, call: picture(`{"scene":"a","env_version":"formal"}`)},
		{name: "unreleased page of a link", code: 40165, call: link(`{"path":"x/y","expire_type":1,"expire_interval":1}`)},
		{name: "query in the path of a link", code: 40165, call: link(`{"path":"pages/a?b=1","expire_type":1,"expire_interval":1}`)},
		{name: "long query", code: 40212, call: link(`{"query":"` + strings.Repeat("q", 1025) + `","expire_type":1,"expire_interval":1}`)},
		{name: "link for 31 days", code: 85401, call: link(`{"expire_type":1,"expire_interval":31}`)},
		{name: "link without end", code: 85401, call: link(`{}`)},
		{name: "link into the past", code: 85401, call: link(`{"expire_type":0,"expire_time":1}`)},
		{name: "link of another type", code: 85401, call: link(`{"expire_type":2}`)},
	}
}

func (b *bench) official(path string, body any) answer {
	b.t.Helper()
	token := b.do("GET", officialTarget, "").text("access_token")
	return b.do("POST", path+"?access_token="+token, quote(body))
}

func draftOf(changes ...string) map[string]any {
	article := map[string]any{"title": "社区周报", "content": "<p>正文</p>", "thumb_media_id": "SIM_MEDIA_1"}
	for pair := range slices.Chunk(changes, 2) {
		article[pair[0]] = pair[1]
	}
	return map[string]any{"articles": []any{article}}
}

func massOf(mediaID, clientID string) map[string]any {
	return map[string]any{
		"filter": map[string]any{"is_to_all": true}, "mpnews": map[string]any{"media_id": mediaID},
		"msgtype": "mpnews", "clientmsgid": clientID,
	}
}

func (b *bench) draft() string {
	b.t.Helper()
	return b.official(draftPath, draftOf()).text("media_id")
}

const (
	draftPath   = "/cgi-bin/draft/add"
	publishPath = "/cgi-bin/freepublish/submit"
	lookPath    = "/cgi-bin/freepublish/get"
	massPath    = "/cgi-bin/message/mass/sendall"
)

func officialRefusals() []refusalCase {
	draft := func(changes ...string) func(*bench) answer {
		return func(b *bench) answer { return b.official(draftPath, draftOf(changes...)) }
	}
	return []refusalCase{
		{name: "draft by the mini-program", code: 48001, call: func(b *bench) answer { return b.post(draftPath, draftOf()) }},
		{name: "draft without articles", code: 44003, call: func(b *bench) answer { return b.official(draftPath, `{"articles":[]}`) }},
		{name: "article that is a text", code: 47001, call: func(b *bench) answer { return b.official(draftPath, `{"articles":["x"]}`) }},
		{name: "article without content", code: 44003, call: draft("content", "")},
		{name: "long title", code: 45003, call: draft("title", strings.Repeat("题", 33))},
		{name: "long digest", code: 45004, call: draft("digest", strings.Repeat("摘", 129))},
		{name: "long content", code: 45002, call: draft("content", strings.Repeat("文", 20_000))},
		{name: "no cover", code: 40007, call: draft("thumb_media_id", "")},
		{name: "publish nothing", code: 40007, call: func(b *bench) answer { return b.official(publishPath, `{"media_id":"x"}`) }},
		{name: "publish twice", code: 40007, call: func(b *bench) answer {
			body := map[string]any{"media_id": b.draft()}
			wantCode(b.t, b.official(publishPath, body), 0)
			return b.official(publishPath, body)
		}},
		{name: "look at nothing", code: 53600, call: func(b *bench) answer { return b.official(lookPath, `{"publish_id":1}`) }},
		{name: "look without id", code: 47001, call: func(b *bench) answer { return b.official(lookPath, `{}`) }},
		{name: "send to nobody", code: 47001, call: func(b *bench) answer {
			return b.official(massPath, with(massOf(b.draft(), "a"), "filter", map[string]any{}))
		}},
		{name: "send what is not there", code: 40007, call: func(b *bench) answer { return b.official(massPath, massOf("x", "a")) }},
		{name: "long client id", code: 45067, call: func(b *bench) answer {
			return b.official(massPath, massOf(b.draft(), strings.Repeat("a", 65)))
		}},
		{name: "send twice a day", code: 45028, call: func(b *bench) answer {
			wantCode(b.t, b.official(massPath, massOf(b.draft(), "a")), 0)
			return b.official(massPath, massOf(b.draft(), "b"))
		}},
		{name: "same client id at once", code: 45066, call: func(b *bench) answer {
			wantCode(b.t, b.official(massPath, massOf(b.draft(), "a")), 0)
			return b.official(massPath, massOf(b.draft(), "a"))
		}},
		{name: "same client id later", code: 45065, call: func(b *bench) answer {
			first := b.official(massPath, massOf(b.draft(), "a"))
			b.clock.pass(time.Minute)
			a := b.official(massPath, massOf(b.draft(), "a"))
			if a.values["msg_id"] != first.values["msg_id"] {
				b.t.Errorf("the repeat names %v, not %v", a.values["msg_id"], first.values["msg_id"])
			}
			return a
		}},
	}
}

// A body that is larger than the limit is not read to its end.
func TestBodiesAreLimited(t *testing.T) {
	t.Parallel()
	endless := &countingReader{}
	if _, err := parseBody(endless); refusalOf(err).code != 45002 {
		t.Fatal(err)
	}
	if endless.read > 2*bodyLimit {
		t.Errorf("read %d bytes of a body limited to %d", endless.read, bodyLimit)
	}
}

type countingReader struct{ read int }

func (r *countingReader) Read(p []byte) (int, error) {
	r.read += copy(p, bytes.Repeat([]byte("x"), len(p)))
	return len(p), nil
}
