package moderation_test

import (
	"context"
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/wechat"
)

// adviser stands for WeChat: it says what it is told to and keeps what it was asked.
type adviser struct {
	advice wechat.Suggest
	asked  []wechat.TextCheck
}

func (a *adviser) CheckText(_ context.Context, c wechat.TextCheck) wechat.Verdict {
	a.asked = append(a.asked, c)
	return wechat.Verdict{Suggest: a.advice}
}

func judge(s *store.Store, texts moderation.TextChecker) *moderation.Service {
	units := org.New(s)
	return moderation.New(s, access.New(s, units), units, texts)
}

func TestOnlyWhatIsClearlyPassedPasses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := storetest.World{T: t, Store: s, Clock: clock}
		writer := w.Person("王女士").User
		for advice, want := range map[wechat.Suggest]moderation.Verdict{
			wechat.Pass: moderation.Passed, wechat.Risky: moderation.Refused, wechat.Review: moderation.Held, "": moderation.Held, "PASS": moderation.Held,
		} {
			a := &adviser{advice: advice}
			got, err := judge(s, a).Judge(t.Context(), writer, moderation.Text{Scene: moderation.Forum, Title: "标题", Body: "正文"})
			if err != nil || got != want {
				t.Errorf("%q: %q, %v", advice, got, err)
			}
			if len(a.asked) != 1 || a.asked[0] != (wechat.TextCheck{OpenID: "o-" + writer.String(), Scene: wechat.SceneForum, Title: "标题", Text: "正文"}) {
				t.Errorf("asked %+v", a.asked)
			}
		}
	})
}

func TestAWriterWeChatDoesNotKnowIsHeldUnasked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		a := &adviser{advice: wechat.Pass}
		got, err := judge(s, a).Judge(t.Context(), model.NewID[model.User](clock.Now()), moderation.Text{Scene: moderation.Forum, Body: "正文"})
		if err != nil || got != moderation.Held || len(a.asked) != 0 {
			t.Errorf("%q, %v, asked %+v", got, err, a.asked)
		}
	})
}
