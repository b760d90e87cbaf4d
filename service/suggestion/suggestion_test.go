package suggestion_test

import (
	"slices"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/board"
	"jinlin/service/org"
	"jinlin/service/suggestion"
)

type world struct {
	storetest.World
	*suggestion.Service
	community, estate, building, next, far model.UnitID
	li                                     model.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := &world{World: storetest.World{T: t, Store: s, Clock: clock}}
		town := w.Unit(model.Town, w.Unit(model.County, model.UnitID{}))
		w.community = w.Unit(model.Community, town)
		w.estate, w.next = w.Unit(model.Estate, w.community), w.Unit(model.Estate, w.community)
		w.building, w.far = w.Unit(model.Building, w.estate), w.Unit(model.Estate, w.Unit(model.Community, town))
		w.li = w.Person("李师傅")
		units := org.New(s)
		w.Service = suggestion.New(s, units, board.New(s, access.New(s, units), units, nil, nil))
		test(t, w)
	})
}

// shown is a request on the board.
func (w *world) shown(estate, building model.UnitID, title string, status model.RequestStatus, marked ...model.Position) model.RequestID {
	w.T.Helper()
	now, ctx := w.Clock.Now(), w.T.Context()
	community := w.Read(estate).ParentID
	r := model.Request{
		ID: model.NewID[model.Request](now), SubmitterID: w.li.User, Identity: model.IdentityNamed, EstateID: estate, BranchID: estate, CommunityID: community, Status: status,
		Open: !status.Ended(), DueAt: now, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	r.Receipt, r.Position = r.ID.String()[4:], append(marked, "")[0]
	v := model.PublicVersion{
		RequestID: r.ID, PublicID: model.RandomID[model.PublicVersion](), EstateID: estate, Category: "facilities", Status: model.PublicApproved, Shown: true, ShownTitle: title, ShownText: title + "。",
		ShownBuildingID: building, AuthorID: w.li.User, CameAt: now, PublishedAt: now, CreatedAt: now, UpdatedAt: now, Version: 2,
	}
	w.Must(w.Store.Requests.Add(ctx, &r))
	w.Must(w.Store.PublicVersions.Add(ctx, &v))
	w.Must(w.Store.InTx(ctx, func(tx *store.Store) error {
		spots := model.SpotsOf(v.Category, building, r.Position.Roughly())
		return tx.PublicGrams.SaveOf(ctx, community, r.ID, append(model.Fewest(model.Grams(title), model.KeptGrams), spots...))
	}))
	return r.ID
}

func TestWhatIsNearAndAlikeComesFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const lamp = "楼道灯不亮"
		w.shown(w.estate, w.building, "垃圾桶满了", model.RequestAccepted)
		next := w.shown(w.next, model.UnitID{}, lamp, model.RequestAccepted)
		same := w.shown(w.estate, model.UnitID{}, lamp, model.RequestHandling)
		here := w.shown(w.estate, w.building, lamp, model.RequestReplied)
		w.shown(w.far, model.UnitID{}, lamp, model.RequestAccepted)
		w.shown(w.estate, w.building, lamp, model.RequestClosed)
		found, err := w.Suggest(t.Context(), w.li, suggestion.Draft{Text: "您好，三号楼的楼道灯不亮了，请尽快处理", EstateID: w.estate, BuildingID: w.building})
		w.Must(err)
		if len(found) != 3 || found[0].RequestID != here || found[1].RequestID != same || found[2].RequestID != next {
			t.Fatalf("%+v", found)
		}
		if found[0].Nearness != suggestion.SameBuilding || found[2].Nearness != suggestion.SameCommunity {
			t.Errorf("%+v", found)
		}
		for text, want := range map[string]int{"电梯停运": 0, "！！！": 0, "垃圾桶满了没人收": 1} {
			found, err := w.Suggest(t.Context(), w.li, suggestion.Draft{Text: text, EstateID: w.estate})
			if err != nil || len(found) != want {
				t.Errorf("%s: %+v, %v", text, found, err)
			}
		}
	})
}

func TestWhatWasMarkedNearbyCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const lamp = "路灯不亮"
		at := func(metres float64) model.Position { return model.PositionAt(38.48417+metres/111_195, 112.9634) }
		other := w.Unit(model.Building, w.next)
		unnamed := w.shown(w.next, model.UnitID{}, lamp, model.RequestAccepted, at(10)) // its mark must not tell where it is
		far := w.shown(w.next, other, lamp, model.RequestAccepted, at(400))
		near := w.shown(w.next, other, lamp, model.RequestAccepted, at(120))
		draft := suggestion.Draft{Text: lamp, EstateID: w.estate, Position: at(0)}
		found, err := w.Suggest(t.Context(), w.li, draft)
		w.Must(err)
		nearness := map[model.RequestID]suggestion.Nearness{}
		for _, f := range found {
			nearness[f.RequestID] = f.Nearness
		}
		if len(found) != 3 || found[0].RequestID != near || nearness[near] != suggestion.Nearby ||
			nearness[far] != suggestion.SameCommunity || nearness[unnamed] != suggestion.SameCommunity {
			t.Fatalf("%+v", found)
		}
		draft.Position = ""
		found, err = w.Suggest(t.Context(), w.li, draft)
		if w.Must(err); len(found) != 3 || found[0].Nearness != suggestion.SameCommunity {
			t.Errorf("%+v", found)
		}
	})
}

// One dark staircase has many names: what is of one kind in one place is suggested whatever its
// words, and nothing whose place the board does not tell.
func TestWhatIsNearbyIsSuggestedInOtherWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := func(metres float64) model.Position { return model.PositionAt(38.48417+metres/111_195, 112.9634) }
		other := w.Unit(model.Building, w.next)
		here := w.shown(w.estate, w.building, "楼道灯不亮", model.RequestAccepted)
		near := w.shown(w.next, other, "楼道灯不亮", model.RequestAccepted, at(120))
		w.shown(w.next, other, "楼道灯不亮", model.RequestAccepted, at(200))
		w.shown(w.estate, model.UnitID{}, "楼道灯不亮", model.RequestAccepted, at(0))
		w.shown(w.estate, w.building, "楼道灯不亮", model.RequestClosed, at(0))
		draft := suggestion.Draft{Text: "晚上回家一片漆黑", Category: "facilities", EstateID: w.estate, BuildingID: w.building, Position: at(0)}
		w.expect(draft, here, near)
		draft.Category = "greening"
		w.expect(draft)
		draft.Category = ""
		w.expect(draft)
		w.Must(w.Store.Requests.DeleteLocations(t.Context(), []model.UserID{w.li.User}))
		draft.Category = "facilities"
		w.expect(draft, here)
		spots := slices.Concat(model.SpotsIn("facilities", w.building), model.SpotsNear("facilities", at(0)))
		left, err := w.Store.PublicGrams.ListAlike(t.Context(), w.community, spots, 10)
		if err != nil || len(left) != 2 { // those in the building, of which one has ended
			t.Errorf("%v, %v", left, err)
		}
	})
}

// What is new some hundred metres away, in a square that touches one's own, stands before nothing in
// one's own building.
func TestWhatIsInTheBuildingIsNotCrowdedOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := func(metres float64) model.Position { return model.PositionAt(38.48417+metres/111_195, 112.9634) }
		other := w.Unit(model.Building, w.next)
		here := w.shown(w.estate, w.building, "楼道灯不亮", model.RequestAccepted)
		for range 30 {
			w.Clock.Move(time.Minute)
			w.shown(w.next, other, "楼道灯不亮", model.RequestAccepted, at(300))
		}
		w.expect(suggestion.Draft{Text: "晚上回家一片漆黑", Category: "facilities", EstateID: w.estate, BuildingID: w.building, Position: at(0)}, here)
	})
}

func (w *world) expect(d suggestion.Draft, want ...model.RequestID) {
	w.T.Helper()
	found, err := w.Suggest(w.T.Context(), w.li, d)
	w.Must(err)
	got := make([]model.RequestID, len(found))
	for i, f := range found {
		got[i] = f.RequestID
	}
	if !slices.Equal(got, want) {
		w.T.Errorf("%+v: %v, not %v", d, got, want)
	}
}

func TestOnlyForAnEstateAndWhoSignedIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.Suggest(t.Context(), model.Actor{}, suggestion.Draft{Text: "灯", EstateID: w.estate})
		w.ExpectFault(err, fault.ErrUnauthenticated)
		for _, place := range []model.UnitID{w.community, {15: 9}} {
			_, err := w.Suggest(t.Context(), w.li, suggestion.Draft{Text: "灯", EstateID: place})
			w.ExpectFault(err, fault.ErrInvalid)
		}
	})
}
