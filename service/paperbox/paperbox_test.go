package paperbox_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/files"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/moderation/moderationtest"
	"jinlin/service/org"
	"jinlin/service/paperbox"
	"jinlin/service/proxy"
	"jinlin/service/push"
	"jinlin/service/reveal"
	"jinlin/service/upload"
)

const day = 24 * time.Hour

type world struct {
	storetest.World
	*paperbox.Service
	mailbox *mailbox.Service
	proxy   *proxy.Service

	estate, branch, lonely                         model.UnitID
	secretary, worker, gridWorker, stranger, clerk model.Actor
	wang                                           model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}}
	county := w.Unit(model.County, model.UnitID{})
	community := w.Unit(model.Community, w.Unit(model.Town, county))
	w.estate, w.branch, w.lonely = w.Unit(model.Estate, community), w.Unit(model.Branch, community), w.Unit(model.Estate, community)
	w.Cover(w.branch, w.estate)
	w.secretary, w.worker = w.Staff(model.Secretary, w.branch), w.Staff(model.CommunityWorker, community)
	w.gridWorker, w.clerk = w.Staff(model.GridWorker, community), w.Staff(model.CountyClerk, county)
	w.stranger = w.Staff(model.Secretary, w.Unit(model.Branch, community))
	w.wang = w.Person("王女士")
	folder, err := files.Open("", t.TempDir())
	w.Must(err)
	t.Cleanup(func() { _ = folder.Close() })
	units := org.New(s)
	rights := access.New(s, units)
	pushes := push.New(s, rights, units, nil, push.Settings{})
	texts := moderation.New(s, rights, units, moderationtest.Markers{})
	uploads := upload.New(s, folder, rights, units, nil, texts, pushes, func() string { return "" }, false)
	w.mailbox = mailbox.New(s, rights, units, texts, uploads, pushes, mailbox.Defaults())
	uploads.AttachTo(model.HeldByRequest, w.mailbox)
	w.proxy = proxy.New(s, rights, w.mailbox, reveal.New(s, rights, true), true)
	w.Service = paperbox.New(s, rights, units, w.mailbox, w.proxy, pushes)
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func (w *world) hung() model.Box {
	w.T.Helper()
	b, err := w.Hang(w.T.Context(), w.secretary, w.estate, paperbox.Form{Place: "服务站门口", RhythmDays: 7})
	w.Must(err)
	return b
}

func (w *world) book(count int) []paperbox.Printed {
	w.T.Helper()
	book, err := w.Print(w.T.Context(), w.secretary, w.branch, count)
	w.Must(err)
	return book.Slips
}

// opened is an opening by the secretary and the worker.
func (w *world) opened(slips int) model.BoxOpening {
	w.T.Helper()
	o, err := w.Open(w.T.Context(), w.secretary, w.hung().ID, slips)
	w.Must(err)
	o, err = w.Confirm(w.T.Context(), w.worker, o.ID, slips)
	w.Must(err)
	return o
}

func slip(number model.SlipNumber, text string) paperbox.Keyed {
	return paperbox.Keyed{Submission: mailbox.Submission{Category: "facilities", Text: text}, Number: number.Printed(), NoPhoto: model.PhotoNoCamera}
}

func (w *world) keyIn(o model.BoxOpening, slips ...paperbox.Keyed) []paperbox.Outcome {
	w.T.Helper()
	outcomes, err := w.KeyIn(w.T.Context(), w.gridWorker, o.ID, slips)
	w.Must(err)
	return outcomes
}

func TestTwoPeopleOpenABoxAtItsRhythm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, box := t.Context(), w.hung()
		if box.BranchID != w.branch || box.DueOn != "2026-11-30" {
			t.Fatalf("%+v", box)
		}
		w.Clock.Move(8 * day)
		overdue, err := w.Boxes(ctx, w.clerk, model.UnitID{}, true, model.Page{})
		if w.Must(err); len(overdue.Items) != 1 {
			t.Fatalf("%d overdue", len(overdue.Items))
		}
		o, err := w.Open(ctx, w.secretary, box.ID, 3)
		w.Must(err)
		_, err = w.Open(ctx, w.worker, box.ID, 3)
		w.ExpectFault(err, paperbox.ErrOpenedAlready)
		_, err = w.Confirm(ctx, w.secretary, o.ID, 3)
		w.ExpectFault(err, paperbox.ErrSecondPerson)
		_, err = w.Confirm(ctx, w.worker, o.ID, 4)
		w.ExpectFault(err, paperbox.ErrCountDiffers)
		_, err = w.KeyIn(ctx, w.worker, o.ID, []paperbox.Keyed{slip("000005724", "灯坏了")})
		w.ExpectFault(err, paperbox.ErrNotConfirmed)
		_, err = w.Confirm(ctx, w.stranger, o.ID, 3)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Void(ctx, w.worker, o.ID)
		w.Must(err)
		o, err = w.Open(ctx, w.secretary, box.ID, 4)
		w.Must(err)
		w.Clock.Move(time.Hour)
		o, err = w.Confirm(ctx, w.worker, o.ID, 4)
		if w.Must(err); o.Status != model.BoxConfirmed || o.ConfirmedBy != w.worker.User {
			t.Fatalf("%+v", o)
		}
		box, err = w.Get(ctx, w.secretary, box.ID)
		if w.Must(err); box.DueOn != "2026-12-08" || !box.OpenedAt.Equal(o.OpenedAt) {
			t.Fatalf("%+v", box)
		}
		overdue, err = w.Boxes(ctx, w.clerk, model.UnitID{}, true, model.Page{})
		w.Must(err)
		openings, err := w.Openings(ctx, w.clerk, box.ID, model.Page{})
		if w.Must(err); len(overdue.Items) != 0 || len(openings.Items) != 2 {
			t.Fatalf("%d overdue, %d openings", len(overdue.Items), len(openings.Items))
		}
		_, err = w.Confirm(ctx, w.gridWorker, o.ID, 4)
		w.ExpectFault(err, fault.ErrIllegalTransition)
	})
}

func TestABoxIsChangedAndTakenDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, box := t.Context(), w.hung()
		_, err := w.Hang(ctx, w.secretary, w.lonely, paperbox.Form{Place: "门口", RhythmDays: 7})
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Hang(ctx, w.clerk, w.lonely, paperbox.Form{Place: "门口", RhythmDays: 7})
		w.ExpectFault(err, org.ErrNoBranch)
		_, err = w.Change(ctx, w.secretary, box.ID, new(1), paperbox.Form{Place: "一号楼下", RhythmDays: 32})
		w.ExpectFault(err, fault.ErrInvalid)
		box, err = w.Change(ctx, w.secretary, box.ID, new(1), paperbox.Form{Place: " 一号楼下 ", RhythmDays: 3})
		if w.Must(err); box.Place != "一号楼下" || box.DueOn != "2026-11-26" || box.Version != 2 {
			t.Fatalf("%+v", box)
		}
		_, err = w.Change(ctx, w.secretary, box.ID, new(1), paperbox.Form{Place: "二号楼下", RhythmDays: 3})
		w.ExpectFault(err, fault.ErrChangedMeanwhile)
		_, err = w.TakeDown(ctx, w.secretary, box.ID)
		w.Must(err)
		_, err = w.Open(ctx, w.secretary, box.ID, 0)
		w.ExpectFault(err, paperbox.ErrBoxEnded)
		w.Clock.Move(30 * day)
		overdue, err := w.Boxes(ctx, w.secretary, w.branch, true, model.Page{})
		if w.Must(err); len(overdue.Items) != 0 {
			t.Fatal("a box that is gone is overdue")
		}
	})
}

func TestSlipsBecomeRequestsWhoseClocksRanFromTheOpening(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, printed, o := t.Context(), w.book(5), w.opened(3)
		w.Clock.Move(2 * day)
		first, second := slip(printed[0].Number, "楼道灯坏了"), slip(printed[1].Number, "井盖松动")
		second.Name, second.Phone = "李奶奶", "138 0013 8000"
		got := w.keyIn(o, first, slip("123456789", "打错了"), second, slip(model.NewSlipNumber(9000), "没印过"), paperbox.Keyed{Number: printed[2].Number.Printed()})
		for i, code := range []string{"", "slip_number_mistyped", "", "slip_unknown", "invalid"} {
			if problem := got[i].Problem; (problem == nil) != (code == "") || problem != nil && problem.Code != code {
				t.Fatalf("slip %d: %+v", i, got[i])
			}
		}
		request, err := w.Store.Requests.Get(ctx, got[0].State.ID)
		w.Must(err)
		if !request.CreatedAt.Equal(o.OpenedAt) || request.Status != model.RequestScreened || request.Source != model.SourceBox || request.EstateID != w.estate {
			t.Fatalf("%+v", request)
		}
		view, err := w.mailbox.Read(ctx, w.secretary, request.ID)
		if w.Must(err); !view.Overdue || !view.Clocks[0].StartedAt.Equal(o.OpenedAt) || len(view.Timeline) != 2 || view.Timeline[1].ActorID != w.gridWorker.User {
			t.Fatalf("%+v", view)
		}
		if about, err := w.proxy.About(ctx, w.secretary, got[2].State.ID); err != nil || about.Name != "李**" || about.Phone != "138****8000" {
			t.Fatalf("%+v, %v", about, err)
		}
		sheet, err := w.Opening(ctx, w.clerk, o.ID)
		if w.Must(err); len(sheet.Slips) != 2 {
			t.Fatalf("%+v", sheet)
		}
	})
}

func TestWordsOnASlipThatDoNotPassWaitForAPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		printed, o := w.book(4), w.opened(3)
		got := w.keyIn(o, slip(printed[0].Number, "楼道灯坏了"), slip("123456789", "打错了"), slip(printed[1].Number, "【复核】井盖"), slip(printed[2].Number, "【违规】井盖"))
		for i, want := range []model.RequestStatus{model.RequestScreened, "", model.RequestSubmitted, model.RequestSubmitted} {
			if got[i].State.Status != want {
				t.Errorf("slip %d: %+v", i, got[i])
			}
		}
	})
}

func TestASlipIsKeyedInOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		printed, o := w.book(5), w.opened(2)
		first := w.keyIn(o, slip(printed[0].Number, "楼道灯坏了"))[0]
		again := w.keyIn(o, slip(printed[0].Number, "楼道灯坏了，再录一次"), slip(printed[1].Number, "井盖松动"), slip(printed[2].Number, "多出来的"))
		if !again[0].Repeated || again[0].State.ID != first.State.ID || again[1].Problem != nil || again[2].Problem.Code != paperbox.ErrTooMany.Code {
			t.Fatalf("%+v", again)
		}
		w.Clock.Move(time.Minute)
		other := w.keyIn(w.opened(2), slip(printed[0].Number, "楼道灯坏了"))
		if other[0].Problem == nil || other[0].Problem.Code != paperbox.ErrElsewhere.Code {
			t.Fatalf("%+v", other)
		}
		key := &model.OnceKey{Actor: w.gridWorker.User, Operation: "keyInSlips", Key: "k", Hash: make([]byte, 32)}
		for range 2 {
			outcomes, err := w.KeyIn(model.WithOnceKey(w.T.Context(), key), w.gridWorker, o.ID, []paperbox.Keyed{slip("1", "？")})
			if w.Must(err); outcomes[0].Problem.Code != "slip_number_mistyped" || outcomes[0].Problem.Message.ZH == "" {
				t.Fatalf("%+v", outcomes)
			}
		}
	})
}

func TestASlipComesWithItsPhotoOrTheReasonWhyNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		printed, o := w.book(2), w.opened(2)
		bare, told := slip(printed[0].Number, "楼道灯坏了"), slip(printed[1].Number, "井盖松动")
		bare.NoPhoto = ""
		outcomes := w.keyIn(o, bare, told)
		if outcomes[0].Problem == nil || outcomes[0].Problem.Code != paperbox.ErrNoPhoto.Code || outcomes[1].Problem != nil {
			t.Fatalf("%+v", outcomes)
		}
		kept, err := w.Store.Slips.Get(t.Context(), printed[1].Number)
		w.Must(err)
		if kept.NoPhoto != model.PhotoNoCamera {
			t.Errorf("%+v", kept)
		}
		photo := model.Upload{
			ID: model.NewID[model.Upload](w.Clock.Now()), OwnerID: w.gridWorker.User, Kind: model.UploadPhoto, Status: model.UploadPassed, CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now(),
		}
		w.Must(w.Store.Uploads.Add(t.Context(), &photo))
		bare.Uploads = []model.UploadID{photo.ID}
		if again := w.keyIn(o, bare); again[0].Problem != nil {
			t.Errorf("%+v", again)
		}
	})
}

func TestManyKeyTheSameSlipsInAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		printed, o := w.book(2), w.opened(2)
		var mu sync.Mutex
		ids := map[model.RequestID]bool{}
		w.AtOnce(6, func(int) error {
			outcomes, err := w.KeyIn(t.Context(), w.gridWorker, o.ID, []paperbox.Keyed{slip(printed[0].Number, "灯坏了"), slip(printed[1].Number, "井盖松了")})
			mu.Lock()
			defer mu.Unlock()
			for _, out := range outcomes {
				ids[out.State.ID] = true
			}
			return err
		})
		if len(ids) != 2 {
			t.Fatalf("%d requests of two slips", len(ids))
		}
	})
}

// TestPowerLookingFirstKeysASlipInTwice is the power check: whoever looks at the slip before
// the transaction, and does not mind what it is by then, enters it again.
func TestPowerLookingFirstKeysASlipInTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, printed, o := t.Context(), w.book(1), w.opened(1)
		draft, err := w.mailbox.Prepare(ctx, mailbox.Submission{Category: "facilities", Text: "灯坏了", Identity: model.IdentityHidden, EstateID: w.estate})
		w.Must(err)
		var looked sync.WaitGroup
		looked.Add(2)
		entered := w.AtOnce(2, func(int) error {
			slip, err := w.Store.Slips.Get(ctx, printed[0].Number)
			looked.Done()
			looked.Wait()
			if err != nil || slip.Entered() {
				return errors.Join(err, paperbox.ErrElsewhere)
			}
			return w.Store.InTx(ctx, func(tx *store.Store) error {
				_, err := w.proxy.Take(ctx, tx, w.gridWorker, draft, proxy.Person{}, model.Absentee{Source: model.SourceBox, CodeHash: slip.CodeHash}, o.OpenedAt)
				return err
			})
		}, paperbox.ErrElsewhere)
		if entered != 2 {
			t.Fatalf("entered %d times: this test cannot tell a lock from none", entered)
		}
	})
}

func TestBooksAtOnceShareNoNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		numbers := map[model.SlipNumber]bool{}
		done := w.AtOnce(6, func(int) error {
			book, err := w.Print(context.WithoutCancel(t.Context()), w.secretary, w.branch, 10)
			mu.Lock()
			defer mu.Unlock()
			for _, s := range book.Slips {
				numbers[s.Number] = true
			}
			return err
		}, fault.ErrBusy)
		if len(numbers) != 10*done || done == 0 {
			t.Fatalf("%d books, %d numbers", done, len(numbers))
		}
	})
}

func TestAnybodyHearsHowFarASlipHasCome(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, printed, o := t.Context(), w.book(2), w.opened(1)
		told, err := w.Public(ctx, printed[0].Number.Printed(), "")
		if w.Must(err); told.Status != "" {
			t.Fatalf("%+v", told)
		}
		_, err = w.Public(ctx, "1234", "")
		w.ExpectFault(err, model.ErrSlipNumber)
		_, err = w.Public(ctx, string(model.NewSlipNumber(9000)), "")
		w.ExpectFault(err, fault.ErrNotFound)
		id := w.keyIn(o, slip(printed[0].Number, "楼道灯坏了"))[0].State.ID
		_, err = w.mailbox.Accept(ctx, w.secretary, id, "")
		w.Must(err)
		told, err = w.Public(ctx, printed[0].Number.Printed(), printed[0].Code)
		if w.Must(err); told.Status != model.RequestAccepted || told.Answer != "" || !told.ReceivedAt.Equal(o.OpenedAt) {
			t.Fatalf("%+v", told)
		}
	})
}

func TestASlipsWriterHearsWhyItWasRefusedAndWhatTheOtherWasAnswered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, printed, o := t.Context(), w.book(3), w.opened(3)
		refused := w.keyIn(o, slip(printed[0].Number, "楼道灯坏了"))[0].State.ID
		_, err := w.mailbox.Refuse(ctx, w.secretary, refused, "不属于本小区")
		w.Must(err)
		told, err := w.Public(ctx, printed[0].Number.Printed(), printed[0].Code)
		if w.Must(err); told.Status != model.RequestRefused || told.Answer != "不属于本小区" || told.AnsweredAt == nil {
			t.Fatalf("%+v", told)
		}
		if told, err = w.Public(ctx, printed[0].Number.Printed(), ""); err != nil || told.Answer != "" {
			t.Fatalf("%+v, %v", told, err)
		}
		w.mailbox.ConcealWith(func(context.Context, *store.Store, model.UserID) (func(string) string, error) {
			return func(text string) string { return strings.ReplaceAll(text, "王女士", "某某") }, nil
		})
		merged := w.keyIn(o, slip(printed[1].Number, "三号楼灯坏了"))[0].State.ID
		into, err := w.mailbox.Submit(ctx, w.wang, mailbox.Submission{Category: "facilities", Text: "三楼的灯不亮", EstateID: w.estate, Identity: model.IdentityNamed})
		w.Must(err)
		_, err = w.mailbox.Merge(ctx, w.secretary, merged, into.ID)
		w.Must(err)
		_, err = w.mailbox.Accept(ctx, w.secretary, into.ID, "")
		w.Must(err)
		_, err = w.mailbox.Reply(ctx, w.secretary, into.ID, "王女士您好，已换新灯")
		w.Must(err)
		told, err = w.Public(ctx, printed[1].Number.Printed(), printed[1].Code)
		if w.Must(err); told.Status != model.RequestMerged || told.Answer != "某某您好，已换新灯" || told.AnsweredAt == nil {
			t.Fatalf("%+v", told)
		}
		if told, err = w.Public(ctx, printed[1].Number.Printed(), printed[2].Code); err != nil || told.Answer != "" {
			t.Fatalf("another slip's code tells: %+v, %v", told, err)
		}
	})
}

func TestStaffFindARequestByTheNumberOfItsSlip(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, printed, o := t.Context(), w.book(2), w.opened(1)
		request, err := w.Store.Requests.Get(ctx, w.keyIn(o, slip(printed[0].Number, "楼道灯坏了"))[0].State.ID)
		w.Must(err)
		_, err = w.mailbox.Refuse(ctx, w.secretary, request.ID, "不属于本小区")
		w.Must(err)
		find := func(who model.Actor, number string) int {
			l, err := w.mailbox.Inbox(ctx, who, mailbox.InboxFilter{Number: number}, model.Page{})
			w.Must(err)
			if len(l.Items) == 1 && l.Items[0].Request.ID != request.ID {
				t.Errorf("%s found %+v", number, l.Items[0])
			}
			return len(l.Items)
		}
		for number, want := range map[string]int{
			printed[0].Number.Printed(): 1, string(printed[0].Number): 1, strings.ToLower(request.Receipt): 1, " " + request.Receipt + " ": 1,
			printed[1].Number.Printed(): 0, "12": 0, "楼道灯": 0,
		} {
			if got := find(w.secretary, number); got != want {
				t.Errorf("%q: %d, not %d", number, got, want)
			}
		}
		if n := find(w.stranger, printed[0].Number.Printed()) + find(w.stranger, request.Receipt); n != 0 {
			t.Error("staff of another branch find it")
		}
	})
}

func TestBoxesGoToWhoeverLeadsTheirEstate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		box, heir := w.hung(), w.Unit(model.Branch, model.UnitID{})
		counts, err := w.CountWork(t.Context(), w.Store, []model.UnitID{w.branch, heir})
		if w.Must(err); counts[w.branch] != 1 || counts[heir] != 0 {
			t.Fatal(counts)
		}
		w.Must(w.Store.InTx(t.Context(), func(tx *store.Store) error {
			return w.HandOverWork(t.Context(), tx, model.HandOver{From: w.branch, ByHome: map[model.UnitID]model.UnitID{w.estate: heir}})
		}))
		box, err = w.Get(t.Context(), w.clerk, box.ID)
		if w.Must(err); box.BranchID != heir {
			t.Fatalf("%+v", box)
		}
	})
}

func TestWhatIsPrintedIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		printed := w.book(3)[1]
		row, err := w.Store.Slips.Get(t.Context(), printed.Number)
		if w.Must(err); strings.Contains(string(row.CodeHash), printed.Code) || !proxy.Fits(row.CodeHash, strings.ToLower(strings.ReplaceAll(printed.Code, "-", " "))) {
			t.Fatalf("%+v", row)
		}
		if proxy.Fits(row.CodeHash, "") || proxy.Fits(row.CodeHash, "2222-2222") {
			t.Fatal("another code fits")
		}
		_, err = w.Print(t.Context(), w.gridWorker, w.branch, 3)
		w.ExpectFault(err, fault.ErrForbidden)
	})
}
