package model

import (
	"bytes"
	"encoding/json"
	"strings"
)

// RequestAnswer answers one of the questions of a request's category.
type RequestAnswer struct {
	Question string `json:"question"` // its code, see mailbox.Question
	Text     string `json:"text"`
}

// RequestAnswers are answers as they are kept: JSON, or "" for none.
type RequestAnswers string

// AnswersOf is what is kept of some answers. Their words stand in it as they are, so that a
// name in them is found when its person goes.
func AnswersOf(answers []RequestAnswer) RequestAnswers {
	if len(answers) == 0 {
		return ""
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answers); err != nil {
		return ""
	}
	return RequestAnswers(strings.TrimSpace(text.String()))
}

// List reads them. What cannot be read is nothing: it was never written.
func (a RequestAnswers) List() (answers []RequestAnswer) {
	if a != "" {
		_ = json.Unmarshal([]byte(a), &answers)
	}
	return answers
}

// Words are what was answered, one answer a line, for the check of the text.
func (a RequestAnswers) Words() string {
	var lines []string
	for _, answer := range a.List() {
		lines = append(lines, answer.Text)
	}
	return strings.Join(lines, "\n")
}
