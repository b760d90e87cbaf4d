package activity_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/activity"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/wechat"
)

// marked stands for WeChat, which goes by the marker words of its sandbox.
type marked struct{}

func (marked) CheckText(_ context.Context, c wechat.TextCheck) wechat.Verdict {
	switch text := c.Title + c.Text; {
	case c.OpenID == "":
		panic("nobody's text")
	case strings.Contains(text, "【违规】"):
		return wechat.Verdict{Suggest: wechat.Risky}
	case strings.Contains(text, "【复核】"):
		return wechat.Verdict{Suggest: wechat.Review}
	}
	return wechat.Verdict{Suggest: wechat.Pass}
}

// onePool stands for the ledger: it knows one pool.
type onePool struct{ id model.PoolID }

func (p onePool) CheckPool(_ context.Context, pool model.PoolID, _ model.UnitID) error {
	if pool != p.id {
		return fault.ErrNotFound
	}
	return nil
}

var knownPool = model.PoolID{15: 7}

// world has two branches with an estate and a secretary each.
type world struct {
	storetest.World
	*activity.Service
	rights              *access.Service
	texts               *moderation.Service
	county              model.UnitID
	estates, branches   [2]model.UnitID
	secretary, stranger model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, rights: access.New(s, units)}
	w.texts = moderation.New(s, w.rights, units, marked{})
	w.Service = activity.New(s, w.rights, units, w.texts, onePool{knownPool})
	w.texts.OnDecision(model.ModeratedCancellation, w.CancellationDecided)
	w.county = w.Unit(model.County, model.UnitID{})
	for i := range w.branches {
		w.estates[i], w.branches[i] = w.Unit(model.Estate, w.county), w.Unit(model.Branch, w.county)
		w.Cover(w.branches[i], w.estates[i])
	}
	w.secretary, w.stranger = w.Staff(model.Secretary, w.branches[0]), w.Staff(model.Secretary, w.branches[1])
	return w
}

// plan is of an activity tomorrow.
func (w *world) plan(change ...func(*activity.Plan)) activity.Plan {
	start := w.Clock.Now().Add(24 * time.Hour)
	p := activity.Plan{
		Title: "清扫楼道", Description: "带上扫帚", Place: "3 号楼", StartsAt: start, EndsAt: start.Add(2 * time.Hour),
		SignUpOpensAt: w.Clock.Now(), SignUpClosesAt: start, Capacity: 5, CheckInMinutes: activity.DefaultCheckIn,
	}
	for _, c := range change {
		c(&p)
	}
	return p
}

func (w *world) draft(change ...func(*activity.Plan)) model.Activity {
	w.T.Helper()
	a, err := w.Draft(w.T.Context(), w.secretary, w.branches[0], w.plan(change...))
	w.Must(err)
	return a
}

func (w *world) published(change ...func(*activity.Plan)) model.Activity {
	w.T.Helper()
	a, err := w.Publish(w.T.Context(), w.secretary, w.draft(change...).ID)
	w.Must(err)
	return a
}

func TestADraftIsItsStaffsUntilItIsPublished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		a := w.draft()
		for _, other := range []model.Actor{{}, w.stranger, {User: model.UserID{15: 1}}} {
			if _, err := w.Get(t.Context(), other, a.ID); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("somebody else's draft: %v", err)
			}
		}
		if _, err := w.Publish(t.Context(), w.stranger, a.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("published by another branch: %v", err)
		}
		if got, err := w.Get(t.Context(), w.secretary, a.ID); err != nil || got != a {
			t.Errorf("%+v is not %+v, %v", got, a, err)
		}
		_, err := w.Publish(t.Context(), w.secretary, a.ID)
		w.Must(err)
		if got, err := w.Get(t.Context(), model.Actor{}, a.ID); err != nil || got.State != model.ActivityPublished {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := w.Publish(t.Context(), w.secretary, a.ID); !errors.Is(err, fault.ErrIllegalTransition) {
			t.Errorf("published twice: %v", err)
		}
		if _, err := w.Change(t.Context(), w.secretary, a.ID, nil, func(*activity.Plan) {}); !errors.Is(err, fault.ErrIllegalTransition) {
			t.Errorf("changed after publication: %v", err)
		}
	})
}

func TestAPlanMustGoTogether(t *testing.T) {
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	for path, change := range map[string]func(*activity.Plan){
		"title":          func(p *activity.Plan) { p.Title = " \t" },
		"endsAt":         func(p *activity.Plan) { p.EndsAt = p.StartsAt },
		"signUpClosesAt": func(p *activity.Plan) { p.SignUpClosesAt = p.EndsAt.Add(time.Second) },
		"capacity":       func(p *activity.Plan) { p.Capacity = 10_001 },
		"points":         func(p *activity.Plan) { p.Points = 41 },
		"audience":       func(p *activity.Plan) { p.Audience = "friends" },
		"checkInMinutes": func(p *activity.Plan) { p.CheckInMinutes = -1 },
		"startsAt":       func(p *activity.Plan) { p.StartsAt, p.SignUpOpensAt = time.Time{}, time.Time{} },
		"poolId":         func(p *activity.Plan) { p.Points, p.PoolID = 5, model.PoolID{15: 8} },
	} {
		_, err := w.Draft(t.Context(), w.secretary, w.branches[0], w.plan(change))
		f := fault.From(err)
		if f.Code != fault.ErrInvalid.Code || len(f.Fields) != 1 || f.Fields[0].Path != path && path != "startsAt" {
			t.Errorf("%s: %v %+v", path, err, f.Fields)
		}
	}
	w.draft(func(p *activity.Plan) { p.Points, p.PoolID = 40, knownPool })
}

func TestTextIsCheckedBeforeEverybodyReadsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		for text, want := range map[string]error{"【违规】": fault.ErrContentRefused, "【复核】": activity.ErrHeld} {
			a := w.draft(func(p *activity.Plan) { p.Title = text })
			if _, err := w.Publish(t.Context(), w.secretary, a.ID); !errors.Is(err, want) {
				t.Errorf("%s: %v", text, err)
			}
			if got, err := w.Get(t.Context(), w.secretary, a.ID); err != nil || got.State != model.ActivityDraft {
				t.Errorf("%s: %s, %v", text, got.State, err)
			}
		}
		clock.Move(time.Second)
		a := w.published()
		if _, err := w.Cancel(t.Context(), w.secretary, a.ID, "【违规】"); !errors.Is(err, fault.ErrContentRefused) {
			t.Error(err)
		}
		cancelled, err := w.Cancel(t.Context(), w.secretary, a.ID, "【复核】下雨")
		if err != nil || cancelled.State != model.ActivityCancelled || cancelled.CancelReason != "" {
			t.Errorf("%+v, %v", cancelled, err)
		}
		clerk := w.Staff(model.CountyClerk, w.county)
		held, err := w.texts.Items(t.Context(), clerk, w.county, model.TextHeld, model.Page{})
		if err != nil || len(held.Items) == 0 || held.Items[len(held.Items)-1].Text != "【复核】下雨" {
			t.Fatalf("%+v, %v", held.Items, err)
		}
		_, err = w.texts.Release(t.Context(), clerk, held.Items[len(held.Items)-1].ID, "")
		w.Must(err)
		if got, err := w.Get(t.Context(), w.secretary, a.ID); err != nil || got.CancelReason != "【复核】下雨" {
			t.Errorf("%q after its release, %v", got.CancelReason, err)
		}
	})
}

func TestAHeldTextIsPublishedOnceSomebodyElseReleasedIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		clerk, ctx := w.Staff(model.CountyClerk, w.county), t.Context()
		publish := func(id model.ActivityID, want error) {
			t.Helper()
			if _, err := w.Publish(ctx, w.secretary, id); want == nil && err != nil || !errors.Is(err, want) {
				t.Fatalf("got %v; want %v", err, want)
			}
		}
		held := func() []model.ModerationItem {
			t.Helper()
			items, err := w.texts.Items(ctx, clerk, w.county, model.TextHeld, model.Page{})
			w.Must(err)
			return items.Items
		}
		a := w.draft(func(p *activity.Plan) { p.Title = "【复核】清扫" })
		publish(a.ID, activity.ErrHeld)
		publish(a.ID, activity.ErrHeld)
		items := held()
		if len(items) != 1 || items[0].ObjectID != model.ID[any](a.ID) || !strings.HasPrefix(items[0].Text, "【复核】清扫\n") {
			t.Fatalf("%+v", items)
		}
		_, err := w.texts.Release(ctx, w.secretary, items[0].ID, "")
		w.ExpectFault(err, moderation.ErrOwnText)
		_, err = w.Change(ctx, w.secretary, a.ID, nil, func(p *activity.Plan) { p.Title = "【复核】大扫除" })
		w.Must(err)
		_, err = w.texts.Release(ctx, clerk, items[0].ID, "") // what it was about is gone
		w.ExpectFault(err, fault.ErrIllegalTransition)
		publish(a.ID, activity.ErrHeld)
		_, err = w.texts.Release(ctx, clerk, held()[0].ID, "")
		w.Must(err)
		_, err = w.Change(ctx, w.secretary, a.ID, nil, func(p *activity.Plan) { p.Title = "【复核】再改" })
		w.Must(err)
		publish(a.ID, activity.ErrHeld) // the release was for another text
		_, err = w.texts.Release(ctx, clerk, held()[0].ID, "")
		w.Must(err)
		publish(a.ID, nil)

		b := w.draft(func(p *activity.Plan) { p.Title = "【复核】" })
		publish(b.ID, activity.ErrHeld)
		_, err = w.texts.Refuse(ctx, clerk, held()[0].ID, "不合适")
		w.Must(err)
		publish(b.ID, fault.ErrContentRefused)
		c := w.draft(func(p *activity.Plan) { p.Title = "【复核】" })
		publish(c.ID, activity.ErrHeld)
		_, err = w.Cancel(ctx, w.secretary, c.ID, "下雨")
		w.Must(err)
		if left := held(); len(left) != 0 {
			t.Errorf("still waiting: %+v", left)
		}
	})
}

func TestTwoWritersOfOneDraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		a := w.draft()
		changed, err := w.Change(t.Context(), w.secretary, a.ID, &a.Version, func(p *activity.Plan) { p.Capacity = 9 })
		if err != nil || changed.Version != a.Version+1 || changed.PlacesLeft != 9 {
			t.Fatalf("%+v, %v", changed, err)
		}
		if _, err := w.Change(t.Context(), w.secretary, a.ID, &a.Version, func(p *activity.Plan) { p.Capacity = 1 }); !errors.Is(err, fault.ErrChangedMeanwhile) {
			t.Fatalf("over another's change: %v", err)
		}
	})
}

func TestTheClockMovesActivities(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		a := w.published()
		clock.Set(a.EndsAt.Add(time.Hour)) // the job sleeps through all of it
		w.Must(w.Advance(t.Context()))
		w.Must(w.Advance(t.Context()))
		events, err := s.ActivityEvents.ListByActivity(t.Context(), a.ID)
		w.Must(err)
		var path []string
		for _, e := range events[2:] {
			path = append(path, fmt.Sprintf("%s at %s", e.ToState, e.At.Sub(a.StartsAt)))
		}
		if got := strings.Join(path, ", "); len(events) != 4 || !strings.Contains(got, "ongoing at 0s") || !strings.Contains(got, "finished at 2h0m0s") {
			t.Fatalf("%d events: %s", len(events), got)
		}
		if _, err := w.Cancel(t.Context(), w.secretary, a.ID, "太晚"); !errors.Is(err, fault.ErrIllegalTransition) {
			t.Fatalf("cancelled after the end: %v", err)
		}
		late := w.draft(func(p *activity.Plan) {
			p.StartsAt, p.EndsAt, p.SignUpOpensAt, p.SignUpClosesAt = a.StartsAt, a.EndsAt, a.SignUpOpensAt, a.SignUpClosesAt
		})
		if _, err := w.Publish(t.Context(), w.secretary, late.ID); !errors.Is(err, activity.ErrOver) {
			t.Fatalf("published after the end: %v", err)
		}
	})
}

func TestEstatesSeeWhatConcernsThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		var want []model.ActivityID
		for day := range 5 {
			a := w.published(func(p *activity.Plan) {
				p.StartsAt, p.EndsAt = p.StartsAt.AddDate(0, 0, day/2), p.EndsAt.AddDate(0, 0, day/2) // some begin together
			})
			want = append(want, a.ID)
		}
		w.draft()
		_, err := w.Cancel(t.Context(), w.secretary, w.published().ID, "下雨")
		w.Must(err)
		list := func(f activity.Filter) map[model.ActivityID]bool {
			seen := map[model.ActivityID]bool{}
			var last time.Time
			for page := (model.Page{Limit: 2}); ; {
				got, err := w.List(t.Context(), f, page)
				w.Must(err)
				for _, a := range got.Items {
					if seen[a.ID] || a.StartsAt.Before(last) {
						t.Fatalf("%s twice or out of order", a.ID)
					}
					seen[a.ID], last = true, a.StartsAt
				}
				if page.After = got.Next; got.Next == nil {
					return seen
				}
			}
		}
		mine := list(activity.Filter{Estate: w.estates[0]})
		for _, id := range want {
			if !mine[id] {
				t.Errorf("%s is missing", id)
			}
		}
		if others := list(activity.Filter{Estate: w.estates[1]}); len(mine) != 5 || len(others) != 0 {
			t.Errorf("%d of mine, %d of others", len(mine), len(others))
		}
		tomorrow := model.DateOf(clock.Now()).AddDays(1)
		if got := list(activity.Filter{From: tomorrow.AddDays(1).At(0, 0), To: tomorrow.AddDays(2).At(0, 0)}); len(got) != 2 {
			t.Errorf("%d on the second day", len(got))
		}
		clock.Move(30 * 24 * time.Hour)
		if got := list(activity.Filter{}); len(got) != 0 {
			t.Errorf("%d from a month later on", len(got))
		}
	})
}

func TestTheCalendarKeepsToItsFormat(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 28, 9, 30, 0, 0, model.Shanghai)
	a := model.Activity{
		ID: model.ActivityID{15: 1}, Title: `重阳; 敬老, 包饺子\`, Place: "活动室", State: model.ActivityPublished, Version: 2,
		Description: strings.Repeat("红星小区邀请各位邻居", 20) + "\r\n带上\u0007围裙\nABC", StartsAt: start, EndsAt: start.Add(time.Hour), UpdatedAt: start,
	}
	text := string(activity.Calendar(a))
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n\a") || !utf8.ValidString(line) {
			t.Errorf("%d octets: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "UID:00000000-0000-0000-0000-000000000001@activities.jinlin\r\n",
		"DTSTART:20261128T013000Z\r\n", "DTEND:20261128T023000Z\r\n", `SUMMARY:重阳\; 敬老\, 包饺子\\` + "\r\n",
		strings.Repeat("红星小区邀请各位邻居", 20) + `\n带上围裙\nABC` + "\r\n", "STATUS:CONFIRMED\r\n", "END:VEVENT\r\nEND:VCALENDAR\r\n",
	} {
		if !strings.Contains(unfolded, want) {
			t.Errorf("%q is not in %q", want, unfolded)
		}
	}
}
