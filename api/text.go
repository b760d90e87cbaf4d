package api

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"jinlin/model/fault"
	"jinlin/service/open311"
)

// readableText refuses what no person types: control characters other than line ends and
// tabs, invisible marks that turn or hide text, and blanks where something is required.
// It looks at every text of a body, so that no operation can forget it.
func readableText(in any) error {
	body := reflect.ValueOf(in).Elem().FieldByName("Body")
	if !body.IsValid() {
		return nil
	}
	if fields := unreadable(body, "", false); len(fields) > 0 {
		return fault.ErrInvalid.WithFields(fields...)
	}
	return nil
}

// unreadable walks a value; required says that a text in it must not be blank.
func unreadable(v reflect.Value, path string, required bool) []fault.Field {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return unreadable(v.Elem(), path, required)
		}
	case reflect.String:
		return badText(v.String(), path, required)
	case reflect.Slice:
		var bad []fault.Field
		for i := range v.Len() {
			bad = append(bad, unreadable(v.Index(i), path+"["+strconv.Itoa(i)+"]", required)...)
		}
		return bad
	case reflect.Struct:
		return unreadableFields(v, path)
	default:
	}
	return nil
}

func unreadableFields(v reflect.Value, path string) (bad []fault.Field) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		at := path // of what is embedded
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			at = joinPath(path, name)
		}
		least, _ := strconv.Atoi(f.Tag.Get("minLength"))
		bad = append(bad, unreadable(v.Field(i), at, least > 0)...)
	}
	return bad
}

// readableForm is readableText for a form of the Open311 standard. Fault: open311_invalid.
func readableForm(f open311.Form) error {
	bad := append(badText(f.Description, "description", false), badText(f.AddressString, "address_string", false)...)
	for _, a := range f.Attributes {
		bad = append(bad, badText(a.Value, "attribute["+a.Code+"]", false)...)
	}
	if len(bad) > 0 {
		return open311.ErrBadForm.WithFields(bad...)
	}
	return nil
}

func badText(text, path string, required bool) []fault.Field {
	switch {
	case strings.ContainsFunc(text, invisible):
		return []fault.Field{{Path: path, Code: "control_character", Message: fault.Text{ZH: "含有不可见的控制字符。", EN: "Has invisible control characters."}}}
	case strings.ContainsRune(text, utf8.RuneError): // what stands for bytes that are no text
		return []fault.Field{{Path: path, Code: "not_text", Message: fault.Text{ZH: "含有无法识别的字符。", EN: "Has bytes that are no text."}}}
	case required && strings.TrimSpace(text) == "":
		return []fault.Field{{Path: path, Code: "too_short", Message: fault.Text{ZH: "太短。", EN: "Too short."}}}
	}
	return nil
}

// invisible are control characters, and the marks that reverse or hide text. The joiner
// U+200D stays: emoji are made with it.
func invisible(r rune) bool {
	switch r {
	case '\n', '\r', '\t', '\u200d':
		return false
	case '\u200b', '\u200e', '\u200f', '\ufeff', '\u2060':
		return true
	}
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
