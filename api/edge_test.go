package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/api/apitest"
)

func TestBadInputIsAProblemAndNeverA500(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	anybody, wang := s.Anybody(t), s.SignIn(t, "resident-wang")
	anybody.Post("/v1/sessions/wechat", `{"code":`).Refused(400, "malformed")
	anybody.Post("/v1/sessions/wechat", `[]`).Refused(400, "invalid")
	anybody.Post("/v1/sessions/wechat", `{"code":7}`).Refused(400, "invalid")
	anybody.Post("/v1/sessions/wechat", `{}`).Refused(400, "invalid")
	anybody.Post("/v1/sessions/wechat", `{"code":"x","admin":true}`).Refused(400, "unknown_field")
	anybody.Post("/v1/sessions/wechat", `{"code":"x","CODE":"y"}`).Refused(400, "unknown_field") // which would be read past the limits of the other
	anybody.Post("/v1/sessions/wechat", `{"code":"`+strings.Repeat("x", 1<<20)+`"}`).Refused(413, "too_large")
	anybody.Post("/v1/sessions/wechat", `code=x`, "Content-Type: application/x-www-form-urlencoded").Refused(415, "unsupported_media_type")
	anybody.Get("/v1/units?cursor=zzz").Refused(400, "invalid_cursor")
	anybody.Get("/v1/units?limit=1000").Refused(400, "invalid")
	anybody.Get("/v1/units/not-an-id").Refused(400, "invalid")
	anybody.Get("/v1/units/01a205ff-ee0b-7276-b623-6ec18320a609").Refused(404, "not_found")
	anybody.Get("/v1/nothing").Refused(404, "no_route")
	anybody.Put("/v1/me", `{}`).Refused(405, "wrong_method")
	anybody.Get("/v1/me").Refused(401, "unauthenticated")
	anybody.Get("/v1/me", "Authorization: Bearer forged").Refused(401, "unauthenticated")
	anybody.Get("/v1/me", "Authorization: Basic eDp5").Refused(401, "unauthenticated")
	wang.Get("/v1/me").Want(200)
}

// A body that breaks off, or is not in the chunks it announces, is its sender's doing.
func TestABodyThatDoesNotComeAsAnnouncedIsA400(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	address := strings.TrimPrefix(s.URL("api"), "http://")
	for _, body := range []string{"Content-Length: 50\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "POST /v1/sessions/wechat HTTP/1.1\r\nHost: jinlin\r\nContent-Type: application/json\r\n%s", body)
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %s", body, answer.Status)
		}
	}
}

// An id of zeros would read as "none" once decoded, and so turn "this pool" into "any pool".
func TestTheIDOfZerosIsNoID(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	branch, _, secretary := branchWithSecretary(t, s)
	const zeros = "00000000-0000-0000-0000-000000000000"
	start := s.Clock.Now().Add(30 * time.Minute)
	draft := map[string]any{
		"title": "清扫楼道", "description": "", "unitId": branch, "startsAt": start, "endsAt": start.Add(time.Hour),
		"signUpOpensAt": start.Add(-time.Hour), "signUpClosesAt": start, "capacity": 2, "waitingList": true, "place": "3 号楼",
		"points": 5, "requiresCheckOut": false, "audience": "open", "poolId": zeros,
	}
	var problem struct{ Fields []struct{ Path, Code string } }
	secretary.Post("/v1/activities", draft).Refused(400, "invalid").Into(&problem)
	if len(problem.Fields) != 1 || problem.Fields[0].Path != "poolId" || problem.Fields[0].Code != "invalid_id" {
		t.Errorf("%+v", problem.Fields)
	}
	secretary.Post("/v1/points/reversals", map[string]string{"entryId": zeros, "reason": "错"}).Refused(400, "invalid")
	secretary.Get("/v1/units?parentId="+zeros).Refused(400, "invalid")
	secretary.Get("/v1/units/"+zeros).Refused(400, "invalid")
	delete(draft, "poolId")
	secretary.Post("/v1/activities", draft).Want(201)
}

func TestOneLoginCodeFromFiftyRepeatsIsOneSession(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	var code struct {
		Code string `json:"code"`
	}
	s.Sandbox(t, http.MethodPost, "/_sandbox/codes", map[string]string{"persona": "resident-li"}).Into(&code)
	tokens := make([]string, 50)
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() {
			var in struct{ Token string }
			s.Anybody(t).Post("/v1/sessions/wechat", code).Want(201).Into(&in)
			tokens[i] = in.Token
		})
	}
	wg.Wait()
	for _, token := range tokens {
		if token != tokens[0] {
			t.Fatal("two sessions for one code")
		}
	}
	s.Clock.Move(61_000_000_000)
	s.Anybody(t).Post("/v1/sessions/wechat", code).Refused(401, "wechat_code_used")
}

func TestASessionThatEndedIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	first, second := s.SignIn(t, "resident-li"), s.SignIn(t, "resident-li")
	first.Delete("/v1/sessions/current").Want(204)
	first.Get("/v1/me").Refused(401, "unauthenticated")
	second.Get("/v1/me").Want(200)
	second.Delete("/v1/sessions").Want(204)
	second.Get("/v1/me").Refused(401, "unauthenticated")
}

func TestWeChatDownMakesLoginUnavailable(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	s.Sandbox(t, http.MethodPut, "/_sandbox/faults", map[string]any{
		"faults": []map[string]any{{"path": "/sns/jscode2session", "kind": "status", "rate": 1}},
	}).Want(200)
	var code struct {
		Code string `json:"code"`
	}
	s.Sandbox(t, http.MethodPost, "/_sandbox/codes", map[string]string{"persona": "resident-li"}).Into(&code)
	answer := s.Anybody(t).Post("/v1/sessions/wechat", code, "Accept-Language: en").Refused(503, "wechat_unavailable")
	if answer.Header.Get("Retry-After") == "" || !strings.Contains(string(answer.Body), "WeChat") {
		t.Errorf("no Retry-After or not in English: %s", answer.Body)
	}
}

func TestThePageAndTheDescriptionWorkOffline(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	anybody := s.Anybody(t)
	page := string(anybody.Get("/docs/").Want(200).Body)
	if strings.Contains(page, "src=\"http") || strings.Contains(page, "href=\"http") {
		t.Error("the docs page loads something from a network")
	}
	anybody.Get("/openapi.json").Want(200)
	anybody.Get("/openapi.yaml").Want(200)
	anybody.Get("/healthz").Want(200)
	anybody.Get("/readyz").Want(200)
	anybody.Get("/metrics").Refused(404, "no_route")
	anybody.Get("/debug/pprof/").Refused(404, "no_route")
}

func TestTextThatNobodyTypesIsRefused(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang := s.SignIn(t, "resident-wang")
	for _, text := range []string{"a\x00b", "路灯\u202e坏了", "\ufeff\u200b", " \n\t ", "\u2800\u2800", "\u3164"} {
		body := map[string]any{"category": "facilities", "text": text, "identity": "named", "estateId": "01a205ff-ee0b-7276-b623-6ec18320a609"}
		if answer := wang.Post("/v1/mailbox/requests", body).Refused(400, "invalid"); !strings.Contains(string(answer.Body), `"path":"text"`) {
			t.Errorf("%+q was taken: %s", text, answer.Body)
		}
	}
	typed := map[string]any{"category": "facilities", "text": "路灯坏了\n👨‍👩‍👧 一家都绕着走", "identity": "named", "estateId": "01a205ff-ee0b-7276-b623-6ec18320a609"}
	if answer := wang.Post("/v1/mailbox/requests", typed).Refused(400, "invalid"); strings.Contains(string(answer.Body), `"path":"text"`) {
		t.Errorf("typed text was refused: %s", answer.Body) // only the estate is unknown
	}
}
