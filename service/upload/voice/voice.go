// Package voice makes a recording that somebody sent harmless.
//
// What WeChat's recorder makes is a row of frames, MP3 or AAC in ADTS. They are read one by
// one from the first byte to the last and only they are kept: no tags, no cover picture, no
// second file in front, behind or between. How long it lasts is counted from the frames and
// not believed from a header.
package voice

import (
	"bytes"
	"time"

	"jinlin/model/fault"
	"jinlin/service/upload/photo"
)

// ErrTooLong is a fault: a recording lasts a minute at most.
var ErrTooLong = fault.Define(fault.TooLarge, "recording_too_long",
	"录音不能超过 60 秒。", "A recording lasts 60 seconds at most.")

// MaxDuration is how long a recording may be; recorders that stop at a minute stop a little later.
const (
	MaxDuration = time.Minute
	lateness    = time.Second
)

// leastFrames is how many make a recording; fewer look like one by chance.
const leastFrames = 3

// Voice is a cleaned recording.
type Voice struct {
	Data        []byte
	ContentType string
	Duration    time.Duration
}

// frame is what a frame's header says: its length in bytes, and how long it sounds.
type frame struct {
	bytes, samples, rate int
}

// format is a kind of frames.
type format struct {
	contentType string
	read        func([]byte) (frame, bool)
}

var formats = []format{{"audio/mpeg", mp3}, {"audio/aac", adts}}

// Is says whether data begins like a recording that Clean reads.
func Is(data []byte) bool {
	_, known := formatOf(withoutTags(data))
	return known
}

func formatOf(data []byte) (format, bool) {
	for _, f := range formats {
		if _, ok := f.read(data); ok {
			return f, true
		}
	}
	return format{}, false
}

// Clean makes a recording harmless.
// Faults: unsupported_file, unreadable_file, recording_too_long.
func Clean(data []byte) (Voice, error) {
	data = withoutTags(data)
	f, known := formatOf(data)
	if !known {
		return Voice{}, photo.ErrUnsupported
	}
	v := Voice{ContentType: f.contentType, Data: make([]byte, 0, len(data))}
	frames := 0
	for len(data) > 0 {
		next, ok := f.read(data)
		if !ok {
			return Voice{}, photo.ErrUnreadable
		}
		if next.bytes > len(data) { // the recorder stopped within it
			break
		}
		v.Data = append(v.Data, data[:next.bytes]...)
		v.Duration += time.Duration(next.samples) * time.Second / time.Duration(next.rate)
		data = data[next.bytes:]
		frames++
	}
	switch {
	case frames < leastFrames:
		return Voice{}, photo.ErrUnreadable
	case v.Duration > MaxDuration+lateness:
		return Voice{}, ErrTooLong
	}
	return v, nil
}

// withoutTags cuts off an ID3v2 tag in front and an ID3v1 tag behind.
func withoutTags(data []byte) []byte {
	const head, tail = 10, 128
	if len(data) > head && bytes.HasPrefix(data, []byte("ID3")) {
		size := int(data[6]&0x7F)<<21 | int(data[7]&0x7F)<<14 | int(data[8]&0x7F)<<7 | int(data[9]&0x7F)
		data = data[min(head+size, len(data)):]
	}
	if len(data) > tail && string(data[len(data)-tail:len(data)-tail+3]) == "TAG" {
		data = data[:len(data)-tail]
	}
	return data
}

// Bit rates of layer III in kbit/s, of MPEG 1 and of MPEG 2 and 2.5: ISO/IEC 11172-3, 13818-3.
var (
	bitRates1  = [15]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	bitRates2  = [15]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	mp3Rates   = [3]int{44100, 48000, 32000}
	adtsRates  = [13]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
	mp3Halving = map[byte]uint{3: 0, 2: 1, 0: 2} // MPEG 1, 2, 2.5
)

// mp3 reads the header of a layer III frame.
func mp3(data []byte) (frame, bool) {
	if len(data) < 4 || data[0] != 0xFF || data[1]&0xE0 != 0xE0 || data[1]>>1&3 != 1 {
		return frame{}, false
	}
	version, bitRate, rate, padding := data[1]>>3&3, data[2]>>4, data[2]>>2&3, int(data[2]>>1&1)
	halving, known := mp3Halving[version]
	if !known || bitRate == 0 || bitRate == 15 || rate == 3 {
		return frame{}, false
	}
	f := frame{samples: 1152, rate: mp3Rates[rate] >> halving}
	rates := bitRates1
	if halving > 0 {
		f.samples, rates = 576, bitRates2
	}
	f.bytes = f.samples/8*rates[bitRate]*1000/f.rate + padding
	return f, true
}

// adts reads the header of an AAC frame: ISO/IEC 14496-3, 1.A.2.
func adts(data []byte) (frame, bool) {
	const header = 7
	if len(data) < header || data[0] != 0xFF || data[1]&0xF6 != 0xF0 {
		return frame{}, false
	}
	rate := int(data[2] >> 2 & 0x0F)
	length := int(data[3]&3)<<11 | int(data[4])<<3 | int(data[5])>>5
	if rate >= len(adtsRates) || length <= header {
		return frame{}, false
	}
	blocks := int(data[6]&3) + 1
	return frame{bytes: length, samples: 1024 * blocks, rate: adtsRates[rate]}, true
}
