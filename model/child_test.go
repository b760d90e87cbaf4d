package model

import "testing"

func TestAChildIsGrownAfterTheMonthOfItsFourteenthBirthday(t *testing.T) {
	t.Parallel()
	for day, grown := range map[Date]bool{
		"2026-04-30": false, "2026-05-01": false, "2026-05-31": false, "2026-06-01": true, "2027-01-01": true, "2025-12-31": false,
	} {
		if got := (Child{BirthMonth: "2012-05"}).Grown(day); got != grown {
			t.Errorf("on %s: %t", day, got)
		}
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	for text, valid := range map[Month]bool{"2018-05": true, "2018-12": true, "2018-13": false, "2018-00": false, "2018-5": false, "2018-05-01": false, "": false, "2118-05": false} {
		if text.Valid() != valid {
			t.Errorf("%q", text)
		}
	}
}
