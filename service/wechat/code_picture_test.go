package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
)

var jpegHead = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01 and so on"

func TestACodeOnTheWire(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]codeBody{
		"formal":    {"s1", "pages/desk/index", true, "release", 280},
		"trial":     {"s1", "pages/desk/index", false, "trial", 280},
		"developer": {"s1", "pages/desk/index", false, "develop", 280},
	} {
		var asked codeBody
		station := newStation(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == codePicture.path {
				_ = json.NewDecoder(r.Body).Decode(&asked)
			}
			says(jpegHead)(w, r)
		})
		b := newBench(t, station.URL, func(c *Config) { c.MiniProgramState = state })
		drawn, err := b.Code(context.Background(), "pages/desk/index", "s1")
		if err != nil || drawn.ContentType != "image/jpeg" || string(drawn.Bytes) != jpegHead || asked != want {
			t.Errorf("%s: %q %v, asked %+v", state, drawn.ContentType, err, asked)
		}
	}
}

func TestOnlyAPictureIsACode(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"errcode":41030,"errmsg":"invalid page rid: 1"}`, `{"errcode":45009,"errmsg":"reach max api daily quota limit"}`,
		`{"errcode":0,"errmsg":"ok"}`, `{}`, "", "<html>busy</html>", "{\"errcode\":",
	} {
		b := newBench(t, newStation(t, says(text)).URL)
		drawn, err := b.Code(context.Background(), "pages/desk/index", "s1")
		if !errors.Is(err, ErrUnavailable) || drawn.Bytes != nil {
			t.Errorf("%q gives %+v, %v", text, drawn, err)
		}
		keepsSecrets(t, err.Error(), b.diary.String())
	}
}

func TestACodeIsAskedForAgainWithANewToken(t *testing.T) {
	t.Parallel()
	calls := 0
	station := newStation(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != codePicture.path {
			says("")(w, r)
			return
		}
		if calls++; calls == 1 {
			_, _ = io.WriteString(w, `{"errcode":42001,"errmsg":"access_token expired"}`)
			return
		}
		_, _ = io.WriteString(w, jpegHead)
	})
	if _, err := newBench(t, station.URL).Code(context.Background(), "pages/desk/index", "s1"); err != nil || calls != 2 {
		t.Fatalf("%d calls, %v", calls, err)
	}
}
