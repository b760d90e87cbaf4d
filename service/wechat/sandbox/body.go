package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"unicode/utf8"
)

// bodyLimit is larger than the largest article WeChat takes.
const bodyLimit = 2 << 20

// body reads the JSON object of a call. Keys are case-sensitive, as they are at
// WeChat and not in encoding/json. The first value of a wrong type is kept in
// err, so that a reader may look once at the end.
type body struct {
	values map[string]any
	err    error
}

// parseBody refuses what WeChat's parser refuses: nothing at all, something
// that is not one JSON object in UTF-8, and Chinese written as \u escapes.
func parseBody(r io.Reader) (*body, error) {
	raw, err := io.ReadAll(io.LimitReader(r, bodyLimit+1))
	if err != nil {
		return nil, refuse(47001)
	}
	if len(raw) > bodyLimit {
		return nil, refuse(45002)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, refuse(44002)
	}
	if !utf8.Valid(raw) || escapesChinese(raw) {
		return nil, refuse(47001)
	}
	b := &body{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&b.values); err != nil || b.values == nil {
		return nil, refuse(47001)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, refuse(47001)
	}
	return b, nil
}

// escapesChinese finds \u escapes of Chinese characters, of their
// punctuation and of surrogates, behind which rare characters hide.
func escapesChinese(raw []byte) bool {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if raw[i] != 'u' || i+4 >= len(raw) {
			continue
		}
		r, err := strconv.ParseUint(string(raw[i+1:i+5]), 16, 16)
		if err == nil && chineseBlock(rune(r)) {
			return true
		}
	}
	return false
}

func chineseBlock(r rune) bool {
	return r >= 0x2E80 && r <= 0x9FFF || r >= 0xD800 && r <= 0xDFFF ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE4F || r >= 0xFF00 && r <= 0xFFEF
}

func (b *body) has(key string) bool { return b.values[key] != nil }

// text is a string, "" when absent.
func (b *body) text(key string) string { return read[string](b, key) }

// object is an object, nil when absent.
func (b *body) object(key string) map[string]any { return read[map[string]any](b, key) }

// list is a list, nil when absent.
func (b *body) list(key string) []any { return read[[]any](b, key) }

// flag is true or false; absent says which when the key is missing.
func (b *body) flag(key string, absent bool) bool {
	if !b.has(key) {
		return absent
	}
	return read[bool](b, key)
}

// integer is a whole number; absent says which when the key is missing.
func (b *body) integer(key string, absent int64) int64 {
	if !b.has(key) {
		return absent
	}
	n, err := read[json.Number](b, key).Int64()
	if err != nil {
		b.err = refuse(47001)
	}
	return n
}

func read[T any](b *body, key string) (value T) {
	entry := b.values[key]
	if entry == nil {
		return value
	}
	value, ok := entry.(T)
	if !ok {
		b.err = refuse(47001)
	}
	return value
}
