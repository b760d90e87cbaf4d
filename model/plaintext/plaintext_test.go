package plaintext_test

import (
	"testing"

	"jinlin/model/plaintext"
)

func TestWhatPeopleCannotRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"三号楼\n\t路灯坏了":                "",
		"一家人👨\u200d👩\u200d👧":         "", // held together by U+200D
		"ಕ್ಷ می\u200cخواهم":          "", // U+200C belongs to the script
		"":                           "",
		"灯\x00坏了":                    "control_character",
		"灯\u0085坏了":                  "control_character",
		"灯\u202e了坏":                  "control_character",
		"灯\u2066坏了":                  "control_character",
		"灯\u061c坏了":                  "control_character",
		"灯\u200b坏了":                  "control_character",
		"\ufeff灯坏了":                  "control_character",
		"灯\xff坏了":                    "not_text",
		"灯\ufffd坏了":                  "not_text",
		"\xf0\x9f\x92":               "not_text",
		"cut \xe7\x81 in the middle": "not_text",
	} {
		got := ""
		if p := plaintext.Problem("text", text); p != nil {
			got = p.Code
			if p.Path != "text" || p.Message.ZH == "" || p.Message.EN == "" {
				t.Errorf("%q: %+v does not say where and what", text, p)
			}
		}
		if got != want {
			t.Errorf("%q: problem %q, want %q", text, got, want)
		}
	}
}

func TestWhatNobodySees(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \t\r\n", "\u3000", "\u00a0", "\u2800\u2800", "\u3164", "\u115f\u1160", "\uffa0", "\u00ad", "\u200d", "\ufe0f", "\u034f", "\U000e0061"} {
		if !plaintext.Blank(text) {
			t.Errorf("%+q is taken for something to see", text)
		}
	}
	for _, text := range []string{"灯", " 。", "👍", "❤\ufe0f", "\u2800⠁", "ㄱ"} {
		if plaintext.Blank(text) {
			t.Errorf("%+q is taken for blank", text)
		}
	}
}
