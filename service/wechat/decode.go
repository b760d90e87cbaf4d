package wechat

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// WeChat's answers differ from its documents: numbers come as strings and
// strings as numbers, and a broken middlebox answers {} or null with status 200.
// The two types below read what is meant; decode refuses what says nothing.

// number reads 12, "12", "" and null; ids are beyond what a float64 holds.
type number int64

func (n *number) UnmarshalJSON(text []byte) error {
	digits := strings.TrimSpace(strings.Trim(string(text), `"`))
	if digits == "" || digits == "null" {
		return nil
	}
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return errors.New("not a whole number")
	}
	*n = number(value)
	return nil
}

// word reads "86" and 86.
type word string

func (w *word) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, (*string)(w))
	}
	if string(text) != "null" {
		*w = word(text)
	}
	return nil
}

var errSaysNothing = errors.New("it says neither success nor failure")

// decode reads errcode and errmsg, and on success the rest into reply. An
// answer without errcode can be a success: the caller checks for what it needs.
func decode(text []byte, reply any) (answer, error) {
	var head struct {
		Code *number `json:"errcode"`
		Msg  word    `json:"errmsg"`
	}
	if err := decodeObject(text, &head); err != nil {
		return answer{}, err
	}
	if head.Code == nil {
		return answer{}, decodeObject(text, reply)
	}
	got := answer{Code: int64(*head.Code), Msg: string(head.Msg), Stated: true}
	if got.Code != 0 {
		return got, nil
	}
	return got, decodeObject(text, reply)
}

// decodeObject says what is wrong without quoting the text.
func decodeObject(text []byte, into any) error {
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return errors.New("not a JSON object")
	}
	if err := json.Unmarshal(text, into); err != nil {
		return errors.New("not the JSON it should be")
	}
	return nil
}
