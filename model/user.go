package model

import "time"

type (
	// UserID names a person with an account.
	UserID = ID[User]
	// SessionID names a sign-in.
	SessionID = ID[Session]
)

// User is a person with an account: a resident, and perhaps staff by a Grant.
type User struct {
	ID           UserID     `data:"none"`
	Nickname     string     `data:"personal"`
	NicknameHeld string     `data:"personal"` // wanted, and waiting for a person's eye; "" when none is
	Locale       string     `data:"none"`     // "zh" or "en"
	CreatedAt    time.Time  `data:"none"`
	UpdatedAt    time.Time  `data:"none"`
	Version      int        `data:"none"` // of what the person can change
	ErasedAt     *time.Time `data:"none"` // since then it is an id that names nobody
}

// Phone is the mobile number that WeChat gave for a person. One number belongs to one
// account and one account has one number.
type Phone struct {
	PhoneHash  []byte    `gorm:"primaryKey" data:"personal"`
	UserID     UserID    `data:"none"`
	Sealed     []byte    `data:"personal"`
	VerifiedAt time.Time `data:"none"`
}

// FormerName is what somebody was called here before, or a number they had: when they go, it
// is looked for in their texts. The value is sealed.
type FormerName struct {
	ID        ID[FormerName] `data:"none"`
	UserID    UserID         `data:"none"`
	Kind      FormerKind     `data:"none"`
	Sealed    []byte         `data:"personal"`
	CreatedAt time.Time      `data:"none"`
}

// FormerKind says what somebody had before.
type FormerKind string

// The kinds.
const (
	FormerPhone    FormerKind = "phone"
	FormerNickname FormerKind = "nickname"
)

// WeChatAccount ties a person to WeChat. The openid never leaves the server.
type WeChatAccount struct {
	OpenID     string    `gorm:"column:openid;primaryKey" data:"personal"`
	UserID     UserID    `data:"none"`
	UnionID    string    `gorm:"column:unionid" data:"personal"`
	CreatedAt  time.Time `data:"none"`
	LastSeenAt time.Time `data:"none"`
}

// TableName keeps WeChat one word.
func (WeChatAccount) TableName() string { return "wechat_accounts" }

// Session is one sign-in on one device. Only a hash of its token is kept.
type Session struct {
	ID         SessionID  `data:"none"`
	UserID     UserID     `data:"none"`
	TokenHash  []byte     `data:"sensitive"`
	Client     string     `data:"none"` // what it was opened with, for its owner to know it by
	CreatedAt  time.Time  `data:"none"`
	LastSeenAt time.Time  `data:"none"`
	ExpiresAt  time.Time  `data:"none"`
	RevokedAt  *time.Time `data:"none"`
}

// Live says whether the session still opens doors at that time.
func (s Session) Live(at time.Time) bool {
	return s.RevokedAt == nil && at.Before(s.ExpiresAt)
}

// LoginCode remembers which session a WeChat login code gave, so that a client's
// repeat of the same code gets the same session from any replica.
type LoginCode struct {
	CodeHash  []byte    `gorm:"primaryKey" data:"sensitive"`
	SessionID SessionID `data:"none"`
	ExpiresAt time.Time `data:"none"`
}

// Actor is who does something: the person and the request it came with.
type Actor struct {
	User      UserID
	Session   SessionID
	RequestID string
}

// Nobody says whether no person is signed in.
func (a Actor) Nobody() bool { return a.User.IsZero() }
