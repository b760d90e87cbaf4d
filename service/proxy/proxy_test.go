package proxy_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/files"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/moderation/moderationtest"
	"jinlin/service/org"
	"jinlin/service/proxy"
	"jinlin/service/push"
	"jinlin/service/reveal"
	"jinlin/service/upload"
	"jinlin/service/wechat"
)

type world struct {
	storetest.World
	*proxy.Service
	mailbox *mailbox.Service

	estate, county                      model.UnitID
	worker, secretary, elsewhere, clerk model.Actor
	wang, li                            model.Actor
	links                               links
}

const phone = "13800138000"

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}}
	w.county = w.Unit(model.County, model.UnitID{})
	community := w.Unit(model.Community, w.Unit(model.Town, w.county))
	w.clerk = w.Staff(model.CountyClerk, w.county)
	branch := w.Unit(model.Branch, community)
	w.estate = w.Unit(model.Estate, community)
	w.Cover(branch, w.estate)
	w.worker, w.secretary = w.Staff(model.CommunityWorker, community), w.Staff(model.Secretary, branch)
	w.elsewhere = w.Staff(model.Secretary, w.Unit(model.Branch, community))
	w.wang, w.li = w.Person("王女士"), w.Person("李师傅")
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
	w.Service = proxy.New(s, rights, w.mailbox, reveal.New(s, rights, true), true)
	w.LinkWith(&w.links)
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func (w *world) said(change ...func(*proxy.Said)) proxy.Said {
	said := proxy.Said{
		Submission: mailbox.Submission{Category: "care", Text: "楼梯扶手松了，老人上下楼不安全", EstateID: w.estate},
		Person:     proxy.Person{Name: "李奶奶", Phone: phone}, Consent: proxy.Consent{How: model.ConsentInPerson},
	}
	for _, c := range change {
		c(&said)
	}
	return said
}

func (w *world) entered(change ...func(*proxy.Said)) proxy.Receipt {
	w.T.Helper()
	receipt, err := w.Enter(w.T.Context(), w.worker, w.said(change...))
	w.Must(err)
	return receipt
}

// binds has somebody bind the number.
func (w *world) binds(who model.Actor, number string) {
	w.T.Helper()
	row, err := account.NewPhone(w.Store, who.User, number)
	w.Must(err)
	w.Must(w.Store.Phones.Add(w.T.Context(), row))
}

func TestARequestIsEnteredForSomebodyWithoutAPhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, receipt := t.Context(), w.entered()
		view, err := w.mailbox.Read(ctx, w.secretary, receipt.ID)
		if w.Must(err); view.Submitter != "" || view.Mine || view.Request.Source != model.SourceProxy || view.Request.Status != model.RequestScreened {
			t.Fatalf("%+v", view)
		}
		about, err := w.About(ctx, w.secretary, receipt.ID)
		if w.Must(err); about.Name != "李**" || about.Phone != "138****8000" || about.ConsentHow != model.ConsentInPerson || about.EnteredBy != w.worker.User || !about.ConsentAt.Equal(w.Clock.Now()) {
			t.Fatalf("%+v", about)
		}
		_, err = w.About(ctx, w.elsewhere, receipt.ID)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Reveal(ctx, w.secretary, receipt.ID, "回")
		w.ExpectFault(err, fault.ErrInvalid)
		whole, err := w.Reveal(ctx, w.secretary, receipt.ID, "上门回访")
		if w.Must(err); whole.Name != "李奶奶" || whole.Phone != phone {
			t.Fatalf("%+v", whole)
		}
		row, err := w.Store.Absentees.GetByRequest(ctx, receipt.ID)
		w.Must(err)
		for _, kept := range [][]byte{row.NameSealed, row.PhoneSealed, row.PhoneHash, row.CodeHash} {
			if s := string(kept); strings.Contains(s, "李") || strings.Contains(s, phone) || strings.Contains(s, receipt.Code) {
				t.Fatal("the database can be read")
			}
		}
		record, err := w.Store.Audit.List(ctx, model.Page{})
		if w.Must(err); len(record.Items) != 2 {
			t.Fatalf("%d on record", len(record.Items))
		}
	})
}

// TestWhatIsEnteredPassesTheCheckOfTexts in the name of whoever enters it.
func TestWhatIsEnteredPassesTheCheckOfTexts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for text, advice := range map[string]string{"楼梯【复核】": "review", "楼梯【违规】": "risky", "楼梯扶手松了": "pass"} {
			want := model.RequestSubmitted
			if advice == "pass" {
				want = model.RequestScreened
			}
			receipt := w.entered(func(s *proxy.Said) { s.Text = text })
			caught, err := w.Capture(ctx, w.worker, proxy.Caught{Submission: w.said(func(s *proxy.Said) { s.Text = text }).Submission, Group: "虹桥业主群"})
			w.Must(err)
			for _, id := range []model.RequestID{receipt.ID, caught.ID} {
				if r, err := w.Store.Requests.Get(ctx, id); err != nil || r.Status != want || r.Screening != advice {
					t.Errorf("%q: %s, %s, %v", text, r.Status, r.Screening, err)
				}
			}
		}
	})
}

func TestWhoEntersOrHandlesItNeverSaysThatItIsFixed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, receipt := t.Context(), w.entered()
		_, err := w.mailbox.Accept(ctx, w.secretary, receipt.ID, "")
		w.Must(err)
		_, err = w.mailbox.Reply(ctx, w.secretary, receipt.ID, "扶手已加固")
		w.Must(err)
		for _, who := range []model.Actor{w.worker, w.secretary} {
			_, err := w.mailbox.GiveFeedback(ctx, who, receipt.ID, mailbox.Feedback{Outcome: model.OutcomeFixed, Rating: 5})
			w.ExpectFault(err, fault.ErrNotFound)
			_, err = w.Claim(ctx, who, receipt.Receipt, receipt.Code) // who entered it knows the code
			w.ExpectFault(err, mailbox.ErrSamePerson)
		}
		held := w.entered(func(s *proxy.Said) { s.Text = "【复核】扶手松了" })
		_, err = w.Claim(ctx, w.worker, held.Receipt, held.Code)
		w.ExpectFault(err, mailbox.ErrSamePerson)
		_, err = w.Claim(ctx, w.li, receipt.Receipt, receipt.Code)
		w.Must(err)
		state, err := w.mailbox.GiveFeedback(ctx, w.li, receipt.ID, mailbox.Feedback{Outcome: model.OutcomeFixed, Rating: 5})
		if w.Must(err); state.Outcome != model.OutcomeFixed {
			t.Fatalf("%+v", state)
		}
	})
}

func TestWhatCannotBeEntered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for what, change := range map[string]func(*proxy.Said){
			"no name":            func(s *proxy.Said) { s.Name = " " },
			"no number":          func(s *proxy.Said) { s.Phone = "12345678901" },
			"no consent":         func(s *proxy.Said) { s.How = "" },
			"consent to be":      func(s *proxy.Said) { s.At = new(w.Clock.Now().Add(time.Minute)) },
			"consent at no time": func(s *proxy.Said) { s.At = new(time.Time) },
			"consent of old":     func(s *proxy.Said) { s.At = new(w.Clock.Now().AddDate(0, -2, 0)) },
			"no text":            func(s *proxy.Said) { s.Text = "" },
			"no category":        func(s *proxy.Said) { s.Category = "weather" },
		} {
			if _, err := w.Enter(t.Context(), w.worker, w.said(change)); fault.From(err).Code != fault.ErrInvalid.Code {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := w.Enter(t.Context(), w.wang, w.said())
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Enter(t.Context(), w.elsewhere, w.said())
		w.ExpectFault(err, fault.ErrNotFound)
	})
}

func TestAPersonTakesTheirRequestOverByCodeOrNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, byCode := t.Context(), w.entered()
		w.Clock.Move(time.Second)
		byNumber := w.entered()
		_, err := w.Claim(ctx, w.wang, byCode.Receipt, "2222-2222")
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Claim(ctx, w.wang, byCode.Receipt, "")
		w.ExpectFault(err, fault.ErrNotFound)
		state, err := w.Claim(ctx, w.wang, " "+strings.ToLower(byCode.Receipt), strings.ToLower(byCode.Code))
		if w.Must(err); state.ID != byCode.ID {
			t.Fatalf("%+v", state)
		}
		view, err := w.mailbox.Read(ctx, w.wang, byCode.ID)
		if w.Must(err); !view.Mine || view.Submitter != "王女士" || view.Timeline[len(view.Timeline)-1].Kind != model.MoveClaim {
			t.Fatalf("%+v", view)
		}
		_, err = w.Claim(ctx, w.wang, byCode.Receipt, "")
		w.Must(err) // it is theirs already
		_, err = w.Claim(ctx, w.li, byCode.Receipt, byCode.Code)
		w.ExpectFault(err, proxy.ErrClaimed)
		about, err := w.About(ctx, w.secretary, byCode.ID)
		if w.Must(err); about.Name != "" || about.Phone != "" || about.ClaimedAt == nil {
			t.Fatalf("%+v", about)
		}

		w.binds(w.li, phone)
		waiting, err := w.Mine(ctx, w.li, model.Page{})
		if w.Must(err); len(waiting.Items) != 1 || waiting.Items[0].Receipt != byNumber.Receipt {
			t.Fatalf("%+v", waiting)
		}
		_, err = w.Claim(ctx, w.li, byNumber.Receipt, "")
		w.Must(err)
		waiting, err = w.Mine(ctx, w.li, model.Page{})
		w.Must(err)
		mine, err := w.mailbox.ListMine(ctx, w.li, model.Page{})
		if w.Must(err); len(waiting.Items) != 0 || len(mine.Items) != 1 {
			t.Fatalf("%d wait, %d are mine", len(waiting.Items), len(mine.Items))
		}
	})
}

func TestOfManyWithTheCodeOneTakesItOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		receipt, people := w.entered(), w.People(6)
		done := w.AtOnce(len(people), func(i int) error {
			_, err := w.Claim(t.Context(), people[i], receipt.Receipt, receipt.Code)
			return err
		}, proxy.ErrClaimed)
		if done != 1 {
			t.Fatalf("%d took it over", done)
		}
	})
}

func TestTriesAreCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		receipt := w.entered()
		for range proxy.TriesPerDay {
			_, err := w.Claim(t.Context(), w.wang, receipt.Receipt, "2222-2222")
			w.ExpectFault(err, fault.ErrNotFound)
		}
		_, err := w.Claim(t.Context(), w.wang, receipt.Receipt, receipt.Code)
		w.ExpectFault(err, fault.ErrRateLimited)
	})
}

func TestWhatWasSaidInAGroupIsUnverifiedUntilItIsTakenOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, before := t.Context(), w.entered()
		w.entered(func(s *proxy.Said) { s.Text = "地下车库积水" })
		_, err := w.Capture(ctx, w.worker, proxy.Caught{Submission: w.said().Submission})
		w.ExpectFault(err, fault.ErrInvalid)
		caught, err := w.Capture(ctx, w.worker, proxy.Caught{
			Submission: mailbox.Submission{Category: "care", Text: "楼梯扶手松了！老人上下楼很不安全", EstateID: w.estate}, SaidBy: "三楼小王", Group: "虹桥业主群",
		})
		w.Must(err)
		if len(caught.Similar) != 1 || caught.Similar[0].ID != before.ID || caught.Similar[0].Alike < 0.5 {
			t.Fatalf("%+v", caught.Similar)
		}
		w.expectUnverified(caught.ID, true)
		query := url.Values{"receipt": {caught.Receipt.Receipt}, "code": {caught.Code}}.Encode()
		if caught.Link != "https://wxaurl.cn/pages/mailbox/claim?"+query {
			t.Errorf("the link is %q", caught.Link)
		}
		about, err := w.About(ctx, w.secretary, caught.ID)
		if w.Must(err); !about.Unverified() || about.HeardIn != "虹桥业主群" || about.ConsentHow != "" {
			t.Fatalf("%+v", about)
		}
		_, err = w.Claim(ctx, w.wang, caught.Receipt.Receipt, caught.Code)
		w.Must(err)
		about, err = w.About(ctx, w.secretary, caught.ID)
		if w.Must(err); about.Unverified() {
			t.Fatalf("%+v", about)
		}
		w.expectUnverified(caught.ID, false)
	})
}

// expectUnverified looks at a request as staff do, in their inbox and by itself.
func (w *world) expectUnverified(id model.RequestID, want bool) {
	w.T.Helper()
	view, err := w.mailbox.Read(w.T.Context(), w.secretary, id)
	if w.Must(err); view.Unverified != want {
		w.T.Errorf("by itself it is unverified: %t", view.Unverified)
	}
	inbox, err := w.mailbox.Inbox(w.T.Context(), w.secretary, mailbox.InboxFilter{}, model.Page{})
	w.Must(err)
	for _, e := range inbox.Items {
		if e.Unverified != (want && e.Request.ID == id) {
			w.T.Errorf("in the inbox %s is unverified: %t", e.Request.ID, e.Unverified)
		}
	}
}

// links makes links, while it can.
type links struct{ broken bool }

func (l *links) Link(_ context.Context, page, query string) (string, error) {
	if l.broken {
		return "", wechat.ErrUnavailable
	}
	return "https://wxaurl.cn/" + page + "?" + query, nil
}

// TestACaptureNeedsNoLink: what was said is entered also while WeChat makes none.
func TestACaptureNeedsNoLink(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.links.broken = true
		caught, err := w.Capture(t.Context(), w.worker, proxy.Caught{Submission: w.said().Submission, Group: "虹桥业主群"})
		if w.Must(err); caught.Link != "" || caught.Code == "" {
			t.Errorf("%+v", caught)
		}
		_, err = w.Claim(t.Context(), w.wang, caught.Receipt.Receipt, caught.Code)
		w.Must(err)
	})
}

// TestATwinIsFoundAmongManyThatAreDueBefore: what was said just before is due last.
func TestATwinIsFoundAmongManyThatAreDueBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, now := t.Context(), w.Clock.Now()
		var others []*model.Request
		for range 250 {
			r := &model.Request{
				ID: model.NewID[model.Request](now), SubmitterID: w.wang.User, Category: "care", Text: "井盖松动", EstateID: w.estate, BranchID: w.estate,
				Status: model.RequestAccepted, Open: true, DueAt: now, CreatedAt: now, UpdatedAt: now, Version: 1,
			}
			r.Receipt = r.ID.String()[4:]
			others = append(others, r)
		}
		w.Must(w.Store.Requests.Add(ctx, others...))
		w.Clock.Move(time.Minute)
		twin := w.entered()
		caught, err := w.Capture(ctx, w.worker, proxy.Caught{
			Submission: mailbox.Submission{Category: "care", Text: "楼梯扶手松了！老人上下楼很不安全", EstateID: w.estate}, SaidBy: "三楼小王", Group: "虹桥业主群",
		})
		w.Must(err)
		if len(caught.Similar) != 1 || caught.Similar[0].ID != twin.ID {
			t.Errorf("%+v", caught.Similar)
		}
	})
}

func TestNamesGoNinetyDaysAfterTheEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, over, open := t.Context(), w.entered(), w.entered()
		_, err := w.mailbox.Refuse(ctx, w.secretary, over.ID, "不属于小区事务")
		w.Must(err)
		w.Clock.Move(proxy.KeptFor)
		if n, err := w.EmptyOld(ctx); err != nil || n != 0 {
			t.Fatalf("%d, %v", n, err)
		}
		w.Clock.Move(time.Minute)
		for _, want := range []int{1, 0} {
			if n, err := w.EmptyOld(ctx); err != nil || n != want {
				t.Fatalf("%d, %v", n, err)
			}
		}
		gone, err := w.About(ctx, w.secretary, over.ID)
		w.Must(err)
		kept, err := w.About(ctx, w.secretary, open.ID)
		if w.Must(err); gone.Name != "" || kept.Name == "" {
			t.Fatalf("%+v, %+v", gone, kept)
		}
	})
}

func TestHowMuchTwoTextsAreAlike(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]float64{
		{"楼道灯坏了", "楼道灯坏了"}: 1, {"楼道灯坏了", "楼道 灯，坏了！"}: 1, {"楼道灯坏了", "井盖松动"}: 0, {"", ""}: 0, {"灯", "灯"}: 0, {"ABC", "abc"}: 1,
	} {
		if got := proxy.Alike(pair[0], pair[1]); got != want {
			t.Errorf("%q: %v instead of %v", pair, got, want)
		}
	}
}

func FuzzAlike(f *testing.F) {
	f.Add("楼道灯坏了", "灯坏了两天")
	f.Add("\xff\xfe", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := proxy.Alike(a, b), proxy.Alike(b, a)
		if x != y || x < 0 || x > 1 {
			t.Errorf("%v and %v", x, y)
		}
	})
}
