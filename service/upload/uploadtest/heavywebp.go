package uploadtest

import (
	"encoding/binary"
	"strings"
)

// webpBehind is an extended WebP (RFC 9649, 2.7) whose picture stands behind other chunks.
func webpBehind(chunks, picture string) []byte {
	body := "WEBPVP8X\x0a\x00\x00\x00" + strings.Repeat("\x00", 10) + chunks + string(decoded(picture)[12:])
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// lossySized has a lossy square say another size: RFC 6386, 9.1, has it behind the start code. More bytes follow
// what there was, and some of them or none of those that it says.
func lossySized(side uint16, more []byte, says int) []byte {
	data := decoded(LossyWebP)
	const lengthAt, sizeAt = 16, 26
	length := binary.LittleEndian.Uint32(data[lengthAt:]) + uint32(says)
	binary.LittleEndian.PutUint32(data[lengthAt:], length)
	binary.LittleEndian.PutUint32(data[4:], length+12)
	binary.LittleEndian.PutUint16(data[sizeAt:], side)
	binary.LittleEndian.PutUint16(data[sizeAt+2:], side)
	return append(data, more...)
}
