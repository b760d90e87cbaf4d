package wechat

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestWrongConfigurationsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	cfg := Config{
		AppID: "wx 1", Secret: "se&cret", BaseURL: "http://user:pass@host/path", MiniProgramState: "beta",
		PushAESKey: "short",
	}
	cache := newSharedMemory(time.Now)
	_, err := New(cfg, cache, time.Now, slog.Default())
	if err == nil || strings.Count(err.Error(), "wechat:") != 5 {
		t.Errorf("got %v", err)
	}
	for _, hiding := range []string{"se&cret", "pass", "short"} {
		if strings.Contains(err.Error(), hiding) {
			t.Errorf("%q shows in %v", hiding, err)
		}
	}
	good := Config{AppID: testApp, Secret: plantedSecret}
	if _, err := New(good, nil, time.Now, slog.Default()); err == nil {
		t.Error("no cache was accepted")
	}
	for _, base := range []string{"api.weixin.qq.com", "ftp://host", "https://", "https://host?x=1", "://"} {
		good.BaseURL = base
		if _, err := New(good, cache, time.Now, slog.Default()); err == nil {
			t.Errorf("%q was accepted", base)
		}
	}
	good.BaseURL, good.PushToken = "", "token"
	for _, key := range []string{strings.Repeat("a", 42), strings.Repeat("!", 43)} {
		good.PushAESKey = key
		if _, err := New(good, cache, time.Now, slog.Default()); err == nil {
			t.Errorf("the key %q was accepted", key)
		}
	}
}

func TestConfigPrintsWithoutSecrets(t *testing.T) {
	t.Parallel()
	cfg := Config{AppID: testApp, Secret: plantedSecret, PushToken: plantedToken, PushAESKey: plantedSessionKey}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "config", cfg)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "config", cfg)
	keepsSecrets(t, out.String(), fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, cfg))
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"GET https://h/x?appid=a&secret=HIDE&js_code=HIDE&grant_type=b", "access_token=HIDE", "ACCESS_TOKEN=HIDE;",
		`{"session_key":"HIDE","code": "HIDE"}`, "a line\nwith HIDE", "appsecret = HIDE", strings.Repeat("长", 300) + "HIDE",
	} {
		got := redact(text, "with HIDE")
		if strings.Contains(got, "HIDE") || strings.Contains(got, "\n") || len([]rune(got)) > 201 {
			t.Errorf("%q", got)
		}
	}
	const harmless = "errcode 40029: invalid code, rid: 6a0f1c2d-1b2c3d4e-5f607182"
	if got := redact(harmless, ""); got != harmless {
		t.Errorf("%q", got)
	}
}
