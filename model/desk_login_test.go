package model

import "testing"

func TestMaskAddressTellsAPlaceAndNotAComputer(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"203.0.113.77": "203.0.113.*", "10.0.0.10": "10.0.0.*", "::ffff:203.0.113.77": "203.0.113.*",
		"2001:db8:1:2::77": "2001:db8:1::*", "fe80::1%eth0": "fe80::*", "::1": "::*", "": "", "unknown": "",
	} {
		if got := MaskAddress(address); got != want {
			t.Errorf("%q is shown as %q, not %q", address, got, want)
		}
	}
}

func TestASceneFitsIntoACode(t *testing.T) {
	t.Parallel()
	id, err := ParseID[DeskLogin]("0190f3a1-7c52-7abc-8def-0123456789ab")
	if got := (DeskLogin{ID: id}).Scene(); err != nil || got != "0190f3a17c527abc8def0123456789ab" || len(got) > 32 {
		t.Fatalf("%q %v", got, err)
	}
}
