package wechat

import (
	"context"
	"errors"
	"time"

	"jinlin/model/fault"
)

// Person is who signed in.
type Person struct {
	OpenID  string
	UnionID string // only if the app belongs to an Open Platform account
}

// Login trades the code of wx.login, good once and for five minutes, for the
// person. The session key that comes with it is dropped here.
//
// Faults: ErrCodeInvalid, ErrCodeUsed, ErrLoginBlocked, fault.ErrRateLimited
// (WeChat's 100 sign-ins per person and minute), and ErrUnavailable for all
// that the person cannot mend. The *Error is the cause.
func (g *Gateway) Login(ctx context.Context, code string) (Person, error) {
	// The SDK pastes the code into the URL as it is.
	if !plainWord.MatchString(code) {
		return Person{}, ErrCodeInvalid
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.Timeout)
	defer cancel()
	var who Person
	err := g.call(ctx, code2Session, func(ctx context.Context) (answer, error) {
		res, err := g.auth.Code2SessionContext(ctx, code)
		if err == nil && res.OpenID == "" {
			err = errors.New("no openid in it")
		}
		who = Person{OpenID: res.OpenID, UnionID: res.UnionID}
		return answer{Code: res.ErrCode, Msg: res.ErrMsg}, err
	}, code)
	if err != nil {
		return Person{}, g.loginFault(err)
	}
	return who, nil
}

func (g *Gateway) loginFault(err error) error {
	switch codeOf(err) {
	case codeLoginCodeBad:
		return ErrCodeInvalid.Because(err)
	case codeLoginCodeUsed:
		return ErrCodeUsed.Because(err)
	case codeLoginBlocked:
		return ErrLoginBlocked.Because(err)
	case codeTooOften:
		return fault.ErrRateLimited.Because(err).After(g.toNextMinute())
	}
	return ErrUnavailable.Because(err)
}

// toNextMinute is when WeChat's per-minute counters begin again.
func (g *Gateway) toNextMinute() time.Duration {
	now := g.now()
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
}
