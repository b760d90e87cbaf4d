package uploadtest

import (
	"encoding/binary"
	"strings"
)

// webpSized is a lossless square of one colour, for which no pixel takes a bit: RFC 9649, 3.4
// has width and height, less one, in 14 bits each behind the signature.
func webpSized(side uint32) []byte {
	data := decoded(LosslessWebP)
	const at = 21
	rest := binary.LittleEndian.Uint32(data[at:]) &^ (1<<28 - 1)
	binary.LittleEndian.PutUint32(data[at:], rest|(side-1)<<14|(side-1))
	return data
}

// webpBehind is an extended WebP (RFC 9649, 2.7) whose picture stands behind other chunks.
func webpBehind(chunks string) []byte {
	extended := "VP8X\x0a\x00\x00\x00" + strings.Repeat("\x00", 10)
	body := "WEBP" + extended + chunks + string(decoded(LosslessWebP)[12:])
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// lossySized has a lossy square say another size: RFC 6386, 9.1, has it behind the start code.
func lossySized(side uint16) []byte {
	data := decoded(LossyWebP)
	const at = 26
	binary.LittleEndian.PutUint16(data[at:], side)
	binary.LittleEndian.PutUint16(data[at+2:], side)
	return data
}
