package mailbox_test

import (
	"slices"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

func TestAnswersGoWithTheRequestInTheOrderOfTheQuestions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted(func(in *mailbox.Submission) {
			in.Answers = []model.RequestAnswer{{Question: "unsafe", Text: ` "晚上" <看不见> `}, {Question: "where", Text: "三单元"}}
		})
		for _, reader := range []model.Actor{w.wang, w.secretary} {
			view, err := w.mailbox.Read(t.Context(), reader, id)
			w.Must(err)
			var got []string
			for _, a := range view.Answers {
				got = append(got, a.Question.ZH, a.Text)
			}
			if !slices.Equal(got, []string{"具体在什么位置？", "三单元", "是否影响安全或出行？", `"晚上" <看不见>`}) {
				t.Errorf("%q", got)
			}
		}
		blank := w.submitted(func(in *mailbox.Submission) { in.Answers = []model.RequestAnswer{{Question: "where", Text: " "}} })
		request, err := s.Requests.Get(t.Context(), blank)
		w.Must(err)
		if request.Answers != "" {
			t.Errorf("%q is kept", request.Answers)
		}
	})
}

func TestOnlyTheCategorysQuestionsAreAnswered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for path, answers := range map[string][]model.RequestAnswer{
			"answers[0].question": {{Question: "company", Text: "物业"}},
			"answers[1].question": {{Question: "where", Text: "一"}, {Question: "where", Text: "二"}},
			"answers[0].text":     {{Question: "where", Text: string(slices.Repeat([]rune("字"), 201))}},
		} {
			in := w.lamp()
			in.Answers = answers
			_, err := w.mailbox.Submit(t.Context(), w.wang, in)
			if f := fault.From(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != path {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}

func TestAnswersAreCheckedAsTheTextIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.submitted(func(in *mailbox.Submission) {
			in.Answers = []model.RequestAnswer{{Question: "where", Text: "【复核】"}}
		})
		request, err := s.Requests.Get(t.Context(), id)
		w.Must(err)
		if request.Status != model.RequestSubmitted {
			t.Errorf("it is %s", request.Status)
		}
	})
}
