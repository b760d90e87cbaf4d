package mailbox

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"jinlin/model"
	"jinlin/model/fault"
)

// MaxAnswer is how many characters one answer to a category's question may have.
const MaxAnswer = 200

// Answered is a question of a request's category with what was answered.
type Answered struct {
	Question Question
	Text     string
}

// answersTo puts the answers to a category's questions in order: as the questions are asked,
// without those left blank. Fault: invalid.
func answersTo(category string, given []model.RequestAnswer) (model.RequestAnswers, error) {
	var answers []model.RequestAnswer
	known := questionsOf(category)
	for i, a := range given {
		path := fmt.Sprintf("answers[%d]", i)
		a.Text = strings.TrimSpace(a.Text)
		switch {
		case !slices.ContainsFunc(known, func(q Question) bool { return q.Code == a.Question }):
			return "", fault.InvalidField(path+".question", "unknown", "该类别没有这个问题。", "The category has no such question.")
		case slices.ContainsFunc(given[:i], func(other model.RequestAnswer) bool { return other.Question == a.Question }):
			return "", fault.InvalidField(path+".question", "repeated", "同一个问题只能回答一次。", "The question is answered twice.")
		case utf8.RuneCountInString(a.Text) > MaxAnswer:
			return "", fault.InvalidField(path+".text", "too_long", "每个回答最多 200 字。", "An answer has at most 200 characters.")
		case a.Text != "":
			answers = append(answers, a)
		}
	}
	order := func(a model.RequestAnswer) int {
		return slices.IndexFunc(known, func(q Question) bool { return q.Code == a.Question })
	}
	slices.SortFunc(answers, func(a, b model.RequestAnswer) int { return order(a) - order(b) })
	return model.AnswersOf(answers), nil
}

// answered are a request's answers with the questions; one that is not asked any more stands
// under its code.
func answered(r model.Request) (list []Answered) {
	known := questionsOf(r.Category)
	for _, a := range r.Answers.List() {
		question := Question{a.Question, fault.Text{ZH: a.Question, EN: a.Question}}
		if i := slices.IndexFunc(known, func(q Question) bool { return q.Code == a.Question }); i >= 0 {
			question = known[i]
		}
		list = append(list, Answered{question, a.Text})
	}
	return list
}

// checkable is all that somebody wrote into a form, for the check of its text.
func checkable(r model.Request) string {
	var lines []string
	for _, part := range []string{r.Text, r.Location, r.Answers.Words()} {
		if part != "" {
			lines = append(lines, part)
		}
	}
	return strings.Join(lines, "\n")
}
