package reveal_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/org"
	"jinlin/service/reveal"
)

const number = "13800138000"

// world is two estates, and somebody who lives in one of them and goes to an activity.
type world struct {
	storetest.World
	*reveal.Service
	secretary, stranger, keeper, wang model.Actor
	home                              model.Residence
	place                             model.SignUp
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		units := org.New(s)
		w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, Service: reveal.New(s, access.New(s, units), true)}
		ctx, now := t.Context(), clock.Now()
		community := w.Unit(model.Community, model.UnitID{})
		estate, branch, elsewhere := w.Unit(model.Estate, community), w.Unit(model.Branch, community), w.Unit(model.Branch, community)
		w.Cover(branch, estate)
		w.secretary, w.stranger, w.keeper = w.Staff(model.Secretary, branch), w.Staff(model.Secretary, elsewhere), w.Staff(model.ShopKeeper, branch)
		w.wang = w.Person("王桂花")
		w.bound(w.wang)
		w.home = model.Residence{ID: model.NewID[model.Residence](now), UserID: w.wang.User, EstateID: estate, BuildingID: w.Unit(model.Building, estate), Relation: "owner", Status: model.ResidencePending, CreatedAt: now}
		w.Must(s.Residences.Add(ctx, &w.home))
		outing := model.Activity{ID: model.NewID[model.Activity](now), UnitID: branch, State: model.ActivityPublished, Title: "义诊", StartsAt: now, EndsAt: now, SignUpOpensAt: now, SignUpClosesAt: now, Audience: model.OpenAudience, CreatedBy: w.secretary.User, CreatedAt: now, UpdatedAt: now, Version: 1}
		w.Must(s.Activities.Add(ctx, &outing))
		w.place = model.SignUp{ID: model.NewID[model.SignUp](now), ActivityID: outing.ID, UserID: w.wang.User, State: model.SignUpRegistered, Places: 1, Details: []byte{}, CreatedAt: now, UpdatedAt: now}
		w.Must(s.SignUps.Add(ctx, &w.place))
		test(t, w)
	})
}

func (w *world) bound(who model.Actor) {
	w.T.Helper()
	phone, err := account.NewPhone(w.Store, who.User, number)
	w.Must(err)
	w.Must(w.Store.Phones.Add(w.T.Context(), phone))
}

func (w *world) looks(actor model.Actor, reason string) error {
	_, err := w.OfResidence(w.T.Context(), actor, w.home.ID, reason)
	return err
}

// kept are the looks that wang finds in an export.
func (w *world) kept() (looks []map[string]any) {
	w.T.Helper()
	w.Must(w.Store.Export(w.T.Context(), w.wang.User, func(table string, row map[string]any) error {
		if table == "reveals" {
			looks = append(looks, row)
		}
		return nil
	}))
	return looks
}

func TestALookIsWrittenDownForBothSides(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		shown, err := w.OfResidence(t.Context(), w.secretary, w.home.ID, " 核实住址，无人应门 ")
		if err != nil || shown.Phone != number {
			t.Fatalf("%+v, %v", shown, err)
		}
		w.Clock.Move(time.Second) // the record is in order of time
		shown, err = w.OfSignUp(t.Context(), w.secretary, w.place.ID, "活动改期")
		if err != nil || shown.Phone != number {
			t.Fatalf("%+v, %v", shown, err)
		}
		looks := w.kept()
		if len(looks) != 2 || looks[0]["reason"] != "核实住址，无人应门" || looks[0]["actorId"] != "other" || looks[0]["role"] != model.Secretary || looks[0]["subjectId"] != "me" {
			t.Errorf("%+v", looks)
		}
		record, err := w.Store.Audit.List(t.Context(), model.Page{})
		w.Must(err)
		if len(record.Items) != 2 || record.Items[0].Action != "person.reveal" || record.Items[0].ActorID != w.secretary.User || strings.Contains(record.Items[0].Detail, "改期") {
			t.Errorf("%+v", record.Items)
		}
	})
}

func TestARefusedLookLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ExpectFault(w.looks(model.Actor{}, "核实住址"), fault.ErrUnauthenticated)
		w.ExpectFault(w.looks(w.wang, "核实住址"), fault.ErrForbidden)
		w.ExpectFault(w.looks(w.keeper, "核实住址"), fault.ErrForbidden)
		w.ExpectFault(w.looks(w.stranger, "核实住址"), fault.ErrNotFound)
		w.ExpectFault(w.looks(w.secretary, "  看看  "), fault.ErrInvalid)
		w.ExpectFault(w.looks(w.secretary, strings.Repeat("长", 201)), fault.ErrInvalid)
		_, err := w.OfSignUp(t.Context(), w.secretary, model.SignUpID(w.home.ID), "活动改期")
		w.ExpectFault(err, fault.ErrNotFound)
		w.Must(w.Store.Phones.DeleteByUser(t.Context(), w.wang.User))
		w.ExpectFault(w.looks(w.secretary, "核实住址"), reveal.ErrNoPhone)
		w.bound(w.wang)
		ended := w.home
		ended.Status = model.ResidenceEnded
		_, err = w.Store.Residences.SaveMoved(t.Context(), w.home.Status, ended)
		w.Must(err)
		w.ExpectFault(w.looks(w.secretary, "核实住址"), fault.ErrNotFound)
		record, err := w.Store.Audit.List(t.Context(), model.Page{})
		w.Must(err)
		if len(w.kept()) > 0 || len(record.Items) > 0 {
			t.Errorf("%+v, %+v", w.kept(), record.Items)
		}
	})
}

func TestARepeatShowsAgainAndCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 3 {
			key := &model.OnceKey{Actor: w.secretary.User, Operation: "revealResidence", Key: "k", Hash: make([]byte, 32)}
			shown, err := w.OfResidence(model.WithOnceKey(t.Context(), key), w.secretary, w.home.ID, "核实住址")
			if err != nil || shown.Phone != number {
				t.Fatalf("%+v, %v", shown, err)
			}
		}
		if n := len(w.kept()); n != 1 {
			t.Errorf("%d looks", n)
		}
	})
}

func TestFiftyADayAreAllThereAre(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		done := w.AtOnce(60, func(int) error { return w.looks(w.secretary, "核实住址") }, fault.ErrRateLimited)
		if done != reveal.PerDay || len(w.kept()) != reveal.PerDay {
			t.Fatalf("%d looked, %d are written down", done, len(w.kept()))
		}
		err := w.looks(w.secretary, "核实住址")
		if again := fault.From(err).RetryAfter; again != 14*time.Hour {
			t.Errorf("again in %s, at ten in the morning: %v", again, err)
		}
		w.Clock.Move(14 * time.Hour)
		w.Must(w.looks(w.secretary, "核实住址"))
	})
}
