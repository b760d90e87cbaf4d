package model

import "time"

// DeliveryID names a delivery.
type DeliveryID = ID[Delivery]

// Delivery is one subscribe message to one person: of a push, or alone. It is handed to
// WeChat at most once, ever: whoever sends it has first committed that they will.
type Delivery struct {
	ID         DeliveryID     `data:"none"`
	PushID     PushID         `data:"none"` // zero for a message alone
	UserID     UserID         `data:"none"`
	DedupeKey  string         `data:"none"` // one for each person and key, ever
	Template   Template       `data:"none"`
	Page       string         `data:"none"`     // of the mini-program
	Fields     []byte         `data:"personal"` // JSON by the template's keys; sealed where it belongs to no push
	Urgent     bool           `data:"none"`     // also in quiet hours, and over the weekly cap
	Status     DeliveryStatus `data:"none"`
	Owner      []byte         `data:"none"` // who took it, random per taking
	LeaseUntil *time.Time     `data:"none"` // database time
	CountedOn  Date           `data:"none"` // the week whose cap it used, or ""
	MsgID      int64          `data:"none"` // WeChat's, 0 before
	Reason     string         `data:"none"` // WeChat's code where it was not sent, or ReasonOptedOut
	CreatedAt  time.Time      `data:"none"`
	SettledAt  *time.Time     `data:"none"`
}

// DeliveryStatus says what became of a delivery.
type DeliveryStatus string

// The states of a delivery (M8, per recipient).
const (
	DeliveryQueued        DeliveryStatus = "queued"
	DeliverySending       DeliveryStatus = "sending" // taken; if its sender dies it becomes unknown
	DeliverySent          DeliveryStatus = "sent"
	DeliveryRead          DeliveryStatus = "read"
	DeliveryNoPermit      DeliveryStatus = "no_permit"      // the person has granted nothing (any more)
	DeliveryRefused       DeliveryStatus = "refused"        // the person takes none: WeChat says so, or they said so here
	DeliveryCapped        DeliveryStatus = "capped"         // the week's messages are used up
	DeliveryQuietDeferred DeliveryStatus = "quiet_deferred" // waits for the end of the quiet hours
	DeliveryFailed        DeliveryStatus = "failed"         // certainly not sent
	DeliveryUnknown       DeliveryStatus = "unknown"        // perhaps sent; never again
)

// ReasonOptedOut is why a delivery was refused when its person has turned such messages off here.
const ReasonOptedOut = "opted_out"

// DeliveryStatuses lists every state, in the order of reports.
var DeliveryStatuses = []DeliveryStatus{
	DeliverySent, DeliveryNoPermit, DeliveryRefused, DeliveryCapped, DeliveryQuietDeferred,
	DeliveryFailed, DeliveryUnknown, DeliveryQueued, DeliverySending, DeliveryRead,
}

// Template is what a subscribe message is about. Which template of WeChat's that is, the
// configuration says.
type Template string

// The templates.
const (
	TemplateReply        Template = "reply"         // thing1 matter, phrase2 state, time3
	TemplateNews         Template = "news"          // thing1 title, thing2 summary, date3
	TemplatePlaceOffered Template = "place_offered" // thing1 activity, time2 until
	TemplateReminder     Template = "reminder"      // thing1 activity, time2, thing3 place
	TemplateRedemption   Template = "redemption"    // thing1 goods, character_string2 code, date3 until
)

// Templates lists every template.
var Templates = []Template{TemplateReply, TemplateNews, TemplatePlaceOffered, TemplateReminder, TemplateRedemption}

// Message is one entry of a person's in-app inbox.
type Message struct {
	ID        ID[Message] `data:"none"`
	UserID    UserID      `data:"none"`
	Kind      string      `data:"none"`
	Title     string      `data:"personal"`
	Text      string      `data:"personal"`
	Link      string      `data:"none"` // page of the mini-program
	DedupeKey *string     `data:"none"` // one for each person and key; nil when repeats are meant
	CreatedAt time.Time   `data:"none"`
	ReadAt    *time.Time  `data:"none"`
}

// PushPreference is which WeChat messages a person wants; the in-app inbox gets all.
// Nobody without a row has turned anything off.
type PushPreference struct {
	UserID    UserID    `gorm:"primaryKey" data:"none"`
	News      bool      `data:"none"` // the daily push
	Notices   bool      `data:"none"` // everything else
	UpdatedAt time.Time `data:"none"`
	Version   int       `data:"none"`
}
