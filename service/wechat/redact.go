package wechat

import (
	"regexp"
	"strings"
	"unicode"
)

const hidden = "***"

// Where a secret could stand in a text that we did not write: a query string or
// a piece of JSON. Known values are replaced besides, wherever they stand.
var secretPlace = regexp.MustCompile(
	`(?i)\b(secret|appsecret|access_token|refresh_token|js_code|session_key|code)("?\s*[=:]\s*"?)[^&\s",}]+`)

// redact makes a foreign text fit for errors and logs: no secrets, one line, short.
func redact(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, hidden)
		}
	}
	text = secretPlace.ReplaceAllString(text, "${1}${2}"+hidden)
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	return shortened(text, 200)
}

func shortened(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

var requestID = regexp.MustCompile(`rid:?\s*([0-9a-f]{8}-[0-9a-f]{1,16}-[0-9a-f]{1,16})`)

// ridIn finds the request id at the end of an errmsg.
func ridIn(msg string) string {
	if m := requestID.FindStringSubmatch(msg); m != nil {
		return m[1]
	}
	return ""
}
