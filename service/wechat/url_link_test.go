package wechat

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestALinkOnTheWire(t *testing.T) {
	t.Parallel()
	var asked map[string]any
	station := newStation(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == urlLink.path {
			_ = json.NewDecoder(r.Body).Decode(&asked)
		}
		says(`{"errcode":0,"errmsg":"ok","url_link":"https://wxaurl.cn/SIM0001"}`)(w, r)
	})
	link, err := newBench(t, station.URL, func(c *Config) { c.MiniProgramState = "trial" }).Link(ctx, "pages/mailbox/claim", "receipt=R1&code=planted")
	if err != nil || link != "https://wxaurl.cn/SIM0001" {
		t.Errorf("%q, %v", link, err)
	}
	for name, want := range map[string]any{
		"path": "pages/mailbox/claim", "query": "receipt=R1&code=planted", "expire_type": 1.0, "expire_interval": 30.0, "env_version": "trial",
	} {
		if asked[name] != want {
			t.Errorf("asked %s %v", name, asked[name])
		}
	}
}

func TestOnlyALinkIsALink(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"errcode":40165,"errmsg":"invalid path of code=planted rid: 1"}`, `{"errcode":85079,"errmsg":"miniprogram has no online release"}`,
		`{"errcode":0,"errmsg":"ok"}`, `{"errcode":0,"errmsg":"ok","url_link":""}`, `{}`, "", "<html>busy</html>", "{\"errcode\":",
	} {
		b := newBench(t, newStation(t, says(text)).URL)
		link, err := b.Link(ctx, "pages/mailbox/claim", "receipt=R1&code=planted")
		if !errors.Is(err, ErrUnavailable) || link != "" || strings.Contains(err.Error(), "planted") {
			t.Errorf("%q gives %q, %v", text, link, err)
		}
		keepsSecrets(t, err.Error(), b.diary.String())
	}
}

func TestSandboxLink(t *testing.T) {
	t.Parallel()
	c := newCounty(t)
	link, err := c.Link(ctx, "pages/mailbox/claim", "receipt=R1&code=2")
	if err != nil || !strings.HasPrefix(link, "https://wxaurl.cn/") {
		t.Errorf("%q, %v", link, err)
	}
	if link, err = c.Link(ctx, "elsewhere/claim", ""); link != "" || ClassOf(err) != ClassConfig {
		t.Errorf("%q, %v of class %s", link, err, ClassOf(err))
	}
}
