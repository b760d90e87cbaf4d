package model

import (
	"errors"
	"testing"
)

func TestASlipNumberTellsEverySingleMistake(t *testing.T) {
	t.Parallel()
	for n := int64(1); n < MaxSlips; n += 999_983 / 7 {
		number := NewSlipNumber(n)
		for _, written := range []string{string(number), " " + number.Printed(), string(number[:4]) + " " + string(number[4:])} {
			if got, err := ParseSlipNumber(written); err != nil || got != number {
				t.Fatalf("%q: %q, %v", written, got, err)
			}
		}
		for i := range number {
			for d := byte('0'); d <= '9'; d++ {
				wrong := []byte(number)
				wrong[i] = d
				expectMistyped(t, number, wrong)
			}
			if i > 0 {
				wrong := []byte(number)
				wrong[i-1], wrong[i] = wrong[i], wrong[i-1]
				expectMistyped(t, number, wrong)
			}
		}
	}
}

func expectMistyped(t *testing.T, right SlipNumber, typed []byte) {
	t.Helper()
	if string(typed) == string(right) {
		return
	}
	if _, err := ParseSlipNumber(string(typed)); !errors.Is(err, ErrSlipNumber) {
		t.Fatalf("%s passes for %s", typed, right)
	}
}

func TestWhatIsNoSlipNumber(t *testing.T) {
	t.Parallel()
	if NewSlipNumber(572) != "000005724" || NewSlipNumber(572).Printed() != "0000-0572-4" {
		t.Error(NewSlipNumber(572))
	}
	for _, text := range []string{"", "00000572", "0000005724", "0000０5724x", "abcdefghi", "-"} {
		if _, err := ParseSlipNumber(text); !errors.Is(err, ErrSlipNumber) {
			t.Errorf("%q passes", text)
		}
	}
	if n, err := ParseSlipNumber("００００－０５７２－４"); err != nil || n != "000005724" {
		t.Errorf("full-width digits: %q, %v", n, err)
	}
}
