package sandbox

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The markers that decide the text check.
const (
	riskyMarker  = "【违规】"
	reviewMarker = "【复核】"

	longestText = 2500
)

// verdict is WeChat's opinion of a text or an image.
type verdict struct {
	Suggest string `json:"suggest"`
	Label   int    `json:"label"`
}

// labels are those the sandbox gives with each suggestion.
var labels = map[string]int{"pass": 100, "review": 21000, "risky": 20003}

func suggestion(suggest string) verdict { return verdict{suggest, labels[suggest]} }

// opinion is one strategy's share of a verdict.
type opinion struct {
	Strategy string `json:"strategy"`
	ErrCode  int    `json:"errcode"`
	Suggest  string `json:"suggest,omitempty"`
	Label    int    `json:"label,omitempty"`
	Prob     int    `json:"prob,omitempty"`
	Level    int    `json:"level,omitempty"`
	Keyword  string `json:"keyword,omitempty"`
}

func opinions(v verdict, keyword string) []opinion {
	model := opinion{Strategy: "content_model", Suggest: v.Suggest, Label: v.Label, Prob: 90}
	words := opinion{Strategy: "keyword"}
	if keyword != "" {
		words = opinion{Strategy: "keyword", Suggest: v.Suggest, Label: v.Label, Level: 90, Keyword: keyword}
	}
	return []opinion{model, words}
}

// checkText is /wxa/msg_sec_check, version 2.
func (s *Sandbox) checkText(c *call) (any, error) {
	texts := []string{c.body.text("content"), c.body.text("title"), c.body.text("nickname")}
	signature := c.body.text("signature")
	scene, err := s.checkScene(c)
	if err != nil {
		return nil, err
	}
	if scene == 1 {
		texts = append(texts, signature)
	}
	if texts[0] == "" {
		return nil, refuse(47001, "content missing")
	}
	if utf8.RuneCountInString(texts[0]) > longestText {
		return nil, refuse(45002)
	}
	v, keyword := judge(strings.Join(texts, "\n"))
	return struct {
		success
		Result  verdict   `json:"result"`
		Detail  []opinion `json:"detail"`
		TraceID string    `json:"trace_id"`
	}{ok, v, opinions(v, keyword), requestID(c.now)}, nil
}

// checkScene checks what both content checks have in common: the version, the
// scene, and a user who visited lately.
func (s *Sandbox) checkScene(c *call) (scene int64, err error) {
	openid, version := c.body.text("openid"), c.body.integer("version", 1)
	scene = c.body.integer("scene", 0)
	if c.body.err != nil {
		return 0, c.body.err
	}
	if version != 2 {
		return 0, refuse(47001, "version must be 2")
	}
	if scene < 1 || scene > 4 {
		return 0, refuse(40129)
	}
	_, err = s.visitor(openid)
	return scene, err
}

// judge reads the markers; the worse one wins.
func judge(text string) (verdict, string) {
	switch {
	case strings.Contains(text, riskyMarker):
		return suggestion("risky"), riskyMarker
	case strings.Contains(text, reviewMarker):
		return suggestion("review"), reviewMarker
	default:
		return suggestion("pass"), ""
	}
}

// MediaCheck is an image or a recording that waits for its verdict, or has it.
type MediaCheck struct {
	TraceID string    `json:"traceId"`
	Persona string    `json:"persona"`
	OpenID  string    `json:"openid"`
	URL     string    `json:"mediaUrl"`
	Type    int64     `json:"mediaType"` // 1 audio, 2 image
	Scene   int64     `json:"scene"`
	At      time.Time `json:"at"`
	Suggest string    `json:"suggest,omitempty"` // pass, review, risky or download_failed; "" while it waits
}

// checkMedia is /wxa/media_check_async. The verdict comes when the control
// plane is told one.
func (s *Sandbox) checkMedia(c *call) (any, error) {
	address, mediaType := c.body.text("media_url"), c.body.integer("media_type", 0)
	scene, err := s.checkScene(c)
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, refuse(40066)
	}
	if mediaType != 1 && mediaType != 2 {
		return nil, refuse(40097)
	}
	u := s.world.users[c.body.text("openid")]
	check := &MediaCheck{
		TraceID: requestID(c.now), Persona: u.persona, OpenID: u.openid,
		URL: address, Type: mediaType, Scene: scene, At: c.now,
	}
	if err := s.world.record(fact{MediaCheck: check}); err != nil {
		return nil, err
	}
	return struct {
		success
		TraceID string `json:"trace_id"`
	}{ok, check.TraceID}, nil
}

// imageChecks is all media checks, oldest first.
func (w *world) imageChecks() []*MediaCheck {
	all := make([]*MediaCheck, 0, len(w.checks))
	for _, c := range w.checks {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *MediaCheck) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.TraceID, b.TraceID))
	})
	return all
}

// decide gives a check its verdict and sends the event. Deciding again sends
// another event: WeChat repeats itself too.
func (s *Sandbox) decide(traceID, suggest string) (*MediaCheck, error) {
	check := s.world.checks[traceID]
	if check == nil {
		return nil, missing("no such media check")
	}
	if labels[suggest] == 0 && suggest != downloadFailed {
		return nil, invalid("suggest", "pass, review, risky or download_failed")
	}
	decided := *check
	decided.Suggest = suggest
	if err := s.world.record(fact{MediaCheck: &decided}); err != nil {
		return nil, err
	}
	s.courier.send(s.mediaEvent(&decided))
	return &decided, nil
}

// downloadFailed stands for a file that WeChat could not fetch.
const downloadFailed = "download_failed"
