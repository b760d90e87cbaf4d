package api

import (
	"strconv"
	"strings"

	"jinlin/model/fault"
)

// versioned is a body with the version that If-Match names.
type versioned[T any] struct {
	ETag string `header:"ETag" doc:"Version of what can be edited; hand it back as If-Match"`
	Body T
}

func withETag[T any](version int, content T) *versioned[T] {
	return &versioned[T]{ETag: strconv.Quote(strconv.Itoa(version)), Body: content}
}

// Matching is the header of operations that change what somebody has read.
// It is exported because huma looks into exported embedded structs only.
type Matching struct {
	IfMatch string `header:"If-Match" maxLength:"32" doc:"The ETag of the GET; left out or * takes the present version"`
}

// version reads it; 0 means any. Fault: changed_meanwhile for a tag we never gave.
func (m Matching) version() (int, error) {
	text := strings.Trim(strings.TrimPrefix(strings.TrimSpace(m.IfMatch), "W/"), `"`)
	if text == "" || text == "*" {
		return 0, nil
	}
	version, err := strconv.Atoi(text)
	if err != nil || version <= 0 {
		return 0, fault.ErrChangedMeanwhile
	}
	return version, nil
}
