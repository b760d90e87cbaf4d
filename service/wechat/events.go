package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Event is one thing WeChat told us.
type Event struct {
	Name   string // as WeChat calls it; "message:text" and the like for what a person typed
	OpenID string // whom it is about; empty where WeChat does not say
	At     time.Time

	// DedupeKey is the same for every repetition of a push and tells nothing
	// about the person.
	DedupeKey string

	// Detail is a SubscribeChoice, SubscribeOutcome, MediaVerdict, Revocation or
	// Cancellation; nil for every other event.
	Detail any

	Raw json.RawMessage // the whole push, decrypted; personal data
}

// The events with a Detail.
const (
	EventSubscribePopup  = "subscribe_msg_popup_event"       // SubscribeChoice: a tap on the dialog
	EventSubscribeChange = "subscribe_msg_change_event"      // SubscribeChoice: changed in WeChat's settings
	EventSubscribeSent   = "subscribe_msg_sent_event"        // SubscribeOutcome
	EventMediaCheck      = "wxa_media_check"                 // MediaVerdict
	EventRevoked         = "user_authorization_revoke"       // Revocation
	EventCancelled       = "user_authorization_cancellation" // Cancellation
)

// SubscribeChoice is what a person chose for one template: accept, reject, or
// another word of WeChat's, which is not an acceptance.
type SubscribeChoice struct {
	TemplateID string
	Result     string
}

// Accepted says that one more message may be sent.
func (c SubscribeChoice) Accepted() bool { return c.Result == "accept" }

// SubscribeOutcome is what became of a message that WeChat had taken.
type SubscribeOutcome struct {
	TemplateID string
	MsgID      int64
	Code       string // "0" when it arrived
	Status     string
}

// Arrived says that the person has it.
func (o SubscribeOutcome) Arrived() bool { return o.Code == "0" }

// MediaVerdict is the late answer to an image check. Code is 0 when there was a
// check at all; -1008 means that WeChat could not fetch the image.
type MediaVerdict struct {
	Verdict
	Code int64
}

// Revocation says that the person took back their consent to the data of these kinds
// (WeChat's numbers, as 8 for the phone number), which must be deleted.
type Revocation struct{ Kinds []string }

// Cancellation says that the person closed their WeChat account; ours must go too.
type Cancellation struct{}

// detailed makes the events of one push out of what they have in common.
func (e Event) detailed(top pushFields) []Event {
	switch e.Name {
	case EventSubscribePopup, EventSubscribeChange:
		return e.each(top.list("List"), func(entry pushFields) any {
			return SubscribeChoice{TemplateID: entry.text("TemplateId"), Result: entry.text("SubscribeStatusString")}
		})
	case EventSubscribeSent:
		return e.each(top.list("List"), func(entry pushFields) any {
			return SubscribeOutcome{
				TemplateID: entry.text("TemplateId"), MsgID: entry.number("MsgID"),
				Code: entry.text("ErrorCode"), Status: entry.text("ErrorStatus"),
			}
		})
	case EventMediaCheck:
		return []Event{e.about("", mediaVerdict(top), top.text("trace_id"))}
	case EventRevoked:
		kinds := top.text("RevokeInfo")
		return []Event{e.about(top.text("OpenID"), Revocation{strings.FieldsFunc(kinds, isSeparator)}, kinds)}
	case EventCancelled:
		return []Event{e.about(top.text("OpenID"), Cancellation{})}
	}
	return []Event{e.about(orElse(top.text("OpenID"), e.OpenID), nil, string(e.Raw))}
}

func (e Event) each(entries []pushFields, detail func(pushFields) any) []Event {
	if len(entries) == 0 {
		return []Event{e.about(e.OpenID, nil, string(e.Raw))}
	}
	events := make([]Event, len(entries))
	for i, entry := range entries {
		events[i] = e.about(e.OpenID, detail(entry), entry.text("TemplateId"), entry.text("SubscribeStatusString"), entry.text("MsgID"))
	}
	return events
}

// about completes an event. Several events of one second share sender, time and
// name, so the key takes in what tells them apart.
func (e Event) about(openID string, detail any, distinct ...string) Event {
	parts := append([]string{e.Name, e.OpenID, strconv.FormatInt(e.At.Unix(), 10), openID}, distinct...)
	e.OpenID, e.Detail, e.DedupeKey = openID, detail, keyOf(parts...)
	return e
}

// asMessage is for what is not an event: a person wrote to the mini-program's
// service account.
func asMessage(e Event, top pushFields) Event {
	e.Name = "message:" + top.text("MsgType")
	if id := top.text("MsgId"); id != "" {
		e.DedupeKey = keyOf(e.Name, id)
		return e
	}
	return e.about(e.OpenID, nil, string(e.Raw))
}

func mediaVerdict(top pushFields) MediaVerdict {
	result := top.object("result")
	v := MediaVerdict{Code: top.number("errcode")}
	v.Suggest, v.Label, v.TraceID = Review, int(result.number("label")), top.text("trace_id")
	if s := Suggest(result.text("suggest")); v.Code == 0 && (s == Pass || s == Risky) {
		v.Suggest = s
	}
	return v
}

func keyOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "wx:" + hex.EncodeToString(sum[:16])
}

func isSeparator(r rune) bool { return r < '0' || r > '9' }

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
