package wechat

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// pushWindow is how far the time in a push may be from ours before it is
// remarked upon. It is not refused: WeChat repeats pushes, and a replayed one is
// caught by its dedupe key.
const pushWindow = 10 * time.Minute

// VerifyURL answers the check WeChat makes when the push address is entered in
// its console: the echo to send back as the whole body, as plain text.
// Fault: ErrPushRefused.
func (g *Gateway) VerifyURL(r *http.Request) (echo string, err error) {
	query := r.URL.Query()
	if err := g.signedPlainly(query); err != nil {
		return "", ErrPushRefused.Because(err)
	}
	return query.Get("echostr"), nil
}

// ParsePush verifies what WeChat pushed to us and gives its events; a push
// about several templates is several events. The caller reads the body, with a
// limit, stores the events under their dedupe keys and answers within 5 s.
//
// Which mode holds is our configuration's decision, never the request's: with
// an AES key only an encrypted push counts, and a plain one with a right but
// captured signature is refused.
//
// Faults: ErrPushRefused, ErrPushUnreadable.
func (g *Gateway) ParsePush(r *http.Request, body []byte) ([]Event, error) {
	message, err := g.openPush(r.URL.Query(), body)
	if err != nil {
		return nil, err
	}
	events, err := parseEvents(message)
	if err != nil {
		return nil, ErrPushUnreadable.Because(err)
	}
	return events, nil
}

func (g *Gateway) openPush(query url.Values, body []byte) (message []byte, err error) {
	if g.cfg.PushAESKey == "" {
		if err := g.signedPlainly(query); err != nil {
			return nil, ErrPushRefused.Because(err)
		}
		g.remarkOnTime(query)
		return body, nil
	}
	var envelope struct{ Encrypt string }
	if err := decodeObject(body, &envelope); err != nil {
		return nil, ErrPushUnreadable.Because(fmt.Errorf("%w; is the data format in WeChat's console JSON?", err))
	}
	if err := g.signedSecurely(query, envelope.Encrypt); err != nil {
		return nil, ErrPushRefused.Because(err)
	}
	g.remarkOnTime(query)
	_, message, err = util.DecryptMsg(g.cfg.AppID, envelope.Encrypt, g.cfg.PushAESKey)
	if err != nil {
		return nil, ErrPushRefused.Because(errors.New("it was not encrypted with our key for our app"))
	}
	return message, nil
}

func (g *Gateway) signedPlainly(query url.Values) error {
	if query.Get("encrypt_type") == "aes" && g.cfg.PushAESKey == "" {
		return errors.New("it is encrypted, and no key is configured")
	}
	return g.signed(query.Get("signature"), query.Get("timestamp"), query.Get("nonce"))
}

func (g *Gateway) signedSecurely(query url.Values, encrypted string) error {
	if query.Get("encrypt_type") != "aes" || encrypted == "" {
		return errors.New("it is not encrypted")
	}
	return g.signed(query.Get("msg_signature"), query.Get("timestamp"), query.Get("nonce"), encrypted)
}

func (g *Gateway) signed(signature string, parts ...string) error {
	if g.cfg.PushToken == "" {
		return errors.New("no push token is configured")
	}
	want := util.Signature(append(parts, g.cfg.PushToken)...)
	if subtle.ConstantTimeCompare([]byte(want), []byte(signature)) != 1 {
		return errors.New("the signature is wrong")
	}
	return nil
}

func (g *Gateway) remarkOnTime(query url.Values) {
	seconds, _ := strconv.ParseInt(query.Get("timestamp"), 10, 64)
	if away := g.now().Sub(time.Unix(seconds, 0)).Abs(); away > pushWindow {
		g.log.Warn("a push from WeChat is signed for another time", "away", away.String())
	}
}

func pushKeyProblem(token, key string) error {
	if key == "" {
		return nil
	}
	if token == "" {
		return errors.New("wechat: PushAESKey without PushToken")
	}
	if _, err := util.EncryptMsg(make([]byte, 16), nil, "", key); err != nil {
		return errors.New("wechat: PushAESKey must be the 43 characters of WeChat's console")
	}
	return nil
}

// parseEvents reads one decrypted message.
func parseEvents(message []byte) ([]Event, error) {
	var top pushFields
	if err := decodeObject(message, &top); err != nil {
		return nil, err
	}
	if top.text("MsgType") == "" {
		return nil, errors.New("no MsgType in it")
	}
	common := Event{
		Name:   top.text("Event"),
		OpenID: top.text("FromUserName"),
		At:     time.Unix(top.number("CreateTime"), 0),
		Raw:    json.RawMessage(message),
	}
	if common.Name == "" {
		return []Event{asMessage(common, top)}, nil
	}
	return common.detailed(top), nil
}
