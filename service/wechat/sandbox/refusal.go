package sandbox

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// refusal is an error as WeChat words it: HTTP 200, an errcode, and a text that
// ends in the id of the request.
type refusal struct {
	code   int
	text   string
	fields map[string]any // what the answer carries beside the error
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.code, r.text) }

// refuse makes the refusal of a code. The detail, when there is one, is what
// WeChat adds to the text, such as the name of the field of a 47003.
func refuse(code int, detail ...string) error {
	text := orElse(errText[code], "error")
	for _, d := range detail {
		text += "! " + d
	}
	return &refusal{code: code, text: text}
}

// refusalOf turns any error into one the wire can carry. What is not a refusal
// is our own trouble, such as a full disk: WeChat calls that "system busy".
func refusalOf(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	return &refusal{code: -1, text: errText[-1]}
}

// requestID has the shape of the ids of requests, which WeChat can look up for
// seven days, and of content checks.
func requestID(now time.Time) string {
	random := make([]byte, 8)
	rand.Read(random)
	return fmt.Sprintf("%08x-%x-%x", uint32(now.Unix()), random[:4], random[4:])
}

var errText = map[int]string{
	-1:    "system error",
	40001: "invalid credential, access_token is invalid or not latest",
	40002: "invalid grant_type",
	40003: "invalid openid",
	40007: "invalid media_id",
	40013: "invalid appid",
	40014: "invalid access_token",
	40029: "invalid code",
	40037: "invalid template_id",
	40066: "invalid url",
	40097: "invalid args",
	40125: "invalid appsecret",
	40129: "invalid scene",
	40163: "code been used",
	40164: "invalid ip, not in whitelist",
	40165: "invalid weapp pagepath",
	40169: "invalid length for scene, or the data is not json string",
	40212: "invalid query",
	40226: "high risk user, login blocked",
	41001: "access_token missing",
	41002: "appid missing",
	41004: "appsecret missing",
	41008: "missing code",
	41030: "invalid page",
	42001: "access_token expired",
	43001: "require GET method",
	43002: "require POST method",
	43101: "user refuse to accept the msg",
	43104: "appid does not match openid",
	43302: "method should be POST",
	44002: "empty post data",
	44003: "empty news data",
	45002: "content size out of limit",
	45003: "title size out of limit",
	45004: "description size out of limit",
	45009: "reach max api daily quota limit",
	45011: "api minute-quota reach limit, must slower, retry next minute",
	45028: "has no masssend quota",
	45065: "clientmsgid exist",
	45066: "same clientmsgid retry too fast",
	45067: "clientmsgid size out of limit",
	45168: "blacklist keyword",
	47001: "data format error",
	47003: "argument invalid",
	48001: "api unauthorized",
	48006: "forbid to clear quota because of reaching the limit",
	53600: "invalid publish_id",
	61010: "code is expired",
	76021: "cgi_path not found",
	85401: "invalid expire time or interval",
}
