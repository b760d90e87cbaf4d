package wechat

import "context"

// MediaKind is what WeChat shall look at, or listen to.
type MediaKind int

// The kinds.
const (
	MediaVoice MediaKind = iota + 1
	MediaPhoto
)

// MediaCheck is a photo or a recording that somebody sent.
type MediaCheck struct {
	OpenID string // who; must have visited the mini-program within two hours
	Scene  Scene
	Kind   MediaKind
	URL    string // where WeChat fetches it, within half an hour
}

// CheckMedia asks WeChat about a photo or a recording. The verdict comes as an event, a
// MediaVerdict under the trace id that this gives; it may come before this returns.
// Faults: ErrUnavailable.
func (g *Gateway) CheckMedia(ctx context.Context, c MediaCheck) (traceID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, g.cfg.Timeout)
	defer cancel()
	body := map[string]any{"openid": c.OpenID, "scene": c.Scene, "version": 2, "media_url": c.URL, "media_type": c.Kind}
	var reply struct {
		TraceID word `json:"trace_id"`
	}
	err = g.callWithToken(ctx, mediaCheck, func(ctx context.Context, token string) (answer, error) {
		reply.TraceID = ""
		got, err := post(ctx, mediaCheck, token, body, &reply)
		if err == nil && got.Code == 0 && reply.TraceID == "" {
			err = errSaysNothing
		}
		return got, err
	}, c.OpenID, c.URL)
	if err != nil {
		return "", ErrUnavailable.Because(err)
	}
	return string(reply.TraceID), nil
}
