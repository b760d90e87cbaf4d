package model

import (
	"time"

	"jinlin/model/fault"
)

// Notice is one thing to tell one person: in the app's inbox, and by subscribe message
// where it has a card.
type Notice struct {
	User  UserID
	Kind  string // what it is about, as in "reply"; at most 32 characters
	Title fault.Text
	Text  fault.Text
	Link  string // page of the mini-program, as in "pages/mailbox/detail?id=…"
	Key   string // a person is told once under a key, ever; "" tells each time. At most 128 characters
	Card  *Card  // nil: the inbox only
}

// Card is the subscribe message beside a notice.
type Card struct {
	Template Template
	Fields   map[string]string // by the template's keys; cut to what WeChat takes when sent
	Urgent   bool              // also in quiet hours and over the weekly cap
}

// Moment writes a time in Shanghai as notices and WeChat's fields have it: 2026-11-24 09:00.
func Moment(t time.Time) string { return t.In(Shanghai).Format("2006-01-02 15:04") }
