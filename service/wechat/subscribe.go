package wechat

import (
	"context"
)

// SubscribeMessage is one message to one person under a template they agreed to.
type SubscribeMessage struct {
	OpenID     string
	TemplateID string
	Page       string            // path with query in the released mini-program; empty opens none
	Fields     map[string]string // by the template's keys, as in thing1
}

type subscribeBody struct {
	To         string                `json:"touser"`
	TemplateID string                `json:"template_id"`
	Page       string                `json:"page,omitempty"`
	State      string                `json:"miniprogram_state"`
	Lang       string                `json:"lang"`
	Data       map[string]fieldValue `json:"data"`
}

type fieldValue struct {
	Value string `json:"value"`
}

// SendSubscribe sends the message at most once and gives WeChat's id for it.
// Values are fitted to their fields (FitField).
//
// The error's class (ClassOf) decides what comes next. ClassUnknown: WeChat was
// busy, late, cut off or unreadable; the message may have arrived and must not
// be sent again. Every other class is certain: it was not sent. ClassPermanent
// is for this recipient only (43101: no permission left), ClassConfig is for
// every recipient of that template.
func (g *Gateway) SendSubscribe(ctx context.Context, m SubscribeMessage) (msgID int64, err error) {
	body := g.subscribeBody(m)
	var reply struct {
		MsgID number `json:"msgid"`
	}
	err = g.callWithToken(ctx, subscribeSend, func(ctx context.Context, token string) (answer, error) {
		got, err := post(ctx, subscribeSend, token, body, &reply)
		if err == nil && !got.Stated && reply.MsgID == 0 {
			err = errSaysNothing
		}
		return got, err
	}, m.OpenID)
	if err != nil {
		return 0, err
	}
	return int64(reply.MsgID), nil
}

func (g *Gateway) subscribeBody(m SubscribeMessage) subscribeBody {
	data := make(map[string]fieldValue, len(m.Fields))
	for key, value := range m.Fields {
		data[key] = fieldValue{FitField(key, value)}
	}
	return subscribeBody{
		To: m.OpenID, TemplateID: m.TemplateID, Page: m.Page,
		State: g.cfg.MiniProgramState, Lang: "zh_CN", Data: data,
	}
}
