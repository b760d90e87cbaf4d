package api

import (
	"reflect"
	"strconv"
	"strings"

	"jinlin/model/fault"
	"jinlin/model/plaintext"
)

// readableText refuses what people cannot read, and blanks where something is required. It
// looks at every text of a body, so that no operation can forget it.
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

func badText(text, path string, required bool) []fault.Field {
	if problem := plaintext.Problem(path, text); problem != nil {
		return []fault.Field{*problem}
	}
	if required && plaintext.Blank(text) {
		return []fault.Field{{Path: path, Code: "too_short", Message: fault.Text{ZH: "太短。", EN: "Too short."}}}
	}
	return nil
}
