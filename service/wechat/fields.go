package wechat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// FitField makes a value acceptable for a template field. The field's type is
// the key without its number: thing1 is a thing. Text is cut to what the type
// allows, on one line and without characters it does not allow. Figures, times
// and plates are only cleaned: cut short they would say something else, and
// WeChat's refusal (47003) is better than a wrong date.
func FitField(key, value string) string {
	value = oneLine(value)
	switch strings.TrimRight(key, "0123456789") {
	case "thing":
		return orNone(cut(value, 20))
	case "name":
		return orNone(personName(value))
	case "phrase":
		return orNone(first(keep(value, isHan), 5))
	case "character_string":
		return first(keep(value, isVisibleASCII), 32)
	case "letter":
		return first(keep(value, isLetter), 32)
	case "symbol":
		return first(keep(value, isSymbol), 5)
	}
	return value
}

// oneLine drops what has no place in a message: line ends, control characters
// and the marks that turn the reading direction around.
func oneLine(value string) string {
	spaced := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == '\uFEFF', r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ToValidUTF8(value, ""))
	return strings.Join(strings.Fields(spaced), " ")
}

// cut shortens a sentence and shows that it did.
func cut(value string, most int) string {
	if len([]rune(value)) <= most {
		return value
	}
	return strings.TrimRightFunc(first(value, most-1), danglesAtEnd) + "…"
}

// danglesAtEnd: a cut must not leave half of a joined emoji, nor a space.
func danglesAtEnd(r rune) bool {
	return r == '\u200D' || r == ' '
}

func first(value string, most int) string {
	runes := []rune(value)
	return string(runes[:min(most, len(runes))])
}

// personName: 20 letters or symbols; one Chinese character makes it a Chinese name of 10.
func personName(value string) string {
	value = oneLine(keep(value, inName))
	if keep(value, isHan) == "" {
		return strings.TrimSpace(first(value, 20))
	}
	return strings.TrimSpace(first(value, 10))
}

// orNone: WeChat refuses a message with an empty value.
func orNone(value string) string {
	if value == "" {
		return "无"
	}
	return value
}

func keep(value string, allowed func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if allowed(r) {
			return r
		}
		return -1
	}, value)
}

func inName(r rune) bool {
	return r == ' ' || unicode.IsLetter(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
}
func isHan(r rune) bool          { return unicode.Is(unicode.Han, r) }
func isVisibleASCII(r rune) bool { return r > ' ' && r < 0x7F }
func isLetter(r rune) bool       { return r < 0x80 && unicode.IsLetter(r) }
func isSymbol(r rune) bool       { return isVisibleASCII(r) && !isLetter(r) && !unicode.IsDigit(r) }
