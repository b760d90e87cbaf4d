package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"jinlin/model/fault"
)

func TestLoginFaults(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]*fault.Error{
		40029: ErrCodeInvalid, 40163: ErrCodeUsed, 40226: ErrLoginBlocked, 45011: fault.ErrRateLimited,
		-1: ErrUnavailable, 40013: ErrUnavailable, 40125: ErrUnavailable, 41002: ErrUnavailable, 49999: ErrUnavailable,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			body := fmt.Sprintf(`{"errcode":%d,"errmsg":"no, rid: 6a0f1c2d-1b2c3d4e-5f607182"}`, code)
			s := newStation(t, says(body))
			_, err := newBench(t, s.URL).Login(context.Background(), plantedCode)
			var e *Error
			if !errors.Is(err, want) || !errors.As(err, &e) {
				t.Fatalf("got %v, want %v with its cause", err, want)
			}
			if e.Code != int64(code) || e.RID != "6a0f1c2d-1b2c3d4e-5f607182" {
				t.Errorf("the cause is %+v", e)
			}
			if tries := s.count(code2Session); tries != map[bool]int{true: 3, false: 1}[code == -1] {
				t.Errorf("asked %d times", tries)
			}
		})
	}
}

func TestLoginTooOftenSaysWhenAgain(t *testing.T) {
	t.Parallel()
	s := newStation(t, says(`{"errcode":45011,"errmsg":"api minute-quota reach limit"}`))
	_, err := newBench(t, s.URL).Login(context.Background(), "code") // at 9:30:15
	if again := fault.From(err).RetryAfter; again != 45*time.Second {
		t.Errorf("again in %v, want 45s", again)
	}
}

// The SDK pastes the code into the URL: a forged one must not reach it.
func TestLoginCodesThatAreNone(t *testing.T) {
	t.Parallel()
	s := newStation(t, says(`{"openid":"o"}`))
	b := newBench(t, s.URL)
	for _, code := range []string{"", "x&appid=evil#", "a b", "代码", "a/../b", string(make([]byte, 129))} {
		if _, err := b.Login(context.Background(), code); !errors.Is(err, ErrCodeInvalid) {
			t.Errorf("%q: %v", code, err)
		}
		if _, err := b.Phone(context.Background(), code, plantedOpenID); !errors.Is(err, ErrPhoneCodeInvalid) {
			t.Errorf("%q: %v", code, err)
		}
	}
	if len(s.calls) != 0 {
		t.Errorf("WeChat was asked: %v", s.calls)
	}
}

func TestBusyIsAskedAgain(t *testing.T) {
	t.Parallel()
	tries := 0
	s := newStation(t, func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries < 3 {
			_, _ = io.WriteString(w, `{"errcode":-1,"errmsg":"system error"}`)
			return
		}
		_, _ = io.WriteString(w, `{"openid":"o1","unionid":"u1","session_key":"k"}`)
	})
	b := newBench(t, s.URL)
	who, err := b.Login(context.Background(), "code")
	if err != nil || who != (Person{OpenID: "o1", UnionID: "u1"}) {
		t.Fatalf("got %v, %v", who, err)
	}
	if len(b.pauses) != len(pauses) {
		t.Fatalf("paused %v", b.pauses)
	}
	for i, d := range b.pauses {
		if d < pauses[i]*3/4 || d > pauses[i]*5/4 {
			t.Errorf("pause %d was %v", i, d)
		}
	}
}

func TestPhone(t *testing.T) {
	t.Parallel()
	reply := func(number, country, app string) string {
		return fmt.Sprintf(`{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"x","purePhoneNumber":"%s","countryCode":%s,"watermark":{"timestamp":1,"appid":"%s"}}}`,
			number, country, app)
	}
	cases := []struct {
		name, body, want string
		fault            error
	}{
		{"mainland", reply("13900000001", `"86"`, testApp), "13900000001", nil},
		{"country as a number", reply("13900000001", `86`, testApp), "13900000001", nil},
		{"abroad", reply("91234567", `"852"`, testApp), "+85291234567", nil},
		{"for another app", reply("13900000001", `"86"`, "wx0000000000000009"), "", ErrUnavailable},
		{"no number", reply("", `"86"`, testApp), "", ErrUnavailable},
		{"code bad", `{"errcode":40029,"errmsg":"invalid code"}`, "", ErrPhoneCodeInvalid},
		{"code used", `{"errcode":40163,"errmsg":"code been used"}`, "", ErrPhoneCodeInvalid},
		{"another's code", `{"errcode":40003,"errmsg":"invalid openid"}`, "", ErrPhoneCodeInvalid},
		{"too often", `{"errcode":45011,"errmsg":"slow down"}`, "", fault.ErrRateLimited},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, newStation(t, says(c.body)).URL)
			got, err := b.Phone(context.Background(), plantedCode, plantedOpenID)
			if got != c.want || !errors.Is(err, c.fault) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
