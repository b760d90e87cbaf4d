package wechat

import (
	"encoding/json"
	"strings"
)

// pushFields is an object of a push, read the way WeChat writes: keys may begin
// with a space, numbers may be strings, a list of one may be the one alone.
// What is missing or of another kind reads as empty.
type pushFields map[string]json.RawMessage

func (f *pushFields) UnmarshalJSON(text []byte) error {
	var asWritten map[string]json.RawMessage
	if err := json.Unmarshal(text, &asWritten); err != nil {
		return err
	}
	*f = make(pushFields, len(asWritten))
	for key, value := range asWritten {
		(*f)[strings.TrimSpace(key)] = value
	}
	return nil
}

func (f pushFields) text(key string) string {
	var w word
	if json.Unmarshal(f[key], &w) != nil {
		return ""
	}
	return strings.TrimSpace(string(w))
}

func (f pushFields) number(key string) int64 {
	var n number
	if json.Unmarshal(f[key], &n) != nil {
		return 0
	}
	return int64(n)
}

func (f pushFields) object(key string) pushFields {
	var inner pushFields
	_ = json.Unmarshal(f[key], &inner)
	return inner
}

func (f pushFields) list(key string) []pushFields {
	var several []pushFields
	if json.Unmarshal(f[key], &several) == nil {
		return several
	}
	if one := f.object(key); one != nil {
		return []pushFields{one}
	}
	return nil
}
