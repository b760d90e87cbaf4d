package board_test

import (
	"slices"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/org"
	"jinlin/service/suggestion"
)

// metres is so far to the north of a corner of the net that what others may know is on.
func metres(north float64) model.Position { return model.PositionAt(38.484+north/111_195, 112.963) }

// marked is a request of wang's that the board shows in words of its own, with its building.
func (w *world) marked(change ...func(*model.Request)) model.RequestID {
	w.T.Helper()
	id := w.request(append(change, func(r *model.Request) { r.Position = metres(0) })...)
	w.approved(id, w.building)
	return id
}

func (w *world) approved(id model.RequestID, building model.UnitID) {
	w.T.Helper()
	words := lamp
	words.BuildingID = building
	_, err := w.Propose(w.T.Context(), w.secretary, id, words, nil)
	w.Must(err)
	_, err = w.Approve(w.T.Context(), w.worker, id, nil)
	w.Must(err)
}

// suggested are what somebody is told who is about to submit a draft in other words.
func (w *world) suggested(building model.UnitID, at model.Position) (ids []model.RequestID) {
	w.T.Helper()
	found, err := suggestion.New(w.Store, org.New(w.Store), w.Service).Suggest(w.T.Context(), w.stranger, suggestion.Draft{
		Text: "晚上回家一片漆黑", Category: "facilities", EstateID: w.estate, BuildingID: building, Position: at,
	})
	w.Must(err)
	for _, f := range found {
		ids = append(ids, f.RequestID)
	}
	return ids
}

func (w *world) expectNearby(what string, building model.UnitID, at model.Position, want ...model.RequestID) {
	w.T.Helper()
	if got := w.suggested(building, at); !slices.Equal(got, want) {
		w.T.Errorf("%s: %v, not %v", what, got, want)
	}
}

func TestWhatIsShownIsFoundNearby(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, none := w.marked(), model.UnitID{}
		w.expectNearby("in the building", w.building, "", id)
		w.expectNearby("100 metres away", none, metres(100), id)
		w.expectNearby("160 metres away", none, metres(160))
		w.expectNearby("nowhere", none, "")
		for range 21 {
			w.marked(func(r *model.Request) { r.Category = "care" })
		}
		w.expectNearby("behind many of another category", w.building, metres(0), id)
		w.approved(id, none)
		w.expectNearby("its building is not named any more", w.building, metres(0))
	})
}

// Asking from many places tells where a matter is no better than on the corners of a wide net, and
// nothing of whoever is not named to the staff.
func TestWhereSomebodyStoodIsNotFoundByAskingOften(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hidden := w.marked(func(r *model.Request) { r.Identity = model.IdentityHidden })
		w.expectNearby("at the mark of somebody who is hidden", model.UnitID{}, metres(0))
		w.expectNearby("in their building", w.building, metres(0), hidden)
		edge := func(north float64) (last float64) { // how far to the north it is still nearby
			w.Must(w.Store.Requests.DeleteLocations(t.Context(), []model.UserID{w.wang.User}))
			id := w.request(func(r *model.Request) { r.Position = metres(north) })
			w.approved(id, w.building)
			for at := 0.0; at < 300; at += 5 {
				if slices.Contains(w.suggested(model.UnitID{}, metres(at)), id) {
					last = at
				}
			}
			return last
		}
		if here, there := edge(0), edge(30); here != there || here < 140 {
			t.Errorf("found up to %g and up to %g metres away", here, there)
		}
	})
}

// A refusal that is taken back opens a request that the board went on showing.
// TestWhatWasIndexedBeforeIsIndexedAnew: what an older version indexed has other spots, or none.
func TestWhatWasIndexedBeforeIsIndexedAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []model.RequestID
		for range 3 {
			w.Clock.Move(time.Minute)
			id := w.marked()
			w.Must(w.Store.PublicGrams.DeleteOf(t.Context(), id))
			ids = append(ids, id)
		}
		w.expectNearby("not indexed", w.building, metres(0))
		w.Must(w.IndexAnew(t.Context()))
		slices.Reverse(ids)
		w.expectNearby("indexed", w.building, metres(0), ids...)
	})
}

func TestWhatIsOpenAgainIsSuggestedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.marked()
		for _, to := range []model.RequestStatus{model.RequestRefused, model.RequestScreened} {
			r, err := w.Store.Requests.Get(t.Context(), id)
			w.Must(err)
			from, read := r.Status, r.Version
			r.Status, r.Open, r.Version = to, !to.Ended(), read+1
			w.Must(w.Store.InTx(t.Context(), func(tx *store.Store) error {
				if err := store.Held(tx.Requests.SaveMoved(t.Context(), r, read)); err != nil {
					return err
				}
				return w.RequestMoved(t.Context(), tx, r, model.RequestEvent{From: from, To: to})
			}))
			if got := w.suggested(w.building, ""); (len(got) == 1) == to.Ended() {
				t.Errorf("%s: %v", to, got)
			}
		}
	})
}
