package upload_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/files"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/upload"
	"jinlin/service/wechat"
)

// judge stands for WeChat: it gives each question a trace id and answers nothing by itself.
type judge struct {
	mu    sync.Mutex
	down  error // what asking gives
	asked []wechat.MediaCheck
}

func (j *judge) CheckMedia(_ context.Context, c wechat.MediaCheck) (string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.down != nil {
		return "", j.down
	}
	j.asked = append(j.asked, c)
	return fmt.Sprint("trace-", len(j.asked)), nil
}

type told struct{ notices []model.Notice }

func (n *told) Tell(_ context.Context, _ *store.Store, notice model.Notice) error {
	n.notices = append(n.notices, notice)
	return nil
}

// world is a branch with a secretary, in a county with a clerk, and two residents.
type world struct {
	storetest.World
	*upload.Service
	judge  *judge
	told   *told
	desk   *moderation.Service
	files  *files.Files
	folder string

	county, branch             model.UnitID
	wang, li, secretary, clerk model.Actor
	visible                    bool          // the part of the thing that uploads are attached to
	held                       model.UnitID  // whose that thing is
	gone                       model.ID[any] // a thing that is not there any more
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, judge: &judge{}, told: &told{}, folder: t.TempDir()}
	kept, err := files.Open("", w.folder)
	w.Must(err)
	t.Cleanup(func() { _ = kept.Close() })
	units := org.New(s)
	rights := access.New(s, units)
	w.files, w.desk = kept, moderation.New(s, rights, units, nil)
	w.Service = upload.New(s, kept, rights, units, w.judge, w.desk, w.told, func() string { return "https://jinlin.example" }, true)
	w.desk.OnDecision(model.ModeratedUpload, w.Decided)
	w.AttachTo(model.HeldByRequest, w)
	w.county = w.Unit(model.County, model.UnitID{})
	w.branch = w.Unit(model.Branch, w.Unit(model.Community, w.Unit(model.Town, w.county)))
	w.secretary, w.clerk = w.Staff(model.Secretary, w.branch), w.Staff(model.CountyClerk, w.county)
	w.wang, w.li = w.Person("王女士"), w.Person("李师傅")
	w.held = w.branch
	return w
}

// ShowsUploads makes the world what uploads are attached to.
func (w *world) ShowsUploads(_ context.Context, _ model.Actor, thing model.ID[any], part int) (bool, error) {
	return w.visible && thing == (model.ID[any]{15: 7}) && part == 1, nil
}

func (w *world) UnitOf(_ context.Context, _ *store.Store, thing model.ID[any]) (model.UnitID, error) {
	if thing == w.gone {
		return model.UnitID{}, fault.ErrNotFound
	}
	return w.held, nil
}

// picture is a small photo in one colour.
func picture(shade byte) []byte {
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	img.Set(1, 1, color.White)
	var out bytes.Buffer
	_ = png.Encode(&out, img)
	return out.Bytes()
}

func (w *world) kept(by model.Actor) model.Upload {
	w.T.Helper()
	u, err := w.Keep(w.T.Context(), by, bytes.NewReader(picture(99)))
	w.Must(err)
	return u
}

// asks runs the job that asks WeChat about an upload.
func (w *world) asks(u model.Upload) error {
	return w.Check(w.T.Context(), model.Job{Payload: []byte(`{"uploadId":"` + u.ID.String() + `"}`)})
}

// answers has WeChat's verdict arrive.
func (w *world) answers(trace string, advice wechat.Suggest, code int64) {
	w.T.Helper()
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		return w.OnVerdict(w.T.Context(), tx, wechat.Event{Detail: wechat.MediaVerdict{Verdict: wechat.Verdict{Suggest: advice, TraceID: trace}, Code: code}})
	}))
}

func (w *world) status(u model.Upload) model.UploadStatus {
	w.T.Helper()
	now, err := w.Store.Uploads.Get(w.T.Context(), u.ID)
	w.Must(err)
	return now.Status
}

func (w *world) attach(by model.Actor, ids ...model.UploadID) error {
	return w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		return w.Attach(w.T.Context(), tx, by, ids, model.UploadPlace{Kind: model.HeldByRequest, ID: model.ID[any]{15: 7}, Part: 1})
	})
}

// sees says whether somebody is given links, and that they open something.
func (w *world) sees(who model.Actor, u model.Upload) bool {
	w.T.Helper()
	shown, err := w.Get(w.T.Context(), who, u.ID)
	if err != nil {
		if who.Nobody() {
			w.ExpectFault(err, fault.ErrUnauthenticated)
		} else {
			w.ExpectFault(err, fault.ErrNotFound)
		}
		return false
	}
	for _, l := range []upload.Link{shown.Full, *shown.Thumbnail} {
		f, err := w.Open(w.T.Context(), l)
		if err != nil || len(f.Data) == 0 || f.ContentType != "image/jpeg" || !strings.HasSuffix(f.Name, u.ID.String()+".jpg") {
			w.T.Fatalf("%v, %d bytes of %s as %s", err, len(f.Data), f.ContentType, f.Name)
		}
	}
	return true
}

var errNoItem = errors.New("nobody was asked")

// item is what a person has to decide about an upload.
func (w *world) item(u model.Upload) (model.ModerationItem, error) {
	item, err := w.Store.ModerationItems.GetByObject(w.T.Context(), model.ModeratedUpload, model.ID[any](u.ID), 1)
	if err != nil {
		return item, errNoItem
	}
	if !strings.Contains(item.Text, "照片") {
		w.T.Fatal(item.Text)
	}
	return item, nil
}
