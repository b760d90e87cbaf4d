package uploadtest

import "bytes"

// Carries says whether a JPEG holds anything beside its picture: an application segment or
// a comment, bytes behind its end, or a word of the planted ones.
func Carries(data []byte) bool {
	for at := 2; at+4 < len(data) && data[at] == 0xFF && data[at+1] != 0xDA; at += 2 + int(data[at+2])<<8 + int(data[at+3]) {
		if marker := data[at+1]; marker >= 0xE0 && marker <= 0xEF || marker == 0xFE {
			return true
		}
	}
	for _, word := range planted {
		if bytes.Contains(data, []byte(word)) {
			return true
		}
	}
	return !bytes.HasSuffix(data, []byte{0xFF, 0xD9}) || bytes.Count(data, []byte{0xFF, 0xD9}) != 1
}
