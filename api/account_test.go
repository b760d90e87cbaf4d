package api_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
)

// phoneCode is what the getPhoneNumber button gives a persona.
func phoneCode(t testing.TB, s *apitest.Server, persona, number string) map[string]string {
	t.Helper()
	var code struct{ Code string }
	s.Sandbox(t, "POST", "/_sandbox/phone-codes", map[string]string{"persona": persona, "phone": number}).Into(&code)
	return map[string]string{"code": code.Code}
}

func phoneOf(p *apitest.Person) string {
	var me struct{ PhoneMasked string }
	p.Get("/v1/me").Want(200).Into(&me)
	return me.PhoneMasked
}

func TestAPhoneComesFromWeChatForWhoeverAsks(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	anna, ben := s.SignIn(t, "anna"), s.SignIn(t, "ben")
	code := phoneCode(t, s, "anna", "13800000000")
	s.Anybody(t).Post("/v1/me/phone", code).Refused(401, "unauthenticated")
	ben.Post("/v1/me/phone", code).Refused(400, "wechat_phone_code_invalid")
	ben.Post("/v1/me/phone", map[string]string{"code": code["code"], "openid": "x"}).Refused(400, "unknown_field")
	ben.Post("/v1/me/phone", map[string]string{"phone": "13800000000"}).Refused(400, "unknown_field")
	if got := phoneOf(ben); got != "" {
		t.Fatalf("ben got %s", got)
	}
	anna.Post("/v1/me/phone", code, "Idempotency-Key: once").Want(200)
	again := anna.Post("/v1/me/phone", code, "Idempotency-Key: once").Want(200)
	if again.Header.Get("Idempotency-Replayed") != "true" || strings.Contains(string(again.Body), "13800000000") {
		t.Fatalf("%v %s", again.Header, again.Body)
	}
	anna.Post("/v1/me/phone", code).Refused(400, "wechat_phone_code_invalid")
	if got := phoneOf(anna); got != "138****0000" {
		t.Fatalf("anna has %q", got)
	}

	// The number goes to another owner: the first hears of it and signs in again.
	ben.Post("/v1/me/phone", phoneCode(t, s, "ben", "13800000000")).Want(200)
	anna.Get("/v1/me").Refused(401, "unauthenticated")
	anna = s.SignIn(t, "anna")
	if got := phoneOf(anna); got != "" {
		t.Fatalf("anna still has %q", got)
	}
	var inbox struct{ Items []struct{ Kind, Text string } }
	anna.Get("/v1/me/messages").Want(200).Into(&inbox)
	if len(inbox.Items) != 1 || inbox.Items[0].Kind != "phone" || !strings.Contains(inbox.Items[0].Text, "138****0000") {
		t.Fatalf("%+v", inbox)
	}
}

func TestAPhoneOfAnotherAppIsNone(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	anna := s.SignIn(t, "anna")
	for _, fault := range []map[string]any{
		{"path": "/wxa/business/getuserphonenumber", "kind": "status", "status": 502, "count": 9},
		{"path": "/wxa/business/getuserphonenumber", "kind": "malformed", "count": 9},
	} {
		s.Sandbox(t, "PUT", "/_sandbox/faults", map[string]any{"faults": []any{fault}}).Want(200)
		anna.Post("/v1/me/phone", phoneCode(t, s, "anna", "13800000000")).Refused(503, "wechat_unavailable")
	}
	if got := phoneOf(anna); got != "" {
		t.Fatal(got)
	}
}

func TestOneEditsOneselfUnderAnETag(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	anna := s.SignIn(t, "anna")
	tag := "If-Match: " + anna.Get("/v1/me").Want(200).Header.Get("ETag")
	var me struct{ Nickname, NicknameHeld, Locale string }
	changed := anna.Patch("/v1/me", map[string]string{"nickname": "安娜"}, tag).Want(200).Into(&me)
	if me.Nickname != "安娜" || me.Locale != "zh" || changed.Header.Get("ETag") != `"2"` {
		t.Fatalf("%+v %v", me, changed.Header)
	}
	anna.Patch("/v1/me", map[string]string{"nickname": "安"}, tag).Refused(412, "changed_meanwhile")
	anna.Patch("/v1/me", map[string]string{"nickname": "安【违规】"}).Refused(400, "content_refused")
	anna.Patch("/v1/me", map[string]string{"nickname": strings.Repeat("安", 21)}).Refused(400, "invalid")
	anna.Patch("/v1/me", map[string]string{"locale": "fr"}).Refused(400, "invalid")
	for _, owned := range []string{"id", "phoneMasked", "phone", "roles", "points", "version", "openid", "createdAt", "nicknameHeld"} {
		anna.Patch("/v1/me", map[string]any{"nickname": "安娜", owned: "x"}).Refused(400, "unknown_field")
	}
	anna.Patch("/v1/me", map[string]string{"nickname": "安【复核】", "locale": "en"}).Want(200).Into(&me)
	if me.Nickname != "安娜" || me.NicknameHeld != "安【复核】" || me.Locale != "en" {
		t.Fatalf("%+v", me)
	}
}

func TestAHeldNicknameComesWithItsRelease(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	wang, clerk := s.SignIn(t, "resident-wang"), s.SignIn(t, "clerk-county")
	wang.Patch("/v1/me", map[string]string{"nickname": "王【复核】"}).Want(200)
	county := meOf(clerk).Roles[0].Unit.ID
	var held struct {
		Items []struct{ ID, Kind, Text string }
	}
	clerk.Get("/v1/moderation/items?unitId=" + county).Want(200).Into(&held)
	for _, item := range held.Items {
		if item.Kind == "nickname" && item.Text == "王【复核】" {
			clerk.Post("/v1/moderation/items/"+item.ID+"/decisions", map[string]string{"decision": "release"}).Want(200)
		}
	}
	var me struct{ Nickname, NicknameHeld string }
	wang.Get("/v1/me").Want(200).Into(&me)
	if me.Nickname != "王【复核】" || me.NicknameHeld != "" {
		t.Fatalf("%+v", me)
	}
}

func TestSessionsAreListedAndEndedOneByOne(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	phone := s.SignIn(t, "anna")
	s.Clock.Move(time.Second) // sessions are listed in order of time
	tablet, other := s.SignIn(t, "anna"), s.SignIn(t, "ben")
	var open struct {
		Items []struct {
			ID, Client string
			Current    bool
		}
	}
	answer := phone.Get("/v1/sessions").Want(200).Into(&open)
	if len(open.Items) != 2 || !open.Items[0].Current || open.Items[1].Current || open.Items[0].Client == "" {
		t.Fatalf("%+v", open)
	}
	if strings.Contains(string(answer.Body), phone.Token) || strings.Contains(string(answer.Body), "oken") {
		t.Fatal("a token is shown")
	}
	other.Delete("/v1/sessions/"+open.Items[1].ID).Refused(404, "not_found")
	phone.Delete("/v1/sessions/" + open.Items[1].ID).Want(204)
	phone.Delete("/v1/sessions/"+open.Items[1].ID).Refused(404, "not_found")
	tablet.Get("/v1/me").Refused(401, "unauthenticated")
	phone.Get("/v1/me").Want(200)
	other.Get("/v1/me").Want(200)
}
