package wechat

import (
	"context"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/sync/errgroup"
)

// Scene is where a text will be seen; WeChat judges by it.
type Scene int

// The scenes.
const (
	SceneProfile Scene = iota + 1
	SceneComment
	SceneForum
	SceneSocial
)

// Suggest is what WeChat advises to do with a text.
type Suggest string

// The suggestions, from harmless to not.
const (
	Pass   Suggest = "pass"
	Review Suggest = "review" // a person must look at it
	Risky  Suggest = "risky"
)

// TextCheck is a text that somebody wrote.
type TextCheck struct {
	OpenID      string // who; must have visited the mini-program within two hours
	Scene       Scene
	Title, Text string
}

// Verdict is the advice, with WeChat's label (100 is normal) and the trace id
// for complaints. Label and TraceID are empty when there was no readable answer.
type Verdict struct {
	Suggest Suggest
	Label   int
	TraceID string
}

// Passed says that the text may be shown without a person looking at it.
func (v Verdict) Passed() bool { return v.Suggest == Pass }

const (
	pieceLength  = 2500 // characters WeChat takes at a time
	pieceOverlap = 50   // so that a cut does not hide what stands across it
	mostPieces   = 20
	atOnce       = 4
)

// CheckText asks WeChat about a text, for two seconds at most. A long text goes
// in pieces and the worst verdict counts. Pass is only what WeChat clearly
// passed, or nothing at all; every doubt, delay and failure is Review.
func (g *Gateway) CheckText(ctx context.Context, c TextCheck) Verdict {
	title := strings.TrimSpace(wireText(c.Title))
	pieces := splitText(strings.TrimSpace(wireText(c.Text)), pieceLength, pieceOverlap)
	if len(pieces) == 0 {
		pieces, title = splitText(title, pieceLength, pieceOverlap), ""
	}
	switch {
	case len(pieces) == 0:
		return Verdict{Suggest: Pass}
	case len(pieces) > mostPieces:
		return Verdict{Suggest: Review}
	}
	ctx, cancel := context.WithTimeout(ctx, min(textCheckTimeout, g.cfg.Timeout))
	defer cancel()
	return g.checkPieces(ctx, c, title, pieces)
}

func (g *Gateway) checkPieces(ctx context.Context, c TextCheck, title string, pieces []string) Verdict {
	var (
		mu     sync.Mutex
		worst  = Verdict{Suggest: Pass}
		checks errgroup.Group
	)
	checks.SetLimit(atOnce)
	for i, piece := range pieces {
		body := textBody{OpenID: c.OpenID, Scene: c.Scene, Version: 2, Content: piece}
		if i == 0 {
			body.Title = title
		}
		checks.Go(func() error {
			verdict := g.checkPiece(ctx, body)
			mu.Lock()
			defer mu.Unlock()
			worst = worse(worst, verdict)
			return nil
		})
	}
	_ = checks.Wait() // no piece returns an error: doubt is a verdict
	return worst
}

type textBody struct {
	OpenID  string `json:"openid"`
	Scene   Scene  `json:"scene"`
	Version int    `json:"version"`
	Content string `json:"content"`
	Title   string `json:"title,omitempty"`
}

// textReply leaves out the detail: the SDK's type for it fails on probabilities
// with a fraction, and only the result counts.
type textReply struct {
	TraceID word `json:"trace_id"`
	Result  struct {
		Suggest Suggest `json:"suggest"`
		Label   number  `json:"label"`
	} `json:"result"`
}

func (r textReply) verdict() Verdict {
	v := Verdict{Suggest: Review, Label: int(r.Result.Label), TraceID: string(r.TraceID)}
	if r.Result.Suggest == Pass || r.Result.Suggest == Risky {
		v.Suggest = r.Result.Suggest
	}
	return v
}

func (g *Gateway) checkPiece(ctx context.Context, body textBody) Verdict {
	var reply textReply
	err := g.callWithToken(ctx, textCheck, func(ctx context.Context, token string) (answer, error) {
		reply = textReply{}
		got, err := post(ctx, textCheck, token, body, &reply)
		if err == nil && got.Code == 0 && reply.Result.Suggest == "" {
			err = errSaysNothing
		}
		return got, err
	}, body.OpenID)
	if err != nil {
		g.log.WarnContext(ctx, "the text check gave no verdict; a person must look", "error", err)
		return Verdict{Suggest: Review}
	}
	return reply.verdict()
}

var gravity = map[Suggest]int{Pass: 0, Review: 1, Risky: 2}

// worse keeps the graver verdict; between equals the one that has a trace id.
func worse(a, b Verdict) Verdict {
	switch {
	case gravity[b.Suggest] > gravity[a.Suggest]:
		return b
	case gravity[b.Suggest] == gravity[a.Suggest] && a.TraceID == "":
		return b
	}
	return a
}

// wireText takes out what JSON would have to escape: WeChat rejects \u escapes
// or stores them as they stand.
func wireText(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
}

// splitText cuts between characters. It is not known whether WeChat counts an
// emoji as one or two; they count as two here, which is right either way.
func splitText(text string, length, overlap int) []string {
	var pieces []string
	runes := []rune(text)
	for start := 0; start < len(runes); {
		end := start
		for size := 0; end < len(runes); end++ {
			if size += width(runes[end]); size > length {
				break
			}
		}
		pieces = append(pieces, string(runes[start:end]))
		if end == len(runes) {
			break
		}
		start = end - overlap
	}
	return pieces
}

func width(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
