// Package uploadtest has files that somebody might send to do harm, or by mistake, and what it
// takes to see that they did none.
package uploadtest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"
	"slices"
	"strings"

	"jinlin/service/upload/photo"
)

// planted are words that stand beside the pixels of the files below.
var planted = []string{"<script>", "GPSsecret", "13800138000", "PK\x03\x04", "<?php", "%PDF", "http://ns.adobe.com"}

// File is one of them.
type File struct {
	Name string
	Data []byte
	Want error // nil: it is cleaned
}

// Reader reads it, and counts how often somebody asks for more of it.
func (f File) Reader() (*io.SectionReader, *Asked) {
	asked := &Asked{file: bytes.NewReader(f.Data)}
	return io.NewSectionReader(asked, 0, int64(len(f.Data))), asked
}

// Asked counts how often a file is read from: each time is a call to the system.
type Asked struct {
	file  *bytes.Reader
	Times int
}

// ReadAt reads.
func (a *Asked) ReadAt(p []byte, at int64) (int, error) {
	a.Times++
	return a.file.ReadAt(p, at)
}

// Hostile are small files; those of Heavy take what memory they can.
func Hostile() []File {
	plain, drawn := JPEG(Quarters(64, 48)), PNG(Quarters(64, 48))
	webp := decoded(LossyWebP)
	files := make([]File, 0, 64)
	refuse := func(why error, name string, data []byte) { files = append(files, File{name, data, why}) }
	cleaned := func(name string, data []byte) { files = append(files, File{name, data, nil}) }

	for name, text := range map[string]string{
		"nothing": "", "one byte": "\xff", "html": "<html><script>alert(1)</script>", "svg": `<svg onload="alert(1)"/>`, "zip": "PK\x03\x04....",
		"pdf": "%PDF-1.7", "php": "<?php system($_GET[0]);", "gif": "GIF89a\x01\x00\x01\x00", "bmp": "BM\x00\x00", "tiff": "II*\x00", "elf": "\x7fELF",
		"exe": "MZ\x90", "heic": "\x00\x00\x00\x18ftypheic", "avif": "\x00\x00\x00\x18ftypavif", "mp4": "\x00\x00\x00\x18ftypisom", "riff wave": "RIFF\x00\x00\x00\x00WAVEfmt ",
		"text named jpg": "hello", "zeros": strings.Repeat("\x00", 4096), "script before jpeg": "<script>" + string(plain), "byte order mark": "\xef\xbb\xbf" + string(plain),
	} {
		refuse(photo.ErrUnsupported, name, []byte(text))
	}
	for name, data := range map[string][]byte{
		"lossless webp": decoded(LosslessWebP), "lossless webp behind a chunk": webpBehind("", LosslessWebP),
		"transparent webp": webpBehind("ALPH\x02\x00\x00\x00\x00\xFF", LossyWebP), "animated webp": animated(),
	} {
		refuse(photo.ErrUnsupported, name, data)
	}
	for name, data := range map[string][]byte{
		"jpeg magic only": {0xFF, 0xD8, 0xFF}, "png magic only": []byte("\x89PNG\r\n\x1a\n"), "webp magic only": []byte("RIFF\x00\x00\x00\x00WEBPVP8 "),
		"jpeg cut in its header": plain[:40], "png cut in its header": drawn[:20], "png cut in its pixels": drawn[:len(drawn)/2], "webp cut": webp[:30],
		"webp of no length": []byte("RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff"), "jpeg of one magic and noise": append([]byte{0xFF, 0xD8, 0xFF, 0xE0}, noise(2000)...),
		"png of width nought": pngSized(0, 10), "png with a wrong checksum": broken(drawn), "jpeg with junk between segments": junk(plain),
		"jpeg whose frame is cut": plain[:bytes.Index(plain, []byte{0xFF, 0xC0})+5], "jpeg of height nought": sized(plain, 64, 0), "jpeg whose pixels come twice": before(plain, 0xD9, string(plain[bytes.Index(plain, []byte{0xFF, 0xDA}):len(plain)-2])),
	} {
		refuse(photo.ErrUnreadable, name, data)
	}
	for name, data := range map[string][]byte{
		"jpeg says 65535 squared": sized(plain, 65535, 65535), "png says 30000 squared": pngSized(30000, 30000), "png bomb": pngSized(2_000_000_000, 2),
		"progressive jpeg over the budget": progressive(sized(plain, 4900, 4900)), "interlaced png over the budget": interlaced(pngSized(3200, 3200)),
		"png of sixteen bits over the budget": deep(pngSized(2600, 2600)),
	} {
		refuse(photo.ErrTooManyPixels, name, data)
	}

	cleaned("camera's place in EXIF", WithEXIF(plain, 1))
	cleaned("orientation nine", WithEXIF(plain, 9))
	cleaned("EXIF that points outside", withSegment(plain, 0xE1, "Exif\x00\x00MM\x00*\xff\xff\xff\xff"))
	cleaned("EXIF that points at itself", withSegment(plain, 0xE1, "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x87\x69\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00\x08"))
	cleaned("comment", withSegment(plain, 0xFE, "<script>alert(1)</script>"))
	cleaned("XMP", withSegment(plain, 0xE1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>GPSsecret</x:xmpmeta>"))
	cleaned("colour profile", withSegment(plain, 0xE2, "ICC_PROFILE\x00\x01\x01"+strings.Repeat("GPSsecret", 100)))
	cleaned("zip behind a jpeg", append(bytes.Clone(plain), "PK\x03\x04 13800138000"...))
	cleaned("html behind a jpeg", append(bytes.Clone(plain), "<script>alert(1)</script>"...))
	cleaned("php behind a png", append(bytes.Clone(drawn), "<?php system($_GET[0]);"...))
	cleaned("pdf behind a png", append(bytes.Clone(drawn), "%PDF-1.7"...))
	cleaned("text in a png", withChunk(drawn, "tEXt", "Comment\x00GPSsecret 13800138000"))
	cleaned("EXIF in a png", WithEXIF(drawn, 6))
	cleaned("profile in a png", withChunk(drawn, "iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00GPSsecret"))
	cleaned("two pictures in one file", append(bytes.Clone(plain), plain...))
	cleaned("animated png", withChunk(drawn, "acTL", "\x00\x00\xff\xff\x00\x00\x00\x00"))
	cleaned("EXIF in a webp", webpBehind("EXIF"+string(binary.LittleEndian.AppendUint32(nil, uint32(len(exif(6)))))+exif(6), LossyWebP))
	cleaned("one pixel", PNG(image.NewGray(image.Rect(0, 0, 1, 1))))
	cleaned("one row of many", PNG(image.NewGray(image.Rect(0, 0, 60000, 1))))
	return files
}

func noise(n int) []byte {
	out := make([]byte, n)
	state := uint32(1)
	for i := range out {
		state = state*1664525 + 1013904223
		out[i] = byte(state >> 24)
	}
	return out
}

// exif is what a camera writes: an orientation and a word in place of a position.
func exif(orientation int) string {
	entry := func(tag, kind uint16, count, value uint32) string {
		out := make([]byte, 12)
		binary.BigEndian.PutUint16(out, tag)
		binary.BigEndian.PutUint16(out[2:], kind)
		binary.BigEndian.PutUint32(out[4:], count)
		binary.BigEndian.PutUint32(out[8:], value)
		return string(out)
	}
	const text = "GPSsecret 13800138000\x00"
	return "MM\x00*\x00\x00\x00\x08\x00\x02" + entry(0x010E, 2, uint32(len(text)), 38) + entry(0x0112, 3, 1, uint32(orientation)<<16) + "\x00\x00\x00\x00" + text
}

// WithEXIF has a JPEG or PNG say which way up it is.
func WithEXIF(picture []byte, orientation int) []byte {
	if bytes.HasPrefix(picture, []byte("\x89PNG")) {
		return withChunk(picture, "eXIf", exif(orientation))
	}
	return withSegment(picture, 0xE1, "Exif\x00\x00"+exif(orientation))
}

// withSegment puts a segment at the beginning of a JPEG.
func withSegment(jpeg []byte, marker byte, text string) []byte {
	return slices.Concat(jpeg[:2], segment(marker, text), jpeg[2:])
}

func segment(marker byte, text string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(text)+2)), text...)
}

// frame is where a JPEG's frame header begins.
func frame(jpeg []byte) int { return bytes.Index(jpeg, []byte{0xFF, 0xC0}) }

// sized has a JPEG say another size.
func sized(jpeg []byte, width, height int) []byte {
	out := bytes.Clone(jpeg)
	binary.BigEndian.PutUint16(out[frame(out)+5:], uint16(height))
	binary.BigEndian.PutUint16(out[frame(out)+7:], uint16(width))
	return out
}

func progressive(jpeg []byte) []byte {
	out := bytes.Clone(jpeg)
	out[frame(out)+1] = 0xC2
	return out
}

func junk(jpeg []byte) []byte {
	at := frame(jpeg)
	return append(append(bytes.Clone(jpeg[:at]), "junk"...), jpeg[at:]...)
}

func chunk(name, text string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	out = append(append(out, name...), text...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

const afterHeader = 8 + 12 + 13 // signature and first chunk of a PNG

func withChunk(png []byte, name, text string) []byte {
	return withChunks(png, string(chunk(name, text)))
}

func withChunks(png []byte, chunks string) []byte {
	return slices.Concat(png[:afterHeader], []byte(chunks), png[afterHeader:])
}

// pngSized is the header of a PNG and nothing else.
func pngSized(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32(nil, width)
	head = binary.BigEndian.AppendUint32(head, height)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", string(head)+"\x08\x06\x00\x00\x00")...)
}

// changed rewrites a byte of a PNG's first chunk.
func changed(png []byte, at int, to byte) []byte {
	head := bytes.Clone(png[16:29])
	head[at] = to
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", string(head))...)
}

func interlaced(png []byte) []byte { return changed(png, 12, 1) }

func deep(png []byte) []byte { return changed(png, 8, 16) }

func broken(png []byte) []byte {
	out := bytes.Clone(png)
	out[afterHeader-1] ^= 0xFF
	return out
}

// animated is the header of an animated WebP.
func animated() []byte {
	body := "VP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x3f\x00\x00\x2f\x00\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4))
	return append(append(out, "WEBP"...), body...)
}
