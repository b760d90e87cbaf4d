package photo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"io"
)

// Markers: ITU-T T.81, B.1.1.3.
const (
	startOfScan = 0xDA
	endOfImage  = 0xD9
)

// sketch is what a JPEG says of itself. It is read to the end, as decoders do: what stands behind the frame,
// or behind the pixels, still says what becomes of their colours.
type sketch struct {
	frame       []byte // ITU-T T.81, B.2.2
	progressive bool
	scans       int
	scanned     int // components in all of them
	jfif, plain bool
}

// jpegNeeds: a decoder holds as many samples as the frame says, for a progressive picture a coefficient of
// four bytes beside each, and at last the planes put together where they are no luminance and chrominance.
func jpegNeeds(file *io.SectionReader, c image.Config) int64 {
	s, err := sketched(whole(file))
	if err != nil || s.tooOften() {
		return 0
	}
	samples := s.samples(c)
	if s.progressive {
		samples *= 5
	}
	if samples > 0 && s.putTogether() {
		samples += pixels(c) * 4
	}
	return samples
}

func sketched(r *bufio.Reader) (s sketch, err error) {
	_, err = r.Discard(len("\xFF\xD8"))
	for err == nil {
		marker, length, failed := nextSegment(r, s.scans > 0)
		if failed != nil || marker == endOfImage {
			return s, failed
		}
		err = s.take(r, marker, length)
	}
	return s, err
}

var errNoSegment = errors.New("no segment of a JPEG")

// nextMarker reads on to where a segment begins, behind any number of bytes to fill: ITU-T T.81, B.1.1.
// Behind the header of a scan are its pixels, with marks to restart at. Before it decoders forgive all that,
// too; here it is not forgiven: what is measured must be what is decoded.
func nextMarker(r *bufio.Reader, amongPixels bool) (marker byte, err error) {
	for last := byte(0); ; last = marker {
		if marker, err = r.ReadByte(); err != nil {
			return 0, err
		}
		switch restart := marker >= 0xD0 && marker <= 0xD7; {
		case marker == 0xFF:
		case last == 0xFF && marker != 0 && !restart:
			return marker, nil
		case !amongPixels:
			return 0, errNoSegment
		}
	}
}

// nextSegment is also how many bytes of it follow.
func nextSegment(r *bufio.Reader, amongPixels bool) (marker byte, length int, err error) {
	marker, err = nextMarker(r, amongPixels)
	if err != nil || marker == endOfImage {
		return marker, 0, err
	}
	size, err := r.Peek(2)
	if err != nil {
		return 0, 0, err
	}
	if length = int(binary.BigEndian.Uint16(size)) - len(size); length < 0 {
		return 0, 0, errNoSegment
	}
	_, err = r.Discard(len(size))
	return marker, length, err
}

// take has from a segment what matters.
func (s *sketch) take(r *bufio.Reader, marker byte, length int) error {
	const longestFrame = 18
	head, err := r.Peek(min(length, longestFrame))
	if err != nil {
		return err
	}
	s.note(marker, head)
	_, err = r.Discard(length)
	return err
}

// note is as Go's decoder has it: of the frames it takes one, of the rest the last counts.
func (s *sketch) note(marker byte, head []byte) {
	switch marker {
	case 0xC0, 0xC1, 0xC2:
		if s.frame == nil {
			s.frame, s.progressive = bytes.Clone(head), marker == 0xC2
		}
	case startOfScan:
		s.scans++
		if len(head) > 0 {
			s.scanned += int(head[0])
		}
	case 0xE0:
		if len(head) >= 5 {
			s.jfif = string(head[:5]) == "JFIF\x00"
		}
	case 0xEE:
		if len(head) >= 12 && string(head[:5]) == "Adobe" {
			s.plain = head[11] == 0
		}
	}
}

// components says how many there are and where the frame has them; none where that makes no sense.
func (s *sketch) components() []byte {
	const before, each = 6, 3
	if len(s.frame) < before || len(s.frame) != before+each*int(s.frame[before-1]) {
		return nil
	}
	return s.frame[before:]
}

// tooOften says whether the pixels come more often than anybody writes them. Each scan takes a decoder some
// time for every block, and may be of a few bytes: a progressive picture has ten of them, or a few more to be
// smaller; in others each component comes once.
func (s *sketch) tooOften() bool {
	const mostScans = 64
	if s.progressive {
		return s.scans > mostScans
	}
	return s.scanned > len(s.components())/3
}

// samples is their number: the components may be sampled more or less finely than the picture.
func (s *sketch) samples(c image.Config) int64 {
	var all, finest int64
	for of := s.components(); len(of) > 0; of = of[3:] {
		rate := int64(of[1]>>4) * int64(of[1]&0x0F)
		all, finest = all+rate, max(finest, rate)
	}
	if finest == 0 {
		return 0
	}
	return pixels(c)*all/finest + 1
}

// putTogether says whether the decoder gives whole pixels: for four components, and for three that are red,
// green and blue.
func (s *sketch) putTogether() bool {
	of := s.components()
	if len(of) != 3*3 {
		return len(of) == 4*3
	}
	return !s.jfif && (s.plain || of[0] == 'R' && of[3] == 'G' && of[6] == 'B')
}

// exifInJPEG is in the first segment of its name: EXIF 2.32, 4.7.2.
func exifInJPEG(file *io.SectionReader) []byte {
	const application, name = 0xE1, "Exif\x00\x00"
	r := whole(file)
	_, err := r.Discard(len("\xFF\xD8"))
	for err == nil {
		marker, length, failed := nextSegment(r, false)
		if failed != nil || marker == startOfScan || marker == endOfImage {
			return nil
		}
		if head, _ := r.Peek(min(length, len(name))); marker == application && string(head) == name {
			return bytes.TrimPrefix(taken(r, int64(length)), []byte(name))
		}
		_, err = r.Discard(length)
	}
	return nil
}
