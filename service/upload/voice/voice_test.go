package voice_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"jinlin/model/fault"
	"jinlin/service/upload/photo"
	"jinlin/service/upload/voice"
)

// mp3 is so many frames of 64 kbit/s at 24 kHz, MPEG 2: 192 bytes and 24 ms each.
func mp3(frames int) []byte {
	frame := append([]byte{0xFF, 0xF3, 0x84, 0xC4}, bytes.Repeat([]byte{0x55}, 188)...)
	return bytes.Repeat(frame, frames)
}

// aac is so many frames of 100 bytes at 16 kHz: 64 ms each.
func aac(frames int) []byte {
	frame := append([]byte{0xFF, 0xF1, 0x60, 0x40, 100 >> 3, 100&7<<5 | 0x1F, 0xFC}, bytes.Repeat([]byte{0x33}, 93)...)
	return bytes.Repeat(frame, frames)
}

var (
	id3v2 = "ID3\x04\x00\x00\x00\x00\x00\x11" + "13800138000secret"
	id3v1 = "TAG" + strings.Repeat("x", 125)
)

func TestOnlyFramesAreKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		data string
		want voice.Voice
	}{
		{"mp3", string(mp3(100)), voice.Voice{Data: mp3(100), ContentType: "audio/mpeg", Duration: 2400 * time.Millisecond}},
		{"aac", string(aac(50)), voice.Voice{Data: aac(50), ContentType: "audio/aac", Duration: 3200 * time.Millisecond}},
		{"tags", id3v2 + string(mp3(100)) + id3v1, voice.Voice{Data: mp3(100), ContentType: "audio/mpeg", Duration: 2400 * time.Millisecond}},
		{"cut", string(mp3(101))[:100*192+50], voice.Voice{Data: mp3(100), ContentType: "audio/mpeg", Duration: 2400 * time.Millisecond}},
		{"a minute", string(mp3(2500)), voice.Voice{Data: mp3(2500), ContentType: "audio/mpeg", Duration: time.Minute}},
	} {
		if got, err := voice.Clean([]byte(c.data)); err != nil || !bytes.Equal(got.Data, c.want.Data) || got.ContentType != c.want.ContentType || got.Duration != c.want.Duration {
			t.Errorf("%s: %s, %s, %d bytes, %v", c.name, got.ContentType, got.Duration, len(got.Data), err)
		}
	}
}

func TestWhatIsNoRecordingIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"nothing":       {"", photo.ErrUnsupported},
		"html":          {"<script>", photo.ErrUnsupported},
		"only a tag":    {id3v2, photo.ErrUnsupported},
		"endless tag":   {"ID3\x04\x00\x00\x7f\x7f\x7f\x7fabc", photo.ErrUnsupported},
		"two frames":    {string(mp3(2)), photo.ErrUnreadable},
		"html between":  {string(mp3(10)) + "<script>" + string(mp3(10)), photo.ErrUnreadable},
		"zip behind":    {string(aac(10)) + "PK\x03\x04 and so on", photo.ErrUnreadable},
		"another kind":  {string(mp3(10)) + string(aac(10)), photo.ErrUnreadable},
		"two minutes":   {string(mp3(5000)), voice.ErrTooLong},
		"aac too long":  {string(aac(960)), voice.ErrTooLong},
		"layer II":      {strings.Repeat("\xff\xf5\x84\xc4", 100), photo.ErrUnsupported},
		"reserved rate": {strings.Repeat("\xff\xf3\x8c\xc4", 100), photo.ErrUnsupported},
	} {
		if _, err := voice.Clean([]byte(c.data)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add(mp3(5))
	f.Add(aac(5))
	f.Add([]byte(id3v2 + string(mp3(4)) + id3v1))
	f.Fuzz(func(t *testing.T, data []byte) {
		clean, err := voice.Clean(data)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		again, err := voice.Clean(clean.Data)
		if err != nil || !bytes.Equal(again.Data, clean.Data) || len(clean.Data) > len(data) {
			t.Fatalf("cleaned twice it is another: %v", err)
		}
	})
}
