package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
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

// seen is the version that was read, nil for any. first is what the tag of version 0 was
// given as, where there is such a version.
func (m Matching) seen(first int) (*int, error) {
	version, err := m.version()
	if err != nil || version == 0 {
		return nil, err
	}
	version -= first
	return &version, nil
}

// cacheable is a body that clients and caches between may keep: unchanged, it is 304 and
// no body.
type cacheable[T any] struct {
	Status       int
	ETag         string `header:"ETag" doc:"Of the content; hand it back as If-None-Match"`
	CacheControl string `header:"Cache-Control"`
	Vary         string `header:"Vary"`
	Body         T
}

// IfNoneMatching is the header of operations whose answer can be kept.
// It is exported because huma looks into exported embedded structs only.
type IfNoneMatching struct {
	IfNoneMatch string `header:"If-None-Match" maxLength:"256" doc:"The ETag of an answer that was kept"`
}

// cached lets anybody keep an answer so many seconds, and then ask whether it is still the
// same; 0 seconds asks each time.
func cached[T any](content T, in IfNoneMatching, seconds int) (*cacheable[T], error) {
	return tagged(content, in, "public, max-age="+strconv.Itoa(seconds))
}

func tagged[T any](content T, in IfNoneMatching, control string) (*cacheable[T], error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	out := &cacheable[T]{Status: http.StatusOK, ETag: strconv.Quote(hex.EncodeToString(sum[:8])), CacheControl: control, Vary: "Authorization", Body: content}
	for tag := range strings.SplitSeq(in.IfNoneMatch, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == out.ETag {
			out.Status = http.StatusNotModified
		}
	}
	return out, nil
}
