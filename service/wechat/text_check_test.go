package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func verdictText(suggest string, label any) string {
	return fmt.Sprintf(`{"errcode":0,"errmsg":"ok","result":{"suggest":%q,"label":%v},"detail":[{"strategy":"content_model","errcode":0,"prob":90.5}],"trace_id":"trace-%s"}`,
		suggest, label, suggest)
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Verdict{
		verdictText("pass", 100):                              {Pass, 100, "trace-pass"},
		verdictText("pass", `"100"`):                          {Pass, 100, "trace-pass"},
		verdictText("risky", 20003):                           {Risky, 20003, "trace-risky"},
		verdictText("review", 21000):                          {Review, 21000, "trace-review"},
		verdictText("", 100):                                  {Suggest: Review},
		verdictText("PASS", 100):                              {Review, 100, "trace-PASS"},
		verdictText("unheard of", 100):                        {Review, 100, "trace-unheard of"},
		`{"errcode":0,"errmsg":"ok"}`:                         {Suggest: Review},
		`{"errcode":61010,"errmsg":"code is expired rid: x"}`: {Suggest: Review},
		`{"errcode":87014,"errmsg":"risky content"}`:          {Suggest: Review},
	} {
		b := newBench(t, newStation(t, says(body)).URL)
		if got := b.CheckText(context.Background(), TextCheck{OpenID: "o", Scene: SceneComment, Text: "你好"}); got != want {
			t.Errorf("%s\n gives %+v, want %+v", body, got, want)
		}
	}
}

// checker answers by markers in the text and keeps what it was asked.
type checker struct {
	mu    sync.Mutex
	asked []textBody
}

func (c *checker) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == stableToken.path {
		says("")(w, r)
		return
	}
	var body textBody
	_ = json.NewDecoder(r.Body).Decode(&body)
	c.mu.Lock()
	c.asked = append(c.asked, body)
	c.mu.Unlock()
	switch {
	case strings.Contains(body.Content, "坏"):
		_, _ = io.WriteString(w, verdictText("risky", 20003))
	case strings.Contains(body.Content, "哑"):
		_, _ = io.WriteString(w, `{}`)
	default:
		_, _ = io.WriteString(w, verdictText("pass", 100))
	}
}

func TestLongTextsGoInPieces(t *testing.T) {
	t.Parallel()
	fill := strings.Repeat("好", 2600)
	for name, c := range map[string]struct {
		title, text string
		want        Suggest
		calls       int
	}{
		"nothing":            {"", " \n\u2028", Pass, 0},
		"only a title":       {"题", "", Pass, 1},
		"fits":               {"题", strings.Repeat("好", 2500), Pass, 1},
		"two pieces":         {"", fill, Pass, 2},
		"bad at the end":     {"", fill + fill + "坏", Risky, 3},
		"no answer to one":   {"", "哑" + fill + fill, Review, 3 + len(pauses)},
		"bad beats silence":  {"", "哑" + fill + fill + "坏", Risky, 3 + len(pauses)},
		"emoji count as two": {"", strings.Repeat("😀", 1251), Pass, 2},
		"no end":             {"", strings.Repeat("好", 60_000), Review, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked checker
			b := newBench(t, newStation(t, asked.serve).URL)
			got := b.CheckText(context.Background(), TextCheck{OpenID: "o", Scene: SceneForum, Title: c.title, Text: c.text})
			if got.Suggest != c.want || len(asked.asked) != c.calls {
				t.Errorf("%s after %d calls, want %s after %d", got.Suggest, len(asked.asked), c.want, c.calls)
			}
		})
	}
}

func TestTextOnTheWire(t *testing.T) {
	t.Parallel()
	var raw string
	s := newStation(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == textCheck.path {
			body, _ := io.ReadAll(r.Body)
			raw = string(body)
		}
		says(verdictText("pass", 100))(w, r)
	})
	b := newBench(t, s.URL)
	b.CheckText(context.Background(), TextCheck{OpenID: "o", Scene: SceneForum, Title: "电梯\u2029", Text: "一<b>&\u2028二\x00三\xff\n四😀"})
	want := `{"openid":"o","scene":3,"version":2,"content":"一<b>& 二 三 \n四😀","title":"电梯"}`
	if strings.TrimSpace(raw) != want {
		t.Errorf("sent %s, want %s", raw, want)
	}
}

func TestSplitLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.IntRange(20, 60).Draw(t, "length")
		overlap := rapid.IntRange(0, 9).Draw(t, "overlap")
		text := rapid.StringOfN(rapid.RuneFrom([]rune("好a1😀\n𠮷")), 0, 300, -1).Draw(t, "text")
		pieces := splitText(text, length, overlap)
		var whole []rune
		for i, piece := range pieces {
			if n := len(utf16.Encode([]rune(piece))); n > length {
				t.Fatalf("piece %d has %d characters, %d allowed", i, n, length)
			}
			if i > 0 {
				shared := string(whole[len(whole)-overlap:])
				if !strings.HasPrefix(piece, shared) {
					t.Fatalf("piece %d does not begin with the end of the one before", i)
				}
				piece = strings.TrimPrefix(piece, shared)
			}
			whole = append(whole, []rune(piece)...)
		}
		if string(whole) != text {
			t.Fatalf("the pieces make %q", string(whole))
		}
	})
}

// Two seconds for the whole, however patient the gateway is otherwise.
func TestTextCheckHasItsOwnDeadline(t *testing.T) {
	t.Parallel()
	s := newStation(t, says(""))
	b := newBench(t, s.URL)
	var left time.Duration
	b.tokens.fetch = func(context.Context, bool) (issued, error) { return issued{"T", b.clock.now().Add(time.Hour)}, nil }
	b.cfg.Wait = func(ctx context.Context, _ time.Duration) error {
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
		return context.DeadlineExceeded
	}
	if v := b.CheckText(context.Background(), TextCheck{Text: "好"}); v.Suggest != Review {
		t.Errorf("the verdict is %s", v.Suggest)
	}
	if left <= 0 || left > textCheckTimeout {
		t.Errorf("%v were left", left)
	}
}
