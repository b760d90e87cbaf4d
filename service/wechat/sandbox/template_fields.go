package sandbox

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// fieldRules says for each type of template field which values WeChat accepts.
// Lengths count Unicode characters.
var fieldRules = map[string]func(string) bool{
	"thing":            func(v string) bool { return atMost(20, v) },
	"character_string": func(v string) bool { return atMost(32, v) && only(v, graphicASCII) },
	"letter":           func(v string) bool { return atMost(32, v) && only(v, letterASCII) },
	"symbol":           func(v string) bool { return atMost(5, v) && only(v, symbolic) },
	"number":           func(v string) bool { return numberValue.MatchString(v) && digits(v) <= 32 },
	"amount":           func(v string) bool { return amountValue.MatchString(v) && digits(v) <= 10 },
	"time":             func(v string) bool { return eachOfRange(v, timePoint) },
	"date":             func(v string) bool { return eachOfRange(v, datePoint) },
	"phone_number":     func(v string) bool { return phoneValue.MatchString(v) },
	"car_number":       func(v string) bool { return carValue.MatchString(v) },
	"name":             personName,
	"phrase":           func(v string) bool { return atMost(5, v) && only(v, chinese) },
	"enum":             func(string) bool { return true }, // the template lists the values
}

var (
	fieldKey    = regexp.MustCompile(`^([a-z_]+?)([0-9]{1,2})$`)
	numberValue = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	amountValue = regexp.MustCompile(`^\p{Sc}?[0-9]+(\.[0-9]+)?元?$`)
	phoneValue  = regexp.MustCompile(`^[0-9+\-*#() ]{1,17}$`)
	carValue    = regexp.MustCompile(`^[\p{Han}0-9A-Za-z][0-9A-Za-z]{0,6}[\p{Han}0-9A-Za-z]?$`)

	dayPart   = `[0-9]{4}(?:年[0-9]{1,2}月[0-9]{1,2}日|-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|\.[0-9]{1,2}\.[0-9]{1,2})`
	clockPart = `[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?`
	timeValue = regexp.MustCompile(`^(?:(` + dayPart + `) ?)?(` + clockPart + `)$`)
	dateValue = regexp.MustCompile(`^(` + dayPart + `)(?: ?(` + clockPart + `))?$`)
)

func fieldType(field string) string {
	if parts := fieldKey.FindStringSubmatch(field); parts != nil {
		return parts[1]
	}
	return ""
}

func knownField(field string) bool { return fieldRules[fieldType(field)] != nil }

// accepts says whether the value fits the field. No type takes line breaks or
// other control characters.
func (t Template) accepts(field, value string) bool {
	if strings.ContainsFunc(value, breaksLine) {
		return false
	}
	if options, listed := t.Options[field]; listed && !slices.Contains(options, value) {
		return false
	}
	return fieldRules[fieldType(field)](value)
}

// breaksLine covers U+2028 and U+2029 as well, which are not control characters.
func breaksLine(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || r == utf8.RuneError
}

func atMost(limit int, v string) bool { return utf8.RuneCountInString(v) <= limit }

func only(v string, allowed func(rune) bool) bool {
	return !strings.ContainsFunc(v, func(r rune) bool { return !allowed(r) })
}

func digits(v string) (n int) {
	for _, r := range v {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

func graphicASCII(r rune) bool { return r > ' ' && r <= '~' }
func letterASCII(r rune) bool  { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func symbolic(r rune) bool     { return unicode.IsPunct(r) || unicode.IsSymbol(r) }
func chinese(r rune) bool      { return unicode.Is(unicode.Han, r) }

// personName is at most 10 characters once a Chinese one is among them, and at
// most 20 letters or symbols otherwise.
func personName(v string) bool {
	limit := 20
	if strings.ContainsFunc(v, chinese) {
		limit = 10
	}
	return atMost(limit, v) && only(v, func(r rune) bool {
		return unicode.IsLetter(r) || symbolic(r) || r == ' '
	})
}

// eachOfRange accepts one point, or two joined by "~".
func eachOfRange(v string, point func(string) bool) bool {
	from, to, isRange := strings.Cut(v, "~")
	if !isRange {
		return point(v)
	}
	return point(strings.TrimSuffix(from, " ")) && point(strings.TrimPrefix(to, " "))
}

func timePoint(v string) bool {
	parts := timeValue.FindStringSubmatch(v)
	if parts == nil {
		return false
	}
	return (parts[1] == "" || realDay(parts[1])) && realClock(parts[2])
}

func datePoint(v string) bool {
	parts := dateValue.FindStringSubmatch(v)
	if parts == nil {
		return false
	}
	return realDay(parts[1]) && (parts[2] == "" || realClock(parts[2]))
}

// realDay refuses the 30th of February.
func realDay(v string) bool {
	n := numbers(v)
	day := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	return day.Year() == n[0] && int(day.Month()) == n[1] && day.Day() == n[2]
}

func realClock(v string) bool {
	n := numbers(v)
	return n[0] < 24 && n[1] < 60 && (len(n) < 3 || n[2] < 60)
}

func numbers(v string) (all []int) {
	for _, part := range strings.FieldsFunc(v, func(r rune) bool { return !unicode.IsDigit(r) }) {
		n, _ := strconv.Atoi(part) // the expressions above let only short digits through
		all = append(all, n)
	}
	return all
}
