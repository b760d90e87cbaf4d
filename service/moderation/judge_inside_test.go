package moderation

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"jinlin/service/wechat"
)

// slow passes every text, after nearly two seconds.
type slow struct{}

func (slow) CheckText(ctx context.Context, _ wechat.TextCheck) wechat.Verdict {
	select {
	case <-time.After(1900 * time.Millisecond):
		return wechat.Verdict{Suggest: wechat.Pass}
	case <-ctx.Done():
		return wechat.Verdict{Suggest: wechat.Review}
	}
}

// TestManyTextsAreJudgedWithinARequest: fifty slips, and WeChat takes its time.
func TestManyTextsAreJudgedWithinARequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		verdicts := (&Service{texts: slow{}}).judgeAll(t.Context(), "o-worker", make([]Text, 50))
		passed := 0
		for _, v := range verdicts {
			switch v {
			case Passed:
				passed++
			case Held:
			default:
				t.Fatalf("%q", v)
			}
		}
		if took := time.Since(start); took != judgedWithin || passed != 3*judgedAtOnce {
			t.Errorf("%d of %d passed in %s", passed, len(verdicts), took)
		}
	})
}

func TestWhomWeChatDoesNotKnowItIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	for _, v := range (&Service{}).judgeAll(t.Context(), "", make([]Text, 2)) {
		if v != Held {
			t.Errorf("%q", v)
		}
	}
}
