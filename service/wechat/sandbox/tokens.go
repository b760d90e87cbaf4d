package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"
)

const (
	tokenLife    = 2 * time.Hour
	tokenOverlap = 5 * time.Minute // how long a replaced token still works

	forcePause  = 30 * time.Second // between two forced refreshes
	forceADay   = 20
	tokenPrefix = "SIM_"
	tokenLength = 136 // as long as real ones, so that too short a column shows
)

// accountKind says which kind of account a call is for.
type accountKind int

const (
	noToken accountKind = iota // the call carries no access token
	anyAccount
	miniProgram
	officialAccount
)

// account is one AppID with its two families of tokens.
type account struct {
	appID, secret string
	kind          accountKind

	ordinary *token // latest of /cgi-bin/token
	stable   *token // latest of /cgi-bin/stable_token

	forcedAt  time.Time // last forced refresh
	forcedDay string
	forced    int // forced refreshes on that day

	clearedMonth string
	cleared      int // quota clearings in that month
}

type token struct {
	value   string
	account *account
	expires time.Time
	dies    time.Time // when its replacement has outlived it; zero while it is the latest
}

// accountOf finds the account behind an access token.
func (s *Sandbox) accountOf(value string, now time.Time) (*account, error) {
	if value == "" {
		return nil, refuse(41001)
	}
	if len(value) != tokenLength || !strings.HasPrefix(value, tokenPrefix) {
		return nil, refuse(40014)
	}
	t := s.tokens[value]
	switch {
	case t == nil:
		return nil, refuse(40001)
	case !t.dies.IsZero() && !now.Before(t.dies):
		return nil, refuse(40001)
	case !now.Before(t.expires):
		return nil, refuse(42001)
	}
	return t.account, nil
}

// issue makes a token in the place of another, which lives on until dies.
func (s *Sandbox) issue(a *account, replaced *token, dies time.Time) *token {
	now := s.now()
	if replaced != nil {
		replaced.dies = dies
	}
	s.forgetOldTokens(now)
	t := &token{value: tokenValue(), account: a, expires: now.Add(tokenLife)}
	s.tokens[t.value] = t
	return t
}

func tokenValue() string {
	random := make([]byte, 99)
	rand.Read(random)
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(random)
}

// forgetOldTokens keeps expired tokens for a day, to answer 42001 rather than 40001.
func (s *Sandbox) forgetOldTokens(now time.Time) {
	for value, t := range s.tokens {
		if now.Sub(t.expires) > 24*time.Hour {
			delete(s.tokens, value)
		}
	}
}

// rotateTokens kills all tokens at once, as happens when somebody else resets
// the secret or the platform loses them.
func (s *Sandbox) rotateTokens() (killed int) {
	now := s.now()
	for _, t := range s.tokens {
		if t.dies.IsZero() || t.dies.After(now) {
			t.dies = now
			killed++
		}
	}
	for _, a := range s.accounts {
		a.ordinary, a.stable = nil, nil
	}
	return killed
}

// tokenReply is the answer of both token calls.
type tokenReply struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

func (t *token) reply(now time.Time) tokenReply {
	return tokenReply{t.value, int64(min(t.expires.Sub(now), tokenLife) / time.Second)}
}

// identify checks AppID and secret, wherever a call carries them.
func (s *Sandbox) identify(appID, secret string) (*account, error) {
	if appID == "" {
		return nil, refuse(41002)
	}
	if secret == "" {
		return nil, refuse(41004)
	}
	for _, a := range s.accounts {
		if a.appID == appID && a.secret == secret {
			return a, nil
		}
		if a.appID == appID {
			return nil, refuse(40125)
		}
	}
	return nil, refuse(40013)
}

// ordinaryToken is /cgi-bin/token: every call replaces the token before it.
func (s *Sandbox) ordinaryToken(c *call) (any, error) {
	if c.query.Get("grant_type") != "client_credential" {
		return nil, refuse(40002)
	}
	a, err := s.identify(c.query.Get("appid"), c.query.Get("secret"))
	if err != nil {
		return nil, err
	}
	c.account = a
	if err := s.spend(c); err != nil {
		return nil, err
	}
	a.ordinary = s.issue(a, a.ordinary, c.now.Add(tokenOverlap))
	return a.ordinary.reply(c.now), nil
}

// stableToken is /cgi-bin/stable_token: the same token for everybody until its
// last five minutes, then the next one beside it.
func (s *Sandbox) stableToken(c *call) (any, error) {
	grantType, appID, secret := c.body.text("grant_type"), c.body.text("appid"), c.body.text("secret")
	force := c.body.flag("force_refresh", false)
	if c.body.err != nil {
		return nil, c.body.err
	}
	if grantType != "client_credential" {
		return nil, refuse(40002)
	}
	a, err := s.identify(appID, secret)
	if err != nil {
		return nil, err
	}
	c.account = a
	if err := s.spend(c); err != nil {
		return nil, err
	}
	if force {
		err = s.forceStable(a, c.now)
	} else {
		s.refreshStable(a, c.now)
	}
	if err != nil {
		return nil, err
	}
	return a.stable.reply(c.now), nil
}

func (s *Sandbox) refreshStable(a *account, now time.Time) {
	if a.stable == nil || a.stable.expires.Sub(now) < tokenOverlap {
		a.stable = s.issue(a, a.stable, now.Add(tokenOverlap))
	}
}

// forceStable replaces the token and kills the old one at once. Too soon after
// the last time it changes nothing, too often a day it is an error.
func (s *Sandbox) forceStable(a *account, now time.Time) error {
	if a.stable != nil && now.Sub(a.forcedAt) < forcePause {
		s.refreshStable(a, now)
		return nil
	}
	if day := beijingDay(now); a.forcedDay != day {
		a.forcedDay, a.forced = day, 0
	}
	if a.forced == forceADay {
		return refuse(45009)
	}
	a.forced++
	a.forcedAt = now
	a.stable = s.issue(a, a.stable, now)
	return nil
}
