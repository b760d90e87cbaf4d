// Package photo makes a picture that somebody sent harmless.
//
// What comes out is never what came in: a JPEG, PNG or lossy WebP is known by its first bytes,
// measured before it is decoded, decoded, shrunk, turned the way its EXIF orientation says,
// laid on white and written anew as JPEG. Nothing but pixels gets through: no EXIF, no place,
// no profile, no comment, no second file behind the first.
//
// Memory is bounded before any is taken: a picture is refused by its header when decoding it
// would need more than a budget, whatever the file claims later. The picture is then shrunk
// row by row, so that besides the decoded pixels only the result is held.
package photo

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"runtime"

	"jinlin/model/fault"
)

// Faults of pictures.
var (
	ErrUnsupported = fault.Define(fault.Unsupported, "unsupported_file",
		"不支持这种文件，请上传照片（JPEG、PNG、有损 WebP）或录音（MP3、AAC）。", "Only photos (JPEG, PNG, lossy WebP) and recordings (MP3, AAC) can be uploaded.")
	ErrUnreadable = fault.Define(fault.Invalid, "unreadable_file",
		"文件已损坏，无法读取。", "The file is damaged and cannot be read.")
	ErrTooManyPixels = fault.Define(fault.TooLarge, "picture_too_large",
		"照片尺寸过大，请压缩后再上传。", "The picture has too many pixels. Please send a smaller one.")
)

const (
	// MaxPixels is the most a picture may have, by its header.
	MaxPixels = 25_000_000
	// longestSide is the most a side may have, as in a JPEG: a decoder, too, holds more than a row at a time.
	longestSide = 1<<16 - 1
	// decodeBudget is the most memory that decoding one may take, in bytes.
	decodeBudget = 40 << 20
	// longestEXIF is what a JPEG has room for; it stands beside the decoded pixels.
	longestEXIF  = 1 << 16
	longEdge     = 2048
	thumbEdge    = 320
	quality      = 82
	thumbQuality = 75
)

// ContentType is what every cleaned picture is.
const ContentType = "image/jpeg"

// Photo is a cleaned picture.
type Photo struct {
	Image, Thumbnail []byte
	Width, Height    int // of Image
}

// kind is a format that is read.
type kind struct {
	magic  func(head []byte) bool
	config func(*io.SectionReader) (image.Config, error)
	decode func(*io.SectionReader) (image.Image, error)
	needs  func(*io.SectionReader, image.Config) int64 // bytes that decoding takes; 0 when the header makes no sense
	exif   func(*io.SectionReader) []byte              // a block of at most longestEXIF, if there is one
}

var kinds = []kind{
	{isJPEG, read(jpeg.DecodeConfig), read(jpeg.Decode), jpegNeeds, exifInJPEG},
	{isPNG, configPNG, decodePNG, pngNeeds, exifInPNG},
	{isWebP, configWebP, decodeWebP, webpNeeds, exifInWebP},
}

// read has a library read a file from its beginning.
func read[T any](from func(io.Reader) (T, error)) func(*io.SectionReader) (T, error) {
	return func(file *io.SectionReader) (T, error) { return from(whole(file)) }
}

// Is says whether a file begins like a picture that Clean reads.
func Is(file *io.SectionReader) bool {
	_, known := kindOf(file)
	return known
}

func kindOf(file *io.SectionReader) (kind, bool) {
	head := headOf(file)
	for _, k := range kinds {
		if k.magic(head) {
			return k, true
		}
	}
	return kind{}, false
}

// Clean makes a picture harmless.
// Faults: unsupported_file, unreadable_file, picture_too_large.
func Clean(file *io.SectionReader) (Photo, error) {
	k, known := kindOf(file)
	if !known {
		return Photo{}, ErrUnsupported
	}
	if err := k.measure(file); err != nil {
		return Photo{}, err
	}
	decoded, err := k.decode(file)
	if err != nil {
		return Photo{}, ErrUnreadable.Because(err)
	}
	full := shrink(decoded, longEdge, orientation(k.exif(file)))
	runtime.GC() // of the decoded pixels, which it would leave until there is as much again
	thumb := shrink(full, thumbEdge, upright)
	photo := Photo{Width: full.Rect.Dx(), Height: full.Rect.Dy()}
	if photo.Image, err = encode(full, quality); err != nil {
		return Photo{}, err
	}
	photo.Thumbnail, err = encode(thumb, thumbQuality)
	return photo, err
}

// measure refuses by its header what would take too much.
func (k kind) measure(file *io.SectionReader) error {
	config, err := k.config(file)
	if errors.Is(err, ErrUnsupported) {
		return err
	}
	if err != nil {
		return ErrUnreadable.Because(err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return ErrUnreadable
	}
	if max(config.Width, config.Height) > longestSide || pixels(config) > MaxPixels {
		return ErrTooManyPixels
	}
	switch needs := k.needs(file, config); {
	case needs <= 0:
		return ErrUnreadable
	case needs > decodeBudget:
		return ErrTooManyPixels
	}
	return nil
}

func encode(picture image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}
