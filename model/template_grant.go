package model

import "time"

// TemplateGrant is what is known of a person's consent to one of WeChat's templates. One
// tap may be told by WeChat, by the person's client, or by both, so each teller has a
// count of its own and the greater one holds: a tap told twice counts once. All three
// counts only grow, until a refusal sets them back.
type TemplateGrant struct {
	UserID     UserID     `gorm:"primaryKey" data:"none"`
	TemplateID string     `gorm:"primaryKey" data:"none"`
	Confirmed  int        `data:"none"` // acceptances WeChat told of
	Reported   int        `data:"none"` // acceptances the client told of
	Spent      int        `data:"none"`
	LongTerm   bool       `data:"none"` // one acceptance for any number of messages
	ClearedAt  *time.Time `data:"none"` // the last refusal; what was accepted before it counts no more
	UpdatedAt  time.Time  `data:"none"`
}

// Left is how many messages may still be sent; with a long-term grant at least one.
func (g TemplateGrant) Left() int {
	left := max(g.Confirmed, g.Reported) - g.Spent
	if g.LongTerm {
		return max(left, 1)
	}
	return max(left, 0)
}

// WeeklySend counts a person's subscribe messages of one week, by all senders.
type WeeklySend struct {
	UserID UserID `gorm:"primaryKey" data:"none"`
	Week   Date   `gorm:"primaryKey" data:"none"` // its Monday
	Sent   int    `data:"none"`
}

// Week is the Monday of the week in which a day lies.
func (d Date) Week() Date {
	back := (int(d.At(12, 0).In(Shanghai).Weekday()) + 6) % 7
	return d.AddDays(-back)
}

// WeChatEvent is one thing WeChat told us, kept once however often it was told.
type WeChatEvent struct {
	DedupeKey  string    `gorm:"primaryKey" data:"none"`
	Name       string    `data:"none"`
	OpenID     string    `gorm:"column:openid" data:"personal"`
	Detail     string    `data:"none"` // JSON: template, choice, outcome
	At         time.Time `data:"none"`
	ReceivedAt time.Time `data:"none"`
}

// TableName keeps WeChat one word.
func (WeChatEvent) TableName() string { return "wechat_events" }
