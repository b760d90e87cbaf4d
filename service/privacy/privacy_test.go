package privacy_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/consent"
	"jinlin/service/guardian"
	"jinlin/service/jobs"
	"jinlin/service/privacy"
	"jinlin/service/upload"
	"jinlin/service/wechat"
)

const grace = 7 * 24 * time.Hour

type world struct {
	storetest.World
	*privacy.Service
	past    *sql.DB
	runner  *jobs.Runner
	settled int
	estate  model.UnitID
	wang    model.Actor
	openID  string
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock, past *sql.DB) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, past: past, runner: jobs.New(s, slog.New(slog.DiscardHandler), 1)}
	w.Service = privacy.New(s, privacy.Settings{Grace: grace, Exports: privacy.ExportsPerDay}, w, func(context.Context, model.Actor) error { w.settled++; return nil })
	w.runner.Handle(privacy.BeginJob, w.Begin)
	w.runner.Handle(privacy.EraseJob, w.Erase)
	consents := consent.New(s)
	consents.BeforeForget(privacy.TakeOut)
	w.runner.Handle(consent.Job, consents.Forget)
	w.estate = w.Unit(model.Estate, model.UnitID{})
	w.wang = w.Person("王桂花")
	w.openID = "o-" + w.wang.User.String()
	return w
}

// Sent makes the world the place where everybody's files are.
func (w *world) Sent(_ context.Context, user model.UserID) iter.Seq2[upload.File, error] {
	return func(yield func(upload.File, error) bool) {
		for i := range 2 {
			if !yield(upload.File{UploadID: model.UploadID(user), Name: fmt.Sprint(i, ".jpg"), ContentType: "image/jpeg", Data: []byte("pixels of " + user.String())}, nil) {
				return
			}
		}
	}
}

// works lets time pass and does what is due then.
func (w *world) works(after time.Duration) {
	w.T.Helper()
	w.Clock.Move(after)
	_, err := w.runner.Drain(w.T.Context())
	w.Must(err)
}

// said is a text as people write it: with what names them.
func (w *world) said() string {
	return "我是王桂花，住 3单元301，电话 138-0013 8000，孩子王小明。微信 " + w.openID + "。楼道灯坏了"
}

// lives fills every table that holds texts and data of a person.
func (w *world) lives() model.RequestID {
	w.T.Helper()
	ctx, s, now, id := w.T.Context(), w.Store, w.Clock.Now(), w.wang.User
	w.Must(s.Residences.Add(ctx, &model.Residence{
		ID: model.NewID[model.Residence](now), UserID: id, EstateID: w.estate, BuildingID: w.estate, Stairwell: "3", Room: "301",
		Relation: "owner", Status: model.ResidenceVerified, CreatedAt: now,
	}))
	w.Must(s.Sessions.Add(ctx, &model.Session{ID: model.NewID[model.Session](now), UserID: id, TokenHash: make([]byte, 32), CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(grace * 9)}))
	r := model.Request{
		ID: model.NewID[model.Request](now), Receipt: "R1", SubmitterID: id, Identity: model.IdentityNamed, Category: "facilities",
		Text: w.said(), Location: "王桂花家门口", EstateID: w.estate, BranchID: w.estate, CommunityID: w.estate, TownID: w.estate, Status: model.RequestClosed, DueAt: now, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	w.Must(s.Requests.Add(ctx, &r))
	w.Must(s.RequestEvents.Add(ctx, &model.RequestEvent{ID: model.NewID[model.RequestEvent](now), RequestID: r.ID, Seq: 1, Kind: model.MoveMessage, ActorID: id, Text: w.said(), At: now}))
	w.Must(s.ModerationItems.Add(ctx, &model.ModerationItem{
		ID: model.NewID[model.ModerationItem](now), Kind: model.ModeratedMessage, ObjectID: model.ID[any](r.ID), ObjectVersion: 1, UnitID: w.estate,
		WriterID: id, Text: w.said(), Status: model.TextReleased, HeldAt: now,
	}))
	w.Must(s.PointsAwards.Add(ctx, &model.PointsAward{ID: model.NewID[model.PointsAward](now), UserID: id, UnitID: w.estate, Points: 5, Cause: "王桂花帮邻居", Reference: "a", Status: model.AwardPosted, AwardedBy: id, CreatedAt: now}))
	w.Must(s.Messages.Add(ctx, &model.Message{ID: model.NewID[model.Message](now), UserID: id, Kind: "x", Title: "王桂花您好", Text: w.said(), CreatedAt: now}))
	w.Must(s.WeChatEvents.Add(ctx, &model.WeChatEvent{DedupeKey: "k", Name: "n", OpenID: w.openID, Detail: "{}", At: now, ReceivedAt: now}))
	sealed, err := s.Keys().Seal(store.Place{Table: "phones", Column: "sealed", Row: id.String()}, []byte("13800138000"))
	w.Must(err)
	w.Must(s.Phones.Add(ctx, &model.Phone{PhoneHash: s.Keys().PhoneIndex("13800138000"), UserID: id, Sealed: sealed, VerifiedAt: now}))
	w.signsUp()
	w.caresAndWorks()
	return r.ID
}

// caresAndWorks registers a child, and where the person works, and asks for a desktop page.
func (w *world) caresAndWorks() {
	w.T.Helper()
	ctx, now := w.T.Context(), w.Clock.Now()
	w.Agrees(w.wang, model.PurposeChildren)
	child, err := guardian.NewChild(w.Store, w.wang.User, guardian.Said{Details: guardian.Details{Name: "王小雨"}, Relation: "mother", BirthMonth: "2018-05"})
	w.Must(err)
	w.Must(w.Store.Children.Add(ctx, &child))
	e := model.Employment{ID: model.NewID[model.Employment](now), UserID: w.wang.User, UnitID: w.estate, Kind: "courier", Platform: "王桂花快递", Status: model.EmploymentPending, CreatedAt: now}
	w.Must(w.Store.Employments.Add(ctx, &e))
	w.Must(w.Store.EmploymentEvents.Add(ctx, &model.EmploymentEvent{ID: model.NewID[model.EmploymentEvent](now), EmploymentID: e.ID, ToStatus: e.Status, Reason: "王桂花登记", At: now}))
	w.Must(w.Store.DeskLogins.Add(ctx, &model.DeskLogin{
		ID: model.NewID[model.DeskLogin](now), SecretHash: make([]byte, 32), Address: "203.0.113.*", Status: model.DeskConfirmed, UserID: w.wang.User, CreatedAt: now, ExpiresAt: now,
	}))
}

// signsUp brings a child along.
func (w *world) signsUp() {
	w.T.Helper()
	now := w.Clock.Now()
	row := model.SignUp{
		ID: model.NewID[model.SignUp](now), ActivityID: model.NewID[model.Activity](now), UserID: w.wang.User,
		State: model.SignUpConfirmed, Places: 2, CreatedAt: now, UpdatedAt: now,
	}
	party, err := json.Marshal(map[string]any{"people": []map[string]string{{"name": "王小明"}}})
	w.Must(err)
	row.Details, err = w.Store.Keys().Seal(store.Place{Table: "sign_ups", Column: "details", Row: row.ID.String()}, party)
	w.Must(err)
	w.Agrees(w.wang, model.PurposeCompanions)
	w.Must(w.Store.SignUps.Add(w.T.Context(), &row))
}

// traces are the lines of a dump of the whole database that name the person.
func (w *world) traces() (found []string) {
	w.T.Helper()
	for line := range strings.Lines(dump(w.T, w.past)) {
		for _, value := range []string{"王桂花", "王小明", w.openID, "3单元301", "138-0013 8000"} {
			if strings.Contains(line, value) {
				found = append(found, value+": "+line)
			}
		}
	}
	return found
}

func TestAfterTheGraceNothingNamesThePerson(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock, past)
		request := w.lives()
		if n := len(w.traces()); n < 9 {
			t.Fatalf("the dump shows only %d traces of somebody who is everywhere", n)
		}
		key := &model.OnceKey{Actor: w.wang.User, Operation: "closeMyAccount", Key: "k", Hash: make([]byte, 32)}
		_, err := w.Close(model.WithOnceKey(t.Context(), key), w.wang)
		w.Must(err)
		if live, err := s.Sessions.ListLive(t.Context(), w.wang.User, clock.Now()); err != nil || len(live) > 0 {
			t.Fatalf("sessions live on: %v, %v", live, err)
		}
		w.works(grace - time.Hour)
		if len(w.traces()) < 9 {
			t.Fatal("it was erased within the time to go back")
		}
		w.works(time.Hour)
		w.ExpectFault(w.Reopen(t.Context(), w.wang), fault.ErrIllegalTransition)
		w.works(time.Minute)
		if traces := w.traces(); len(traces) > 0 {
			t.Fatalf("left behind: %s", strings.Join(traces, ""))
		}
		if n, err := s.Sessions.ListLive(t.Context(), w.wang.User, clock.Now()); err != nil || len(n) > 0 || w.settled != 1 {
			t.Fatal(n, err, w.settled)
		}
		for _, table := range []string{"children", "employments", "employment_events", "desk_logins"} {
			var n int
			if err := past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil || n > 0 {
				t.Errorf("%d rows in %s, %v", n, table, err)
			}
		}
		left, err := s.Requests.Get(t.Context(), request)
		w.Must(err)
		if left.Text != "我是〔已删除〕，住 〔已删除〕，电话 〔已删除〕，孩子〔已删除〕。微信 〔已删除〕。楼道灯坏了" || left.SubmitterID != w.wang.User {
			t.Errorf("%+v", left)
		}
		nobody, err := s.Users.Get(t.Context(), w.wang.User)
		if err != nil || nobody.Nickname != privacy.Stranger || nobody.ErasedAt == nil {
			t.Errorf("%+v, %v", nobody, err)
		}
	})
}

func TestWhoGoesBackKeepsEverything(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock, past)
		w.lives()
		before := len(w.traces())
		w.ExpectFault(w.Reopen(t.Context(), w.wang), privacy.ErrNotClosing)
		first, err := w.Close(t.Context(), w.wang)
		w.Must(err)
		again, err := w.Close(t.Context(), w.wang)
		if err != nil || again.ID != first.ID {
			t.Fatalf("%+v, %v", again, err)
		}
		w.Must(w.Reopen(t.Context(), w.wang))
		w.works(2 * grace)
		if after := len(w.traces()); after != before || w.settled > 0 {
			t.Fatalf("%d traces of %d", after, before)
		}
		w.ExpectFault(errOf(w.Closing(t.Context(), w.wang)), fault.ErrNotFound)
	})
}

func errOf(_ model.Closure, err error) error { return err }

func TestNobodyLeavesAPostBehind(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock, past)
		secretary := w.Staff(model.Secretary, w.estate)
		w.ExpectFault(errOf(w.Close(t.Context(), secretary)), privacy.ErrInPost)
		w.ExpectFault(errOf(w.Close(t.Context(), model.Actor{})), fault.ErrUnauthenticated)

		_, err := w.Close(t.Context(), w.wang)
		w.Must(err)
		w.Grant(w.wang, model.GridWorker, w.estate)
		w.works(grace)
		w.works(time.Hour)
		if c, err := w.Closing(t.Context(), w.wang); err != nil || c.Status != model.ClosureAsked {
			t.Fatalf("somebody in post was erased: %+v, %v", c, err)
		}
	})
}

func (w *world) textOf(id model.RequestID) string {
	w.T.Helper()
	r, err := w.Store.Requests.Get(w.T.Context(), id)
	w.Must(err)
	return r.Text
}

// Somebody writes down who they are, changes name and number, and leaves; what they wrote to
// others while in a post is theirs too.
func TestFormerNamesAndWordsInAPostAreErasedToo(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock, past)
		w.lives()
		ctx, said := t.Context(), "找我：欧阳春晓 136.7777.0001"
		for kind, value := range map[model.FormerKind]string{model.FormerNickname: "欧阳春晓", model.FormerPhone: "13677770001"} {
			row := model.FormerName{ID: model.NewID[model.FormerName](clock.Now()), UserID: w.wang.User, Kind: kind, CreatedAt: clock.Now()}
			var err error
			row.Sealed, err = s.Keys().Seal(store.Place{Table: "former_names", Column: "sealed", Row: row.ID.String()}, []byte(value))
			w.Must(err)
			w.Must(s.FormerNames.Add(ctx, &row))
		}
		post := model.Grant{ID: model.NewID[model.Grant](clock.Now()), UserID: w.wang.User, Role: model.GridWorker, UnitID: w.estate, ValidFrom: clock.Now(), CreatedAt: clock.Now()}
		w.Must(s.Grants.Add(ctx, &post))
		clock.Move(time.Hour)
		w.Must(s.Grants.SaveEnded(ctx, post.ID, clock.Now()))
		other := model.NewID[model.Request](clock.Now())
		e := model.RequestEvent{ID: model.NewID[model.RequestEvent](clock.Now()), RequestID: other, Seq: 1, Kind: model.MoveMessage, ActorID: w.wang.User, Text: said, At: clock.Now()}
		w.Must(s.RequestEvents.Add(ctx, &e))
		w.Must(errOf(w.Close(ctx, w.wang)))
		w.works(grace)
		w.works(time.Minute)
		events, err := s.RequestEvents.ListByRequest(ctx, other)
		w.Must(err)
		if text := events[0].Text; text != "找我：〔已删除〕 〔已删除〕" {
			t.Error(text)
		}
		if left, err := s.FormerNames.ListByUser(ctx, w.wang.User, model.Page{}); err != nil || len(left.Items) > 0 {
			t.Errorf("%v, %v", left, err)
		}
	})
}

func TestWeChatsWordIsTheSameDutyAtOnce(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock, past)
		request := w.lives()
		w.Grant(w.wang, model.GridWorker, w.estate)
		told := func(react func(context.Context, *store.Store, wechat.Event) error, e wechat.Event) {
			t.Helper()
			w.Must(s.InTx(t.Context(), func(tx *store.Store) error { return react(t.Context(), tx, e) }))
		}
		told(w.OnCancelled, wechat.Event{OpenID: "nobody"})
		told(w.OnRevoked, wechat.Event{OpenID: w.openID, Detail: wechat.Revocation{Kinds: []string{"2", "8", "13", "999"}}})
		w.works(0)
		if homes, err := s.Residences.ListByUser(t.Context(), w.wang.User); err != nil || len(homes) > 0 {
			t.Fatalf("the address stayed: %v, %v", homes, err)
		}
		if _, err := s.Phones.GetByUser(t.Context(), w.wang.User); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("the number stayed: %v", err)
		}
		if text := w.textOf(request); !strings.HasPrefix(text, "我是王桂花，住 〔已删除〕，电话 〔已删除〕，孩子王小明") {
			t.Errorf("what was taken back stayed in a text: %s", text)
		}
		told(w.OnRevoked, wechat.Event{OpenID: w.openID, Detail: wechat.Revocation{Kinds: []string{"6"}}})
		if user, err := s.Users.Get(t.Context(), w.wang.User); err != nil || user.Nickname != "居民" {
			t.Fatalf("%+v, %v", user, err)
		}
		if text := w.textOf(request); !strings.HasPrefix(text, "我是〔已删除〕，住") {
			t.Errorf("the nickname stayed in a text: %s", text)
		}
		told(w.OnCancelled, wechat.Event{OpenID: w.openID})
		told(w.OnCancelled, wechat.Event{OpenID: w.openID})
		w.works(0)
		w.works(time.Minute)
		if _, err := s.WeChat.GetByOpenID(t.Context(), w.openID); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("the openid stayed: %v", err)
		}
	})
}
