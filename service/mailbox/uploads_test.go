package mailbox_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
	"jinlin/service/wechat"
)

// photo is one that somebody has sent.
func (w *world) photo(by model.Actor) model.UploadID {
	w.T.Helper()
	var drawn bytes.Buffer
	w.Must(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 4, 3))))
	u, err := w.uploads.Keep(w.T.Context(), by, &drawn)
	w.Must(err)
	return u.ID
}

// judged has WeChat's advice on an upload arrive.
func (w *world) judged(id model.UploadID, advice wechat.Suggest) {
	w.T.Helper()
	ctx := w.T.Context()
	w.Must(w.Store.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.MediaChecks.SaveAsked(ctx, id.String(), id); err != nil {
			return err
		}
		return w.uploads.OnVerdict(ctx, tx, wechat.Event{Detail: wechat.MediaVerdict{Verdict: wechat.Verdict{Suggest: advice, TraceID: id.String()}}})
	}))
}

// carried is what somebody sees of the uploads of the last of a kind of events.
func (w *world) carried(who model.Actor, id model.RequestID, kind model.RequestMove) (shown []model.UploadID, waiting int) {
	w.T.Helper()
	view, err := w.mailbox.Read(w.T.Context(), who, id)
	w.Must(err)
	for _, e := range view.Timeline {
		if e.Kind != kind {
			continue
		}
		shown, waiting = nil, e.Waiting
		for _, u := range e.Shown {
			shown = append(shown, u.ID)
		}
	}
	return shown, waiting
}

func (w *world) mayGet(who model.Actor, id model.UploadID) bool {
	w.T.Helper()
	_, err := w.uploads.Get(w.T.Context(), who, id)
	if err != nil {
		w.ExpectFault(err, fault.ErrNotFound)
	}
	return err == nil
}

func TestPhotosGoWithARequestAndAreSeenOnceTheyPassed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		good, bad, late := w.photo(w.wang), w.photo(w.wang), w.photo(w.wang)
		id := w.submitted(func(in *mailbox.Submission) { in.Uploads = []model.UploadID{good, bad, late} })
		for _, see := range []struct {
			who            model.Actor
			shown, waiting int
		}{{w.wang, 3, 0}, {w.secretary, 0, 3}} {
			if shown, waiting := w.carried(see.who, id, model.MoveSubmission); len(shown) != see.shown || waiting != see.waiting {
				t.Fatal(len(shown), waiting)
			}
		}
		w.judged(good, wechat.Pass)
		w.judged(bad, wechat.Risky)
		if shown, waiting := w.carried(w.secretary, id, model.MoveSubmission); len(shown) != 1 || shown[0] != good || waiting != 1 {
			t.Fatal(shown, waiting)
		}
		for who, want := range map[model.Actor]bool{w.wang: true, w.secretary: true, w.auditor: true, w.li: false, w.otherSecretary: false} {
			if got := w.mayGet(who, good); got != want {
				t.Errorf("%v sees it: %t", who, got)
			}
		}
		if w.mayGet(w.secretary, bad) || w.mayGet(w.secretary, late) || !w.mayGet(w.wang, bad) {
			t.Error("the wrong people see what has not passed")
		}
	})
}

func TestWhatComesWithAHeldMessageIsHeldWithIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id := t.Context(), w.submitted()
		photos := map[string]model.UploadID{"【复核】门口": w.photo(w.wang), "门口": w.photo(w.wang)}
		for text, photo := range photos {
			said, err := w.mailbox.Write(ctx, w.wang, id, text, photo)
			w.Must(err)
			if len(said.Shown) != 1 || said.Shown[0].ID != photo {
				t.Fatalf("%+v", said)
			}
			w.judged(photo, wechat.Pass)
		}
		held := photos["【复核】门口"]
		if w.mayGet(w.secretary, held) || !w.mayGet(w.secretary, photos["门口"]) {
			t.Fatal("a photo is seen before the words it came with")
		}
		items, err := w.texts.Items(ctx, w.secretary, w.hongqiaoBranch, model.TextHeld, model.Page{})
		w.Must(err)
		_, err = w.texts.Release(ctx, w.secretary, items.Items[0].ID, "")
		w.Must(err)
		if !w.mayGet(w.secretary, held) {
			t.Fatal("the released message came without its photo")
		}
	})
}

func TestStaffAnswerWithAPhoto(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id, lamp := t.Context(), w.submitted(), w.photo(w.secretary)
		_, err := w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		_, err = w.mailbox.Reply(ctx, w.secretary, id, "已换新灯", lamp)
		w.Must(err)
		w.judged(lamp, wechat.Pass)
		if shown, _ := w.carried(w.wang, id, model.MoveReply); len(shown) != 1 || !w.mayGet(w.wang, lamp) || w.mayGet(w.li, lamp) {
			t.Fatal(shown)
		}
	})
}

// A request that is refused for its uploads leaves nothing, and takes none of the others.
func TestAnUploadGoesWithOneRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, mine, lis, other := t.Context(), w.photo(w.wang), w.photo(w.li), w.photo(w.wang)
		with := func(uploads ...model.UploadID) error {
			in := w.lamp()
			in.Uploads = uploads
			_, err := w.mailbox.Submit(ctx, w.wang, in)
			return err
		}
		w.ExpectFault(with(mine, lis), fault.ErrInvalid)
		w.ExpectFault(with(mine, mine), fault.ErrInvalid)
		if won := w.AtOnce(6, func(int) error { return with(mine, other) }, fault.ErrInvalid); won != 1 {
			t.Fatalf("%d requests have the same photo", won)
		}
		requests, err := w.mailbox.ListMine(ctx, w.wang, model.Page{})
		if err != nil || len(requests.Items) != 1 {
			t.Fatal(len(requests.Items), err)
		}
	})
}

// A photo that is held goes before whoever is responsible then.
func TestAHeldPhotoIsDecidedWhereItsRequestIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		photo := w.photo(w.wang)
		id := w.submitted(func(in *mailbox.Submission) { in.Uploads = []model.UploadID{photo} })
		w.Must(s.InTx(t.Context(), func(tx *store.Store) error {
			return w.mailbox.HandOverWork(t.Context(), tx, model.HandOver{From: w.hongqiaoBranch, To: w.tianyueBranch})
		}))
		w.judged(photo, wechat.Review)
		if w.mayGet(w.secretary, photo) || !w.mayGet(w.otherSecretary, photo) {
			t.Fatal("it is before the wrong people")
		}
		items, err := w.texts.Items(t.Context(), w.otherSecretary, w.tianyueBranch, model.TextHeld, model.Page{})
		w.Must(err)
		_, err = w.texts.Release(t.Context(), w.otherSecretary, items.Items[0].ID, "")
		w.Must(err)
		if shown, _ := w.carried(w.clerk, id, model.MoveSubmission); len(shown) != 1 {
			t.Fatal("it was released and is not seen")
		}
	})
}

func TestAnAnswerShowsWhatWasDone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx, id, other := t.Context(), w.accepted(), w.accepted()
		_, err := w.mailbox.SetPolicy(ctx, w.clerk, model.ClockPolicy{Ruling: model.Ruling{UnitID: w.county, Category: "facilities"}, Preset: model.PresetGeneral, PhotoOfWork: true}, nil)
		w.Must(err)
		_, err = w.mailbox.Reply(ctx, w.secretary, id, "已换新灯")
		w.ExpectFault(err, mailbox.ErrPhotoMissing)
		_, err = w.mailbox.Reply(ctx, w.secretary, id, "已换新灯", model.NewID[model.Upload](clock.Now()))
		w.ExpectFault(err, mailbox.ErrPhotoMissing)
		state, err := w.mailbox.Reply(ctx, w.secretary, id, "已换新灯", w.photo(w.secretary))
		if err != nil || state.Status != model.RequestReplied {
			t.Errorf("%+v, %v", state, err)
		}
		state, err = w.mailbox.Answer(ctx, w.secretary, other, mailbox.Answer{Text: "产权单位不明，无法更换", Explained: true})
		if err != nil || state.Status != model.RequestReplied {
			t.Errorf("%+v, %v", state, err)
		}
	})
}
