package sandbox

import (
	"strconv"
	"time"
)

// platformPusher sends the events that no user caused.
const platformPusher = "oSimPlatformPusher"

// event is what all events have in common.
type event struct {
	To   string `json:"ToUserName"`
	From string `json:"FromUserName"`
	At   int64  `json:"CreateTime"`
	Kind string `json:"MsgType"`
	Name string `json:"Event"`
}

func newEvent(name, from string, at time.Time) event {
	return event{pusherName, from, at.Unix(), "event", name}
}

// subscribeEvent carries one entry, and therefore, as in WeChat's JSON mode, an
// object where several would be an array.
type subscribeEvent struct {
	event
	List any `json:"List"`
}

type tap struct {
	TemplateID string `json:"TemplateId"`
	Status     string `json:"SubscribeStatusString"`
	Scene      string `json:"PopupScene"`
}

type outcome struct {
	TemplateID string `json:"TemplateId"`
	MsgID      string `json:"MsgID"`
	ErrorCode  string `json:"ErrorCode"`
	Status     string `json:"ErrorStatus"`
}

// popupEvent tells of the user's tap on the subscribe dialog.
func popupEvent(u *user, template, result string, at time.Time) push {
	return newPush(u.openid, subscribeEvent{
		newEvent("subscribe_msg_popup_event", u.openid, at), tap{template, result, "0"},
	})
}

// sentEvent tells that an accepted message has reached the phone.
func sentEvent(m *Message) push {
	return newPush(m.OpenID, subscribeEvent{
		newEvent("subscribe_msg_sent_event", m.OpenID, m.At),
		outcome{m.TemplateID, strconv.FormatInt(m.ID, 10), "0", "success"},
	})
}

type revokeEvent struct {
	event
	OpenID string `json:"OpenID"`
	AppID  string `json:"AppID"`
	Info   string `json:"RevokeInfo"`
}

// revocationEvent tells that the user withdrew a consent; info lists WeChat's
// numbers of what must be deleted.
func (s *Sandbox) revocationEvent(u *user, info string) push {
	return newPush(u.openid, revokeEvent{
		newEvent("user_authorization_revoke", platformPusher, s.now()), u.openid, s.cfg.AppID, info,
	})
}

type mediaEvent struct {
	event
	AppID   string    `json:"appid"`
	TraceID string    `json:"trace_id"`
	Version int       `json:"version"`
	Detail  []opinion `json:"detail"`
	ErrCode int       `json:"errcode"`
	ErrMsg  string    `json:"errmsg"`
	Result  *verdict  `json:"result,omitempty"`
}

// mediaEvent tells the verdict on an image. A file that could not be fetched
// has none.
func (s *Sandbox) mediaEvent(c *MediaCheck) push {
	e := mediaEvent{
		event: newEvent("wxa_media_check", platformPusher, s.now()),
		AppID: s.cfg.AppID, TraceID: c.TraceID, Version: 2, Detail: []opinion{}, ErrMsg: "ok",
	}
	if c.Suggest == downloadFailed {
		e.ErrCode, e.ErrMsg = -1008, "download failed"
	} else {
		v := suggestion(c.Suggest)
		e.Result, e.Detail = &v, opinions(v, "")[:1]
	}
	return newPush(c.OpenID, e)
}

func newPush(openid string, e any) push { return push{openid: openid, event: encode(e)} }
