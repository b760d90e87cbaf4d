package upload_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/files"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/upload"
	"jinlin/service/upload/uploadtest"
	"jinlin/service/upload/voice"
	"jinlin/service/wechat"
)

func TestOthersSeeAPhotoOnceWeChatPassedIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		u := w.kept(w.wang)
		w.visible = true
		w.Must(w.attach(w.wang, u.ID))
		if u.Status != model.UploadPending || !w.sees(w.wang, u) || w.sees(w.li, u) || w.sees(w.secretary, u) {
			t.Fatal("it is seen by the wrong people before its verdict")
		}
		w.Must(w.asks(u))
		w.answers("trace-1", wechat.Pass, 0)
		if w.status(u) != model.UploadPassed || !w.sees(w.secretary, u) {
			t.Fatal(w.status(u))
		}
		w.visible = false
		if w.sees(w.li, u) || w.sees(model.Actor{}, u) {
			t.Fatal("it is seen by those who may not see what it is attached to")
		}
	})
}

func TestTheVerdictMayComeBeforeTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		u := w.kept(w.wang)
		w.answers("trace-1", wechat.Pass, 0)
		if w.status(u) != model.UploadPending {
			t.Fatal("a verdict about nothing known moved it")
		}
		w.Must(w.asks(u))
		if w.status(u) != model.UploadPassed {
			t.Fatal(w.status(u))
		}
		w.answers("trace-1", wechat.Risky, 0)
		if w.status(u) != model.UploadPassed {
			t.Fatal("a second verdict moved it back")
		}
	})
}

func TestDoubtTroubleAndSilenceGoToAPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i, doubt := range []func(model.Upload){
			func(u model.Upload) { w.Must(w.asks(u)); w.answers("trace-1", wechat.Review, 0) },
			func(u model.Upload) { w.Must(w.asks(u)); w.answers("trace-2", wechat.Review, -1008) },
			func(u model.Upload) {
				w.judge.down = wechat.ErrUnavailable
				w.ExpectFault(w.asks(u), wechat.ErrUnavailable)
				w.Clock.Move(upload.Patience + time.Second)
				w.Must(w.Watch(t.Context()))
				w.judge.down = nil
			},
			func(u model.Upload) { // WeChat says nothing about people it has not seen for two hours
				w.judge.down = wechat.ErrUnavailable.Because(&wechat.Error{Code: 61010, Class: wechat.ClassUser})
				w.Must(w.asks(u))
				w.judge.down = nil
			},
		} {
			u := w.kept(w.wang)
			w.Must(w.attach(w.wang, u.ID))
			doubt(u)
			item, err := w.item(u)
			if err != nil || w.status(u) != model.UploadHeld || item.UnitID != w.branch {
				t.Fatal(i, err, w.status(u))
			}
			if !w.sees(w.secretary, u) || w.sees(w.li, u) {
				t.Fatal(i, "who decides must see it, and nobody else")
			}
			if _, err := w.desk.Release(t.Context(), w.secretary, item.ID, ""); err != nil || w.status(u) != model.UploadPassed {
				t.Fatal(i, err, w.status(u))
			}
		}
	})
}

func TestWhatIsRefusedStaysWithItsOwner(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.visible = true
		risky, held := w.kept(w.wang), w.kept(w.wang)
		w.Must(w.attach(w.wang, risky.ID, held.ID))
		w.Must(w.asks(risky))
		w.answers("trace-1", wechat.Risky, 0)
		w.Must(w.asks(held))
		w.answers("trace-2", wechat.Review, 0)
		item, err := w.item(held)
		w.Must(err)
		_, err = w.desk.Refuse(t.Context(), w.secretary, item.ID, "拍到了他人")
		w.Must(err)
		for _, u := range []model.Upload{risky, held} {
			if w.status(u) != model.UploadRefused || w.sees(w.secretary, u) || !w.sees(w.wang, u) {
				t.Fatal(w.status(u))
			}
		}
		if len(w.told.notices) != 2 || w.told.notices[0].User != w.wang.User {
			t.Fatalf("%+v", w.told.notices)
		}
	})
}

func TestAnUploadIsAttachedOnceByItsOwner(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		u := w.kept(w.wang)
		w.ExpectFault(w.attach(w.li, u.ID), fault.ErrInvalid)
		w.ExpectFault(w.attach(w.wang, model.NewID[model.Upload](w.Clock.Now())), fault.ErrInvalid)
		attached := w.AtOnce(8, func(int) error { return w.attach(w.wang, u.ID) }, fault.ErrInvalid)
		if attached != 1 {
			t.Fatalf("attached %d times", attached)
		}
		var ten []model.UploadID
		for range 10 {
			ten = append(ten, w.kept(w.wang).ID)
		}
		w.ExpectFault(w.attach(w.wang, ten...), fault.ErrInvalid)
		w.Must(w.attach(w.wang, ten[:9]...))
		for who, want := range map[model.UserID]upload.Attachments{w.wang.User: {Shown: make([]upload.Shown, 10)}, w.li.User: {Waiting: 10}} {
			parts, err := w.Of(t.Context(), model.Actor{User: who}, model.HeldByRequest, model.ID[any]{15: 7})
			if err != nil || len(parts[1].Shown) != len(want.Shown) || parts[1].Waiting != want.Waiting {
				t.Fatal(len(parts[1].Shown), parts[1].Waiting, err)
			}
		}
	})
}

// The race above would see two requests with one photo: this is what it sees when the row is
// looked at and then written.
func TestPowerLookingAtTheUploadFirstAttachesItOften(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		u := w.kept(w.wang)
		var looked sync.WaitGroup
		looked.Add(8)
		attached := w.AtOnce(8, func(i int) error {
			var holder string
			err := past.QueryRowContext(t.Context(), "SELECT holder_kind FROM uploads WHERE id = ?", u.ID[:]).Scan(&holder)
			looked.Done()
			looked.Wait()
			if err != nil {
				return err
			}
			if holder != "" {
				return fault.ErrInvalid
			}
			thing := model.ID[any]{15: byte(i)}
			_, err = past.ExecContext(t.Context(), "UPDATE uploads SET holder_kind = 'request', holder_id = ? WHERE id = ?", thing[:], u.ID[:])
			return err
		}, fault.ErrInvalid)
		if attached <= 1 {
			t.Fatalf("the naive way attached it %d times", attached)
		}
	})
}

func TestALinkOpensOneVariantForTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		u, other := w.kept(w.wang), w.kept(w.wang)
		shown, err := w.Get(t.Context(), w.wang, u.ID)
		w.Must(err)
		open := func(change func(l *upload.Link)) error {
			l := shown.Full
			change(&l)
			_, err := w.Open(t.Context(), l)
			return err
		}
		w.Must(open(func(*upload.Link) {}))
		for _, wrong := range []func(*upload.Link){
			func(l *upload.Link) { l.Variant = upload.Thumbnail },
			func(l *upload.Link) { l.UploadID = other.ID },
			func(l *upload.Link) { l.Expires++ },
			func(l *upload.Link) { l.Signature += "0" },
			func(l *upload.Link) { l.Signature = "" },
		} {
			w.ExpectFault(open(wrong), fault.ErrNotFound)
		}
		w.Clock.Move(upload.LinkFor + time.Second)
		w.ExpectFault(open(func(*upload.Link) {}), fault.ErrNotFound)
	})
}

func TestWeChatHasHalfAnHourToFetchAFile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		u := w.kept(w.wang)
		w.Must(w.asks(u))
		address, found := strings.CutPrefix(w.judge.asked[0].URL, "https://jinlin.example")
		l, err := url.Parse(address)
		if !found || err != nil {
			t.Fatal(w.judge.asked[0].URL)
		}
		expires, err := strconv.ParseInt(l.Query().Get("expires"), 10, 64)
		w.Must(err)
		link := upload.Link{UploadID: u.ID, Variant: upload.Full, Expires: expires, Signature: l.Query().Get("signature")}
		if link.Path() != address {
			t.Fatal(address)
		}
		w.Clock.Move(30 * time.Minute)
		_, err = w.Open(t.Context(), link)
		w.Must(err)
	})
}

// A look at somebody's photo for the sake of deciding leaves a row; other looks do not.
func TestALookToDecideIsRecorded(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		u := w.kept(w.wang)
		w.Must(w.attach(w.wang, u.ID))
		w.Must(w.asks(u))
		w.answers("trace-1", wechat.Review, 0)
		if !w.sees(w.wang, u) || w.sees(w.li, u) || !w.sees(w.secretary, u) {
			t.Fatal("it is seen by the wrong people while it is held")
		}
		var rows int
		var by []byte
		w.Must(past.QueryRowContext(t.Context(), "SELECT COUNT(*), MAX(actor_id) FROM audit_entries WHERE action = 'upload.look' AND object_id = ?", u.ID[:]).Scan(&rows, &by))
		if rows != 1 || !bytes.Equal(by, w.secretary.User[:]) {
			t.Fatalf("%d rows", rows)
		}
	})
}

// stored are the files there are.
func (w *world) stored() (n int) {
	w.Must(filepath.WalkDir(w.folder, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func TestWhatBelongsToNothingIsSweptAway(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		loose, attached := w.kept(w.wang), w.kept(w.wang)
		w.Must(w.attach(w.wang, attached.ID))
		half := model.Upload{ID: model.NewID[model.Upload](w.Clock.Now()), OwnerID: w.wang.User, Status: model.UploadReceiving, CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now()}
		w.Must(w.Store.Uploads.Add(t.Context(), &half))
		w.Must(w.files.Put(t.Context(), "full-"+half.ID.String(), []byte("half")))
		w.Must(w.Sweep(t.Context()))
		if w.stored() != 5 {
			t.Fatalf("%d files: swept too early", w.stored())
		}
		w.Clock.Move(25 * time.Hour)
		w.Must(w.Sweep(t.Context()))
		for _, gone := range []model.Upload{loose, half} {
			if _, err := w.Store.Uploads.Get(t.Context(), gone.ID); !errors.Is(err, fault.ErrNotFound) {
				t.Fatal(err)
			}
		}
		if w.stored() != 2 || !w.sees(w.wang, attached) {
			t.Fatalf("%d files", w.stored())
		}
		w.Must(w.Settle(t.Context(), w.wang))
		if w.stored() != 0 {
			t.Fatalf("%d files of somebody who left", w.stored())
		}
	})
}

func TestAFullDiskLeavesNoUpload(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Must(os.RemoveAll(w.folder)) // as good as full: nothing can be written
		_, err := w.Keep(t.Context(), w.wang, bytes.NewReader(picture(1)))
		w.ExpectFault(err, files.ErrUnavailable)
		left, err := w.Store.Uploads.ListByOwner(t.Context(), w.wang.User, model.Page{})
		if err != nil || len(left.Items) > 0 {
			t.Fatalf("%+v, %v", left.Items, err)
		}
	})
}

// No room where files wait for their turn is the same as none where they are kept.
func TestNoRoomToWaitLeavesNoUpload(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.Open(t, storetest.SQLiteURL(t), clock), clock)
	w.SpoolIn(filepath.Join(w.folder, "gone"))
	_, err := w.Keep(t.Context(), w.wang, bytes.NewReader(picture(1)))
	w.ExpectFault(err, files.ErrUnavailable)
	if w.stored() != 0 {
		t.Fatal("something was kept")
	}
}

// TestNobodyKeepsOthersOut with files that never come to their end.
func TestNobodyKeepsOthersOut(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.Open(t, storetest.SQLiteURL(t), clock), clock)
	var sending sync.WaitGroup
	var lines []*io.PipeWriter
	for range 10 {
		file, line := io.Pipe()
		lines = append(lines, line)
		sending.Go(func() { _, _ = w.Keep(t.Context(), w.wang, file) })
		_, err := line.Write([]byte{0xff}) // it has its turn once this is read
		w.Must(err)
	}
	_, err := w.Keep(t.Context(), w.wang, bytes.NewReader(picture(1)))
	w.ExpectFault(err, fault.ErrRateLimited)
	_, err = w.Keep(t.Context(), w.li, bytes.NewReader(picture(1)))
	w.Must(err)
	for _, line := range lines {
		_ = line.CloseWithError(io.ErrUnexpectedEOF)
	}
	sending.Wait()
	_, err = w.Keep(t.Context(), w.wang, bytes.NewReader(picture(2)))
	w.Must(err)
}

func TestTheSameKeyAndFileGiveTheSameUpload(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		keep := func(shade byte) (model.Upload, error) {
			key := &model.OnceKey{Actor: w.wang.User, Operation: "createUpload", Key: "k", Hash: []byte("request")}
			return w.Keep(model.WithOnceKey(t.Context(), key), w.wang, bytes.NewReader(picture(shade)))
		}
		first, err := keep(1)
		w.Must(err)
		again, err := keep(1)
		w.Must(err)
		if again.ID != first.ID || w.stored() != 2 {
			t.Fatalf("%s and %s, %d files", first.ID, again.ID, w.stored())
		}
		_, err = keep(2)
		w.ExpectFault(err, fault.ErrKeyReused)
	})
}

func TestWhatIsTooLargeIsNotReadToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		endless := &counted{}
		_, err := w.Keep(t.Context(), w.wang, endless)
		w.ExpectFault(err, upload.ErrTooLarge)
		if endless.read > upload.MaxBytes+1 {
			t.Fatalf("%d bytes were read", endless.read)
		}
	})
}

// counted is a file without an end.
type counted struct{ read int }

func (c *counted) Read(p []byte) (int, error) {
	c.read += len(p)
	return len(p), nil
}

func TestWhoLeavesTakesTheirFilesAlong(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		u := w.kept(w.wang)
		w.Must(w.attach(w.wang, u.ID))
		w.kept(w.li)
		w.Must(w.asks(u))
		w.answers("trace-1", wechat.Review, 0)
		got := 0
		for f, err := range w.Sent(t.Context(), w.wang.User) {
			w.Must(err)
			if got++; f.UploadID != u.ID || len(f.Data) != u.Bytes || f.ContentType != "image/jpeg" {
				t.Fatalf("%s: %d bytes of %s", f.UploadID, len(f.Data), f.ContentType)
			}
		}
		w.Must(w.Settle(t.Context(), w.wang))
		events, err := w.Store.UploadEvents.List(t.Context(), u.ID)
		w.Must(err)
		item, err := w.item(u)
		if got != 1 || err != nil || item.Status != model.TextDropped || len(events) > 0 || w.stored() != 2 {
			t.Fatalf("%d files went along, %d events and %d files stayed, the item is %s, %v", got, len(events), w.stored(), item.Status, err)
		}
	})
}

func TestNobodySendsWithoutEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Must(w.Store.DailyUses.Add(t.Context(), &model.DailyUse{
			UserID: w.wang.User, Kind: "upload", Day: model.DateOf(w.Clock.Now()), Used: upload.DailyUploads - 2,
		}))
		kept := w.AtOnce(6, func(int) error {
			_, err := w.Keep(t.Context(), w.wang, bytes.NewReader(picture(1)))
			return err
		}, upload.ErrTooManyUploads)
		if kept != 2 || w.stored() != 4 {
			t.Fatalf("%d of two were kept, in %d files", kept, w.stored())
		}
		w.kept(w.li)
		w.Clock.Move(24 * time.Hour)
		w.kept(w.wang)
	})
}

// Through the whole of it: what is kept of a hostile file is never what was sent and carries
// nothing but pixels, nothing is kept of one that is refused, and none takes more memory than
// the bar. Nothing is done beside it, so that what it takes can be seen.
func TestNothingHostileIsKept(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.Open(t, storetest.SQLiteURL(t), clock), clock)
	kept, most := 0, 0.0
	frame := append([]byte{0xFF, 0xF3, 0x84, 0xC4}, make([]byte, 188)...)
	endless := uploadtest.File{Name: "recording of minutes", Data: bytes.Repeat(frame, upload.MaxBytes/len(frame)), Want: voice.ErrTooLong}
	for f := range all(slices.Values(append(uploadtest.Hostile(), endless)), uploadtest.Heavy()) {
		who := w.Person("居民")
		var u model.Upload
		var err error
		took := uploadtest.Peak(func() { u, err = w.Keep(t.Context(), who, bytes.NewReader(f.Data)) })
		if most = max(most, took); took > uploadtest.Bar {
			t.Errorf("%s took %.1f MiB", f.Name, took)
		}
		if !errors.Is(err, f.Want) {
			t.Fatalf("%s: %v, not %v", f.Name, err, f.Want)
		}
		if err == nil {
			kept++
			w.clean(who, u, f)
		}
	}
	if w.stored() != 2*kept || kept < 20 {
		t.Fatalf("%d files of %d uploads", w.stored(), kept)
	}
	t.Logf("%d were kept, at most %.1f MiB more for one", kept, most)
}

// all are those of each.
func all(seqs ...iter.Seq[uploadtest.File]) iter.Seq[uploadtest.File] {
	return func(yield func(uploadtest.File) bool) {
		for _, seq := range seqs {
			for f := range seq {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// clean fails unless what is kept of a file is harmless.
func (w *world) clean(who model.Actor, u model.Upload, sent uploadtest.File) {
	w.T.Helper()
	shown, err := w.Get(w.T.Context(), who, u.ID)
	w.Must(err)
	for _, l := range []upload.Link{shown.Full, *shown.Thumbnail} {
		got, err := w.Open(w.T.Context(), l)
		w.Must(err)
		if bytes.Equal(got.Data, sent.Data) || uploadtest.Carries(got.Data) {
			w.T.Errorf("%s: something came through", sent.Name)
		}
	}
}

// TestOneFileThatCannotBeDeletedKeepsNoOtherWaiting: what cannot be deleted is the oldest.
func TestOneFileThatCannotBeDeletedKeepsNoOtherWaiting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stuck := w.kept(w.wang)
		w.sticks("full-" + stuck.ID.String())
		w.Clock.Move(time.Second)
		loose := w.kept(w.wang)
		w.Clock.Move(25 * time.Hour)
		if err := w.Sweep(t.Context()); err == nil {
			t.Error("nobody hears of the file that is left")
		}
		if w.status(stuck) != model.UploadDiscarded {
			t.Errorf("what is stuck is %s", w.status(stuck))
		}
		if _, err := w.Store.Uploads.Get(t.Context(), loose.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the one behind it: %v", err)
		}
	})
}

// sticks puts a folder with something in it in the place of a file, which so cannot be deleted.
func (w *world) sticks(name string) {
	w.T.Helper()
	found := 0
	w.Must(filepath.WalkDir(w.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != name {
			return err
		}
		found++
		return errors.Join(os.Remove(path), os.MkdirAll(filepath.Join(path, "something"), 0o700))
	}))
	if found != 1 {
		w.T.Fatalf("%d files are named %s", found, name)
	}
}

// TestOneUploadThatNobodyCanBeAskedAboutKeepsNoOtherWaiting: what it belongs to is not there.
func TestOneUploadThatNobodyCanBeAskedAboutKeepsNoOtherWaiting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.gone = model.ID[any]{15: 9}
		lost := w.kept(w.wang)
		w.Must(w.Store.InTx(t.Context(), func(tx *store.Store) error {
			return w.Attach(t.Context(), tx, w.wang, []model.UploadID{lost.ID}, model.UploadPlace{Kind: model.HeldByRequest, ID: w.gone, Part: 1})
		}))
		w.Clock.Move(time.Second)
		behind := w.kept(w.wang)
		w.Must(w.attach(w.wang, behind.ID))
		w.Clock.Move(upload.Patience + time.Second)
		w.ExpectFault(w.Watch(t.Context()), fault.ErrNotFound)
		if w.status(lost) != model.UploadPending || w.status(behind) != model.UploadHeld {
			t.Errorf("%s, and behind it %s", w.status(lost), w.status(behind))
		}
	})
}
