package wechat

import (
	"errors"
	"fmt"
)

// Class says what a failed call means for whoever made it.
type Class string

// The classes. All but ClassUnknown are certain: what was asked for did not happen.
const (
	ClassToken     Class = "token"     // the access token was refused, twice
	ClassRetry     Class = "retry"     // busy, too fast or not reachable: later
	ClassQuota     Class = "quota"     // today's allowance is used up: not before it is renewed
	ClassUser      Class = "user"      // the person must do something again, or may not do it
	ClassConfig    Class = "config"    // our configuration or our mistake: tell somebody, do not repeat
	ClassPermanent Class = "permanent" // never for this recipient
	ClassUnknown   Class = "unknown"   // it may have happened; do not repeat what must not happen twice
)

// NoCode stands for the errcode where WeChat gave none that could be read.
const NoCode int64 = -1 << 31

// Codes this package acts upon; the rest of the table is in classByCode.
const (
	codeBusy           = -1
	codeTokenWrong     = 40001
	codeTokenMalformed = 40014
	codeTokenExpired   = 42001
	codeOpenIDWrong    = 40003
	codeLoginCodeBad   = 40029
	codeLoginCodeUsed  = 40163
	codeLoginBlocked   = 40226
	codeTooOften       = 45011
)

// Error is a call that WeChat did not answer with success. It never carries a
// secret, a token, a code or an openid.
type Error struct {
	API   string // as in subscribe_send
	Code  int64  // WeChat's errcode, or NoCode
	Msg   string // WeChat's errmsg or what went wrong on the way, redacted
	RID   string // WeChat's request id, for its rid query (kept there for 7 days)
	Class Class

	cause error // context.Canceled or context.DeadlineExceeded, nothing else: others may quote the URL
}

func (e *Error) Error() string {
	if e.Code == NoCode {
		return fmt.Sprintf("wechat %s: %s (%s)", e.API, e.Msg, e.Class)
	}
	return fmt.Sprintf("wechat %s: errcode %d: %s (%s)", e.API, e.Code, e.Msg, e.Class)
}

// Unwrap lets errors.Is find context.Canceled and context.DeadlineExceeded.
func (e *Error) Unwrap() error { return e.cause }

// ClassOf finds the class in err: empty for nil, ClassUnknown when err is not WeChat's.
func ClassOf(err error) Class {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return ClassUnknown
}

// codeOf finds WeChat's errcode in err, or NoCode.
func codeOf(err error) int64 {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return NoCode
}

var classByCode = map[int64]Class{
	codeTokenWrong: ClassToken, codeTokenMalformed: ClassToken, codeTokenExpired: ClassToken,
	codeBusy: ClassRetry, codeTooOften: ClassRetry,
	45009: ClassQuota, 45028: ClassQuota, 48006: ClassQuota,
	codeLoginCodeBad: ClassUser, codeLoginCodeUsed: ClassUser, codeLoginBlocked: ClassUser, 61010: ClassUser, 87014: ClassUser,
	codeOpenIDWrong: ClassPermanent, 43101: ClassPermanent, 43104: ClassPermanent,
}

// classOf: an errcode outside the table is a refusal nobody here has seen. It
// is certain that nothing happened, and a person should look: ClassConfig.
// Negative codes are WeChat's own trouble, of the same kind as -1.
func classOf(a api, code int64) Class {
	if a == stableToken && code == codeTokenWrong {
		return ClassConfig // here it means that our secret is wrong
	}
	if code < 0 {
		return a.classWhenBusy()
	}
	if class, ok := classByCode[code]; ok {
		return class
	}
	return ClassConfig
}
