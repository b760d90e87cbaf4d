package tour

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
)

// text is what the reader sees, in both languages.
type text struct{ zh, en string }

// both formats the same arguments in both languages.
func both(zh, en string, arguments ...any) text {
	return text{fmt.Sprintf(zh, inChinese(arguments)...), fmt.Sprintf(en, inEnglish(arguments)...)}
}

func inChinese(arguments []any) []any { return pick(arguments, func(t text) string { return t.zh }) }

func inEnglish(arguments []any) []any { return pick(arguments, func(t text) string { return t.en }) }

func pick(arguments []any, language func(text) string) []any {
	picked := make([]any, len(arguments))
	for i, argument := range arguments {
		if t, is := argument.(text); is {
			argument = language(t)
		}
		picked[i] = argument
	}
	return picked
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}

// padded fills up to a width on a terminal, where Chinese characters are two wide.
func padded(s string, width int) string {
	for _, r := range s {
		if width--; r >= 0x2E80 {
			width--
		}
	}
	return s + strings.Repeat(" ", max(width, 1))
}
