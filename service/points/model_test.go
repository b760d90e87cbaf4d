package points_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/points"
)

// ledger is the ledger as one would tell it to a child: who has which points of which
// age, what is set aside, what the pool still has, and what is owed.
type ledger struct {
	pool  int64
	taken int64 // by the shop
	lots  map[model.UserID][]*lot
	day   map[string]int64 // earned by person and day
	known map[string]*service
	owed  []*service
	holds map[string]*hold
}

// lot is the points of one earning.
type lot struct {
	end          model.Date
	points, left int64
}

// service is something that earns points, and what became of it.
type service struct {
	user     model.UserID
	points   int64
	waiting  bool
	lot      *lot // nil until it is posted
	reversed bool
}

// hold is points set aside.
type hold struct {
	user             model.UserID
	points, returned int64
	parts            []part
	status           model.HoldStatus
}

type part struct {
	lot    *lot
	points int64
}

func newLedger() *ledger {
	return &ledger{lots: map[model.UserID][]*lot{}, day: map[string]int64{}, known: map[string]*service{}, holds: map[string]*hold{}}
}

func (l *ledger) available(user model.UserID) (sum int64) {
	for _, lot := range l.lots[user] {
		sum += lot.left
	}
	return sum
}

func (l *ledger) held(user model.UserID) (sum int64) {
	for _, h := range l.holds {
		if h.user == user && h.status == model.HoldOpen {
			sum += h.points
		}
	}
	return sum
}

func (l *ledger) expiring(user model.UserID) (ends []points.Ending) {
	for _, lot := range l.lots[user] {
		switch last := len(ends) - 1; {
		case lot.left == 0:
		case last >= 0 && ends[last].On == lot.end:
			ends[last].Points += lot.left
		default:
			ends = append(ends, points.Ending{Points: lot.left, On: lot.end})
		}
	}
	return ends
}

func (l *ledger) earn(s *service, reference string, now time.Time) (posted bool) {
	if before := l.known[reference]; before != nil {
		return !before.waiting
	}
	day := fmt.Sprint(s.user, model.DateOf(now))
	s.points = max(0, min(s.points, points.ActivityLimit, points.DayLimit-l.day[day]))
	l.day[day] += s.points
	l.known[reference] = s
	if s.points > 0 && !l.pay(s, now) {
		s.waiting = true
		l.owed = append(l.owed, s)
	}
	return !s.waiting
}

func (l *ledger) pay(s *service, now time.Time) bool {
	if l.pool < s.points {
		return false
	}
	l.pool -= s.points
	s.waiting, s.lot = false, &lot{end: model.LotEnd(now), points: s.points, left: s.points}
	l.lots[s.user] = append(l.lots[s.user], s.lot)
	return true
}

func (l *ledger) settle(now time.Time) {
	l.owed = slices.DeleteFunc(l.owed, func(s *service) bool { return l.pay(s, now) })
}

func (l *ledger) spend(user model.UserID, n int64, first ...*lot) (parts []part) {
	for _, lot := range append(first, l.lots[user]...) {
		if k := min(n, lot.left); k > 0 {
			lot.left -= k
			n -= k
			parts = append(parts, part{lot, k})
		}
	}
	return parts
}

func (l *ledger) hold(user model.UserID, n int64, reference string) *fault.Error {
	if l.holds[reference] != nil {
		return nil
	}
	if l.available(user) < n {
		return points.ErrInsufficient
	}
	l.holds[reference] = &hold{user: user, points: n, parts: l.spend(user, n), status: model.HoldOpen}
	return nil
}

func (l *ledger) resolve(reference string, as model.HoldStatus) *fault.Error {
	h := l.holds[reference]
	if h.status != model.HoldOpen {
		if h.status == as {
			return nil
		}
		return fault.ErrIllegalTransition
	}
	h.status = as
	if as == model.HoldReleased {
		h.giveBack(h.points)
	} else {
		l.taken += h.points
	}
	return nil
}

func (l *ledger) giveBack(reference string, n int64) *fault.Error {
	h := l.holds[reference]
	if h.status != model.HoldCaptured || h.returned+n > h.points {
		return fault.ErrIllegalTransition
	}
	h.returned += n
	l.taken -= n
	h.giveBack(n)
	return nil
}

func (h *hold) giveBack(n int64) {
	for i := len(h.parts) - 1; i >= 0; i-- {
		k := min(n, h.parts[i].points)
		h.parts[i].points -= k
		h.parts[i].lot.left += k
		n -= k
	}
}

func (l *ledger) reverse(s *service) *fault.Error {
	switch {
	case s.reversed:
		return points.ErrAlreadyReversed
	case l.available(s.user) < s.points:
		return points.ErrInsufficient
	}
	s.reversed = true
	l.spend(s.user, s.points, s.lot)
	l.pool += s.points
	return nil
}

func (l *ledger) expire(today model.Date) {
	for _, lots := range l.lots {
		for _, lot := range lots {
			if lot.end <= today {
				lot.left = 0
			}
		}
	}
}

// posted are the services that can be reversed, in a fixed order.
func (l *ledger) posted() (references []string) {
	for reference, s := range l.known {
		if s.lot != nil {
			references = append(references, reference)
		}
	}
	slices.SortFunc(references, cmp.Compare)
	return references
}
