// Package plaintext says what people can read in a text that came from outside.
package plaintext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jinlin/model/fault"
)

// Problem is why people cannot read a text for what it is: control characters other than line ends and tabs,
// marks that turn or hide what stands beside them, or bytes that are no text. Nil if they can.
func Problem(path, text string) *fault.Field {
	switch {
	case strings.ContainsFunc(text, hides):
		return &fault.Field{Path: path, Code: "control_character", Message: fault.Text{ZH: "含有不可见的控制字符。", EN: "Has invisible control characters."}}
	case strings.ContainsRune(text, utf8.RuneError): // what stands for bytes that are no text, and those bytes
		return &fault.Field{Path: path, Code: "not_text", Message: fault.Text{ZH: "含有无法识别的字符。", EN: "Has bytes that are no text."}}
	}
	return nil
}

// Blank says that there is nothing to see in a text.
func Blank(text string) bool { return !strings.ContainsFunc(text, seen) }

// hides keeps the joiner U+200D out: emoji are made with it.
func hides(r rune) bool {
	switch r {
	case '\n', '\r', '\t':
		return false
	case '\u200b', '\u2060', '\ufeff':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// seen leaves out what Unicode draws as nothing: blanks, format marks, fillers of Hangul and of Braille, and
// what only changes the mark before it. Source: Unicode 15, Default_Ignorable_Code_Point, and U+2800.
func seen(r rune) bool {
	return r != '\u2800' && !unicode.IsSpace(r) &&
		!unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
