package model_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"jinlin/model"
)

func TestIDsSortByTimeAndSurviveText(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	early, late := model.NewID[model.User](at), model.NewID[model.User](at.Add(time.Millisecond))
	if early.String() >= late.String() || len(early.String()) != 36 || early.String()[14] != '7' {
		t.Fatalf("%s then %s", early, late)
	}
	text, err := json.Marshal(early)
	if err != nil {
		t.Fatal(err)
	}
	var back model.UserID
	if err := json.Unmarshal(text, &back); err != nil || back != early {
		t.Fatalf("%s came back as %s, %v", early, back, err)
	}
	for _, bad := range []string{"x", "01a205ff-ee0b-7276-b623-6ec18320a60", "{01a205ff-ee0b-7276-b623-6ec18320a60}", "01a205ffee0b7276b6236ec18320a609xxxx"} {
		if _, err := model.ParseID[model.User](bad); !errors.Is(err, model.ErrInvalidID) {
			t.Errorf("%q is taken for an id", bad)
		}
	}
}

func TestTheZeroIDIsNull(t *testing.T) {
	t.Parallel()
	var none model.UserID
	if v, err := none.Value(); v != nil || err != nil {
		t.Fatalf("%v, %v", v, err)
	}
	some := model.NewID[model.User](time.Now())
	if err := some.Scan(nil); err != nil || !some.IsZero() {
		t.Fatalf("%s, %v", some, err)
	}
	if some.Scan([]byte("short")) == nil || some.Scan(7) == nil {
		t.Error("nonsense is taken for an id")
	}
}

func TestAListHeldWholeIsPaged(t *testing.T) {
	t.Parallel()
	all := []string{"a", "b", "c", "d", "e"}
	for limit := 1; limit <= len(all)+1; limit++ {
		var got []string
		page := model.Page{Limit: limit}
		for {
			part := model.Part(all, page)
			got = append(got, part.Items...)
			if page.After = part.Next; part.Next == nil || len(part.Items) != limit {
				break
			}
		}
		if !slices.Equal(got, all) {
			t.Errorf("pages of %d give %v", limit, got)
		}
	}
	madeUp := model.Cursor{ID: [16]byte{8: 0xff, 9: 0xff}}
	if part := model.Part(all, model.Page{After: &madeUp}); len(part.Items) != 0 || part.Next != nil {
		t.Errorf("behind the end are %v", part)
	}
}

func TestCursorsSurviveTextAndNothingElsePasses(t *testing.T) {
	t.Parallel()
	for _, want := range []model.Cursor{{ID: [16]byte{1, 2, 3}}, {At: time.UnixMilli(1795305600123).UTC(), ID: [16]byte{9}}} {
		got, err := model.ParseCursor(want.String())
		if err != nil || *got != want {
			t.Errorf("%+v came back as %+v, %v", want, got, err)
		}
	}
	for _, bad := range []string{"x", "AAAA", "____________________////", want33()} {
		if _, err := model.ParseCursor(bad); !errors.Is(err, model.ErrInvalidCursor) {
			t.Errorf("%q is taken for a cursor", bad)
		}
	}
}

func want33() string { return model.Cursor{}.String() + "A" }

func TestDaysAreShanghaiDays(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC) // half past midnight there
	if d := model.DateOf(late); d != "2026-11-24" {
		t.Errorf("%s", d)
	}
	if at := model.Date("2026-11-24").At(7, 30); !at.Equal(time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC)) {
		t.Errorf("%s", at)
	}
	if d := model.Date("2026-12-31").AddDays(1); d != "2027-01-01" {
		t.Errorf("%s", d)
	}
	if _, err := model.ParseDate("2026-02-30"); err == nil {
		t.Error("the 30th of February is a day")
	}
}

func TestAMonthEndsOnItsLastDayAtTheLatest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, want model.Date
		months     int
	}{
		{"2026-03-15", "2026-04-15", 1},
		{"2026-01-31", "2026-02-28", 1},
		{"2028-01-30", "2028-02-29", 1},
		{"2026-12-31", "2027-01-31", 1},
		{"2026-10-31", "2027-02-28", 4},
		{"2026-03-31", "2026-02-28", -1},
	} {
		if got := c.from.AddMonths(c.months); got != c.want {
			t.Errorf("%s and %d months: %s, not %s", c.from, c.months, got, c.want)
		}
		if days := c.from.DaysUntil(c.want); c.from.AddDays(days) != c.want {
			t.Errorf("%d days from %s until %s", days, c.from, c.want)
		}
	}
}

func TestAListIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	whole := make([]int, 2*model.MaxLimit+1)
	for i := range whole {
		whole[i] = i
	}
	pages := 0
	read := func(page model.Page) (model.Listing[int], error) {
		pages++
		return model.Part(whole, page), nil
	}
	var got []int
	for n, err := range model.All(read) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	if !slices.Equal(got, whole) || pages != 3 {
		t.Errorf("%d rows in %d pages", len(got), pages)
	}
	pages = 0
	for range model.All(read) {
		break
	}
	if pages != 1 {
		t.Errorf("%d pages were read for one row", pages)
	}
	bad, rows := errors.New("gone"), 0
	for _, err := range model.All(func(page model.Page) (model.Listing[int], error) {
		if page.After != nil {
			return model.Listing[int]{}, bad
		}
		return read(page)
	}) {
		if rows++; err != nil && (!errors.Is(err, bad) || rows != model.MaxLimit+1) {
			t.Errorf("row %d: %v", rows, err)
		}
	}
	if rows != model.MaxLimit+1 {
		t.Errorf("%d rows before the error ended them", rows)
	}
}

func TestAListIsDrainedUntilNothingIsLeft(t *testing.T) {
	t.Parallel()
	left, reads := []int{1, 2, 3, 4, 5}, 0
	read := func() ([]int, error) {
		reads++
		return left[:min(2, len(left))], nil
	}
	var got []int
	for n, err := range model.Drain(read) {
		if err != nil {
			t.Fatal(err)
		}
		got, left = append(got, n), left[1:]
	}
	if !slices.Equal(got, []int{1, 2, 3, 4, 5}) || reads != 4 {
		t.Errorf("%v in %d reads", got, reads)
	}
	bad := errors.New("gone")
	for _, err := range model.Drain(func() ([]int, error) { return nil, bad }) {
		if !errors.Is(err, bad) {
			t.Error(err)
		}
	}
}

// TestDaysStayWithinFourDigits: a longer year would come before every other day.
func TestDaysStayWithinFourDigits(t *testing.T) {
	t.Parallel()
	last, first := model.Date("9999-12-31"), model.Date("0001-01-01")
	far := time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC)
	if got := model.DateOf(far); got != last {
		t.Errorf("%s", got)
	}
	if got := model.DateOf(time.Date(-40, 1, 1, 0, 0, 0, 0, time.UTC)); got != first {
		t.Errorf("%s", got)
	}
	if got := last.AddDays(30); got != last {
		t.Errorf("%s", got)
	}
	w := model.WorkingTime{Calendar: model.NewCalendar()}
	if n := w.Days("9999-12-30", last); n != 2 {
		t.Errorf("%d days", n)
	}
	for _, limit := range []model.ClockLimit{"366wd", "366wh"} {
		if due := limit.Due(far.Add(-9*time.Hour), w); due.Year() > 10000 {
			t.Errorf("%s is due %s", limit, due)
		}
	}
}
