package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"
)

const (
	codeLife     = 5 * time.Minute
	loginsMinute = 100 // logins of one user in one minute
)

// codePurpose says what a code is good for.
type codePurpose string

const (
	forLogin codePurpose = "login"
	forPhone codePurpose = "phone"
)

// code is what the mini-program hands to its server.
type code struct {
	purpose codePurpose
	openid  string
	phone   string
	issued  time.Time
	used    bool
}

func (k *code) expired(now time.Time) bool { return now.Sub(k.issued) >= codeLife }

type codeBook map[string]*code

// add makes a code. Codes nobody can use any more are swept out when the book
// has doubled, so that adding stays cheap.
func (b codeBook) add(k *code) string {
	if n := len(b); n >= 1024 && n&(n-1) == 0 {
		for value, old := range b {
			if old.expired(k.issued) {
				delete(b, value)
			}
		}
	}
	value := codeValue(k.purpose)
	b[value] = k
	return value
}

// codeValue has the alphabet and length of real codes: 32 characters for a
// login, 64 for a phone number.
func codeValue(purpose codePurpose) string {
	if purpose == forPhone {
		return strings.ToLower(rand.Text() + rand.Text() + rand.Text())[:64]
	}
	return "0" + (rand.Text() + rand.Text())[:31]
}

// find looks a code up without using it.
func (b codeBook) find(purpose codePurpose, value string, now time.Time) (*code, error) {
	k := b[value]
	switch {
	case k == nil || k.purpose != purpose || k.expired(now):
		return nil, refuse(40029)
	case k.used:
		return nil, refuse(40163)
	}
	return k, nil
}

// loginRates counts a user's logins of the current minute.
type loginRates map[string]loginRate

type loginRate struct {
	minute int64
	logins int
}

func (r loginRates) spend(openid string, now time.Time) error {
	minute := now.Unix() / 60
	rate := r[openid]
	if rate.minute != minute {
		rate = loginRate{minute: minute}
	}
	if rate.logins == loginsMinute {
		return refuse(45011)
	}
	rate.logins++
	r[openid] = rate
	return nil
}

// codeToSession is /sns/jscode2session. The session key is new at each login,
// which real WeChat may do too and which finds those who keep the first one.
func (s *Sandbox) codeToSession(c *call) (any, error) {
	k, err := s.presentedCode(c)
	if err != nil {
		return nil, err
	}
	if err := s.logins.spend(k.openid, c.now); err != nil {
		return nil, err
	}
	u := s.world.users[k.openid]
	if err := s.visit(u); err != nil {
		return nil, err
	}
	k.used = true
	return s.session(u), nil
}

func (s *Sandbox) presentedCode(c *call) (*code, error) {
	a, err := s.identify(c.query.Get("appid"), c.query.Get("secret"))
	if err != nil {
		return nil, err
	}
	if a.kind != miniProgram {
		return nil, refuse(40013)
	}
	if c.query.Get("js_code") == "" {
		return nil, refuse(41008)
	}
	if c.query.Get("grant_type") != "authorization_code" {
		return nil, refuse(40002)
	}
	return s.codes.find(forLogin, c.query.Get("js_code"), c.now)
}

type session struct {
	SessionKey string `json:"session_key"`
	OpenID     string `json:"openid"`
	UnionID    string `json:"unionid,omitempty"`
}

func (s *Sandbox) session(u *user) session {
	key := make([]byte, 16)
	rand.Read(key)
	answer := session{SessionKey: base64.StdEncoding.EncodeToString(key), OpenID: u.openid}
	if s.cfg.OpenPlatform {
		answer.UnionID = unionID(u.persona)
	}
	return answer
}
