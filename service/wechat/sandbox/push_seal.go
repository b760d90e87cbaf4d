package sandbox

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// pusherName is what WeChat calls itself as the receiver of a mini-program's events.
const pusherName = "gh_sim000000001"

// Push says where events go and how they are protected. With an AESKey they are
// encrypted (secure mode), without one they travel as they are.
type Push struct {
	URL    string // of the receiver; "" turns delivery off
	Token  string // shared secret of the signature
	AESKey string // EncodingAESKey, 43 characters, or ""
}

// check refuses settings under which no event would ever be accepted. It never
// repeats a secret.
func (p Push) check() error {
	if p.URL == "" {
		return nil
	}
	if u, err := url.Parse(p.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("wechat sandbox: the push URL is not an absolute http(s) URL")
	}
	if p.Token == "" {
		return errors.New("wechat sandbox: the push needs a token")
	}
	if key, err := base64.StdEncoding.DecodeString(p.AESKey + "="); p.AESKey != "" && (err != nil || len(key) != 32) {
		return errors.New("wechat sandbox: the push AES key is not 43 characters of base64")
	}
	return nil
}

// sealed is an event ready to be posted.
type sealed struct {
	query url.Values
	body  []byte
}

// seal signs an event and, in secure mode, encrypts it. random is 16 bytes.
func (p Push) seal(appID, openid string, event []byte, now time.Time, nonce string, random []byte) (sealed, error) {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "openid": {openid}}
	q.Set("signature", util.Signature(p.Token, timestamp, nonce))
	if p.AESKey == "" {
		return sealed{q, event}, nil
	}
	secret, err := util.EncryptMsg(random, event, appID, p.AESKey)
	if err != nil {
		return sealed{}, err
	}
	q.Set("encrypt_type", "aes")
	q.Set("msg_signature", util.Signature(p.Token, timestamp, nonce, string(secret)))
	return sealed{q, encode(map[string]string{"ToUserName": pusherName, "Encrypt": string(secret)})}, nil
}

// pushVariants are the damages that the fault "malformed" can do to an event.
// A receiver must refuse the first two and put up with the others.
var pushVariants = []string{"bad_signature", "plaintext", "duplicate", "text_time"}
