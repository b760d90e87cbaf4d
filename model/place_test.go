package model

import "testing"

func TestPlacesAreTheSameHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1单元": "1", "１单元": "1", " 一单元 ": "1", "十单元": "10", "2 单元": "2", "0302室": "302", "３０２": "302", "b座": "B座", "302-1": "302-1", "": "",
	} {
		if got := PlainPlace(text); got != want {
			t.Errorf("%q is %q, not %q", text, got, want)
		}
	}
}

func TestPhonesAreTheSameHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"13800000001", "138 0000 0001", "138-0000-0001", "+8613800000001", "１３８０００００００１"} {
		if got, ok := PlainPhone(text); !ok || got != "13800000001" {
			t.Errorf("%q is %q", text, got)
		}
	}
	for _, text := range []string{"", "0350-6022345", "12800000001", "1380000000", "138000000011", "1380000000a"} {
		if got, ok := PlainPhone(text); ok {
			t.Errorf("%q was taken for the mobile number %q", text, got)
		}
	}
}

func TestMasksHideWhatTheyShould(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{"13800000001": "138****0001", "+85261234567": "+85****4567", "110": "***", "": ""} {
		if got := MaskPhone(number); got != want {
			t.Errorf("%q is shown as %q", number, got)
		}
	}
	for name, want := range map[string]string{"张三丰": "张**", "李四": "李*", "王": "*", "": ""} {
		if got := MaskName(name); got != want {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
}
