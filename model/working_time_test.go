package model_test

import (
	"testing"
	"time"

	"jinlin/model"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, model.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return moment.UTC()
}

// TestClocksLeaveOutWhatIsNotWorked goes across nights, lunch, weekends, Spring Festival of 2026
// (15 to 23 February) and the days worked in return for it (14 and 28 February).
func TestClocksLeaveOutWhatIsNotWorked(t *testing.T) {
	t.Parallel()
	w := model.WorkingTime{Calendar: model.NewCalendar()}
	for _, c := range []struct {
		limit      model.ClockLimit
		from, due  string
		over, rung string // of a red card at over, rungs of 1wd
	}{
		{"2wh", "2026-11-23 11:00", "2026-11-23 15:00", "2026-11-23 15:00", "2026-11-24 08:30"},
		{"2wh", "2026-11-23 10:00", "2026-11-23 12:00", "2026-11-23 12:00", "2026-11-24 08:30"},
		{"4wh", "2026-11-27 16:00", "2026-11-30 11:00", "2026-11-30 11:00", "2026-12-01 08:30"},
		{"7wh", "2026-11-28 03:00", "2026-11-30 17:30", "2026-11-30 17:30", "2026-12-01 08:30"},
		{"1wd", "2026-11-23 10:00", "2026-11-24 17:30", "2026-11-25 08:30", "2026-11-26 08:30"},
		{"3wd", "2026-11-26 20:00", "2026-12-01 17:30", "2026-12-02 08:30", "2026-12-03 08:30"},
		{"1wd", "2026-02-13 10:00", "2026-02-14 17:30", "2026-02-24 08:30", "2026-02-25 08:30"},
		{"3wd", "2026-02-12 23:59", "2026-02-24 17:30", "2026-02-25 08:30", "2026-02-26 08:30"},
		{"15wd", "2026-02-09 09:00", "2026-03-06 17:30", "2026-03-09 08:30", "2026-03-10 08:30"},
		{"24h", "2026-02-14 10:00", "2026-02-15 10:00", "2026-02-15 10:00", "2026-02-24 08:30"},
		{"7d", "2026-02-13 10:00", "2026-02-20 10:00", "2026-02-20 10:00", "2026-02-24 08:30"},
	} {
		due := c.limit.Due(at(t, c.from), w)
		over := c.limit.Over(due, w)
		rung := model.ClockLimit("1wd").Rung(over, 1, w)
		if !due.Equal(at(t, c.due)) || !over.Equal(at(t, c.over)) || !rung.Equal(at(t, c.rung)) {
			t.Errorf("%s from %s: due %s, over %s, up %s", c.limit, c.from, model.Moment(due), model.Moment(over), model.Moment(rung))
		}
	}
}

func TestAClockThatStoodStillIsDueLaterByAsMuch(t *testing.T) {
	t.Parallel()
	w := model.WorkingTime{Calendar: model.NewCalendar()}
	for _, c := range []struct {
		limit                   model.ClockLimit
		due, stood, until, want string
	}{
		{"7d", "2026-11-30 10:00", "2026-11-24 10:00", "2026-11-26 11:00", "2026-12-02 11:00"},
		{"3wd", "2026-11-25 17:30", "2026-11-24 09:00", "2026-11-24 11:30", "2026-11-26 11:00"},
		{"3wd", "2026-02-14 17:30", "2026-02-13 16:30", "2026-02-23 20:00", "2026-02-25 09:30"}, // the last hour of the 13th and all of the 14th
		{"3wd", "2026-11-25 17:30", "2026-11-27 17:30", "2026-11-30 08:00", "2026-11-25 17:30"}, // a weekend takes nothing
	} {
		if got := c.limit.Resumed(at(t, c.due), at(t, c.stood), at(t, c.until), w); !got.Equal(at(t, c.want)) {
			t.Errorf("%s due %s, at rest from %s to %s: %s; want %s", c.limit, c.due, c.stood, c.until, model.Moment(got), c.want)
		}
	}
}

// TestWorkingTimeAddsUp: what is added lies between, wherever one begins.
func TestWorkingTimeAddsUp(t *testing.T) {
	t.Parallel()
	w := model.WorkingTime{Calendar: model.NewCalendar()}
	from := at(t, "2026-02-10 00:07")
	for range 400 {
		from = from.Add(97 * time.Minute)
		for _, d := range []time.Duration{time.Minute, 3 * time.Hour, 7 * time.Hour, 31 * time.Hour} {
			if got := w.Between(from, w.Add(from, d)); got != d {
				t.Fatalf("%s later than %s lie %s", d, model.Moment(from), got)
			}
		}
	}
}

func TestLimitsAreWrittenOneWay(t *testing.T) {
	t.Parallel()
	for limit, valid := range map[model.ClockLimit]bool{
		"24h": true, "7d": true, "2wh": true, "15wd": true, "366d": true,
		"": false, "0h": false, "-1h": false, "+1h": false, "07d": false, "367d": false, "1.5h": false, "h": false, "7": false, "7D": false, "7w": false,
	} {
		if limit.Valid() != valid {
			t.Errorf("%q is valid: %t", limit, limit.Valid())
		}
	}
	for _, p := range model.ClockPresets {
		whole, _ := model.ClockPreset(p.Preset)
		for _, name := range []model.ClockName{"acknowledge", "dispatch", "handle", "reply", "visit", "silence"} {
			if !whole.Limit(name).Valid() {
				t.Errorf("%s has no limit for %s", p.Preset, name)
			}
		}
		if !whole.Rung.Valid() || whole.Silence.InWorkingTime() {
			t.Errorf("%+v", whole)
		}
	}
}

func TestVisitsAreOwedWhereSomebodySaysSo(t *testing.T) {
	t.Parallel()
	if p := model.PolicyFor("party", nil, nil); p.ReturnVisit || p.Silence != model.PatientSilence || p.Reply != "3wd" {
		t.Errorf("%+v", p)
	}
	for _, name := range []string{model.PresetConsult, model.PresetComplaint} {
		if p, _ := model.ClockPreset(name); !p.ReturnVisit || p.Silence != "1h" || p.Visit != "1wd" {
			t.Errorf("%+v", p)
		}
	}
}

func TestTheNearestUnitSaysHowLongClocksRun(t *testing.T) {
	t.Parallel()
	branch, community, county := model.UnitID{15: 1}, model.UnitID{15: 2}, model.UnitID{15: 3}
	units := []model.UnitID{branch, community, county}
	says := func(unit model.UnitID, category string, version int, reply model.ClockLimit) model.ClockPolicy {
		return model.ClockPolicy{Ruling: model.Ruling{UnitID: unit, Category: category, Version: version, Ended: reply == ""}, Reply: reply}
	}
	for name, c := range map[string]struct {
		category string
		policies []model.ClockPolicy
		want     model.ClockLimit
	}{
		"nobody says anything":               {"parking", nil, "7d"},
		"what is urgent by itself":           {"safety", nil, "2h"},
		"the county about any":               {"parking", []model.ClockPolicy{says(county, "", 1, "15wd")}, "15wd"},
		"but not about what is urgent":       {"safety", []model.ClockPolicy{says(county, "", 1, "15wd")}, "2h"},
		"unless it says so":                  {"safety", []model.ClockPolicy{says(county, "safety", 1, "4h")}, "4h"},
		"the nearest":                        {"parking", []model.ClockPolicy{says(county, "", 1, "15wd"), says(branch, "", 1, "5wd")}, "5wd"},
		"of the category, though farther":    {"parking", []model.ClockPolicy{says(county, "parking", 1, "10wd"), says(branch, "", 1, "5wd")}, "10wd"},
		"the newest version":                 {"parking", []model.ClockPolicy{says(county, "", 1, "15wd"), says(county, "", 2, "9wd")}, "9wd"},
		"what has ended counts no more":      {"parking", []model.ClockPolicy{says(county, "", 1, "15wd"), says(community, "", 2, "")}, "15wd"},
		"another unit's does not count":      {"parking", []model.ClockPolicy{says(model.UnitID{15: 9}, "", 1, "1wd")}, "7d"},
		"another category's does not either": {"parking", []model.ClockPolicy{says(branch, "care", 1, "1wd")}, "7d"},
	} {
		if got := model.PolicyFor(c.category, units, c.policies).Reply; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
