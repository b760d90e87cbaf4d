package board_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/board"
	"jinlin/service/moderation"
	"jinlin/service/moderation/moderationtest"
	"jinlin/service/org"
	"jinlin/service/proxy"
	"jinlin/service/push"
)

// world is an estate with its branch, and another one.
type world struct {
	storetest.World
	*board.Service
	county, town, community, estate, branch, building, elsewhere model.UnitID
	secretary, worker, grid, stranger, wang                      model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}}
	w.county = w.Unit(model.County, model.UnitID{})
	w.town = w.Unit(model.Town, w.county)
	w.community = w.Unit(model.Community, w.town)
	w.estate, w.branch = w.Unit(model.Estate, w.community), w.Unit(model.Branch, w.community)
	w.building = w.Unit(model.Building, w.estate)
	w.elsewhere = w.Unit(model.Estate, w.Unit(model.Community, w.town))
	w.Cover(w.branch, w.estate)
	w.secretary, w.worker = w.Staff(model.Secretary, w.branch), w.Staff(model.CommunityWorker, w.community)
	w.grid, w.stranger = w.Staff(model.GridWorker, w.community), w.Staff(model.Secretary, w.Unit(model.Branch, w.community))
	w.wang = w.Person("王翠花")
	units := org.New(s)
	rights := access.New(s, units)
	pushes := push.New(s, rights, units, nil, push.Settings{})
	w.Service = board.New(s, rights, units, moderation.New(s, rights, units, moderationtest.Markers{}), pushes)
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

// request is one of wang's.
func (w *world) request(change ...func(*model.Request)) model.RequestID {
	w.T.Helper()
	now := w.Clock.Now()
	r := model.Request{
		ID: model.NewID[model.Request](now), SubmitterID: w.wang.User, Identity: model.IdentityNamed, Category: "facilities", Text: "我是王翠花，302的灯坏了",
		EstateID: w.estate, BuildingID: w.building, BranchID: w.branch, CommunityID: w.community, TownID: w.town, Level: model.LevelBranch,
		Status: model.RequestAccepted, Priority: model.PriorityNormal, WaitsFor: model.PartyStaff, DueAt: now.Add(time.Hour), Open: true, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	r.Receipt = r.ID.String()[4:]
	for _, c := range change {
		c(&r)
	}
	w.Must(w.Store.Requests.Add(w.T.Context(), &r))
	return r.ID
}

var lamp = board.Words{Title: "楼道灯不亮", Text: "有居民反映3号楼楼道灯不亮，夜里出行不便。"}

// shown is a request of wang's that the board shows.
func (w *world) shown() model.RequestID {
	w.T.Helper()
	id := w.request()
	_, err := w.Propose(w.T.Context(), w.secretary, id, lamp, nil)
	w.Must(err)
	_, err = w.Approve(w.T.Context(), w.worker, id, nil)
	w.Must(err)
	return id
}

func (w *world) board(estate model.UnitID) []board.Item {
	w.T.Helper()
	items, err := w.Public(w.T.Context(), board.Filter{EstateID: estate}, model.Page{Limit: 100})
	w.Must(err)
	return items.Items
}

func TestNothingIsShownThatTwoHaveNotSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.request()
		first, err := w.Propose(ctx, w.secretary, id, lamp, nil)
		w.Must(err)
		if len(w.board(w.estate)) != 0 || first.Status != model.PublicProposed {
			t.Fatalf("%+v", first)
		}
		_, err = w.Approve(ctx, w.secretary, id, nil)
		w.ExpectFault(err, board.ErrOwnVersion)
		_, err = w.Approve(ctx, w.grid, id, nil)
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Approve(ctx, w.stranger, id, nil)
		w.ExpectFault(err, fault.ErrNotFound)
		again, err := w.Propose(ctx, w.secretary, id, board.Words{Title: lamp.Title, Text: lamp.Text, BuildingID: w.building}, &first.Version)
		w.Must(err)
		_, err = w.Approve(ctx, w.worker, id, &first.Version)
		w.ExpectFault(err, fault.ErrChangedMeanwhile) // not the words that the worker read
		w.Clock.Move(time.Minute)
		_, err = w.Approve(ctx, w.worker, id, &again.Version)
		w.Must(err)
		items := w.board(w.estate)
		if len(items) != 1 || items[0].Title != lamp.Title || items[0].BuildingID != w.building || items[0].Status != model.RequestAccepted || items[0].CameOn != "2026-11-23" {
			t.Fatalf("%+v", items)
		}
		if len(w.board(w.elsewhere)) != 0 || len(w.board(model.UnitID{})) != 1 {
			t.Error("it is shown elsewhere, or not in the county")
		}
		history, err := w.History(ctx, w.wang, id)
		if err != nil || len(history) != 3 {
			t.Errorf("%+v, %v", history, err)
		}
		inbox, err := w.Store.Messages.List(ctx, w.wang.User, model.Page{})
		if err != nil || len(inbox.Items) != 1 || inbox.Items[0].Kind != "request_shown" {
			t.Errorf("%+v, %v", inbox.Items, err)
		}
	})
}

func TestWhatWasApprovedStaysWhileOtherWordsWait(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.shown()
		since := w.board(w.estate)[0].PublishedOn
		w.Clock.Move(24 * time.Hour)
		_, err := w.Propose(ctx, w.worker, id, board.Words{Title: lamp.Title, Text: lamp.Text, Answer: "已换新灯。"}, nil)
		w.Must(err)
		if w.board(w.estate)[0].Answer != "" {
			t.Fatal("shown before it was approved")
		}
		_, err = w.Reject(ctx, w.secretary, id, nil, "请写明日期")
		w.Must(err)
		_, err = w.Approve(ctx, w.secretary, id, nil)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		_, err = w.Propose(ctx, w.worker, id, board.Words{Title: lamp.Title, Text: lamp.Text, Answer: "11月23日已换新灯。"}, nil)
		w.Must(err)
		_, err = w.Approve(ctx, w.secretary, id, nil)
		w.Must(err)
		now := w.board(w.estate)[0]
		if now.Answer != "11月23日已换新灯。" || now.PublishedOn != since {
			t.Fatalf("%+v", now)
		}
	})
}

// An id of ours says in which millisecond it was made: of a request, when it was submitted.
func TestThePublicKnowsARequestByAnIDThatTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.shown()
		public := w.board(w.estate)[0].ID
		if public[6]>>4 != 4 || public == model.PublicID(id) {
			t.Fatalf("%s is known as %s", id, public)
		}
		_, err := w.Propose(ctx, w.worker, id, board.Words{Title: lamp.Title, Text: lamp.Text, Answer: "已换新灯。"}, nil)
		w.Must(err)
		_, err = w.Approve(ctx, w.secretary, id, nil)
		w.Must(err)
		if item, err := w.Shown(ctx, public); err != nil || item.Answer != "已换新灯。" || item.ID != public {
			t.Errorf("%+v, %v", item, err)
		}
		_, err = w.Shown(ctx, model.PublicID(id))
		w.ExpectFault(err, fault.ErrNotFound)
		w.shown()
		first, err := w.Public(ctx, board.Filter{}, model.Page{Limit: 1})
		if err != nil || first.Next.ID != first.Items[0].ID {
			t.Errorf("%+v, %v", first, err) // a cursor is no secret
		}
	})
}

func TestTheSubmitterTakesItOffAtAnyTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.shown()
		_, err := w.Withdraw(ctx, w.secretary, id, " ")
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = w.Withdraw(ctx, w.stranger, id, "看着不顺眼")
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Withdraw(ctx, w.wang, id, "")
		w.Must(err)
		if len(w.board(w.estate)) != 0 {
			t.Fatal("it is shown still")
		}
		v, err := w.Service.Read(ctx, w.wang, id)
		w.Must(err)
		_, err = w.Shown(ctx, v.PublicID)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Withdraw(ctx, w.wang, id, "")
		w.ExpectFault(err, fault.ErrIllegalTransition)
	})
}

// TestWhatWasHeardInAGroupIsShownOnceItIsConfirmed.
func TestWhatWasHeardInAGroupIsShownOnceItIsConfirmed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		absentee := model.Absentee{
			ID: model.NewID[model.User](w.Clock.Now()), Source: model.SourceGroup, NameSealed: []byte{}, PhoneSealed: []byte{}, CodeHash: []byte{1},
			EnteredBy: w.worker.User, CreatedAt: w.Clock.Now(),
		}
		absentee.RequestID = w.request(func(r *model.Request) { r.Source, r.SubmitterID = model.SourceGroup, absentee.ID })
		w.Must(w.Store.Absentees.Add(ctx, &absentee))
		_, err := w.Propose(ctx, w.secretary, absentee.RequestID, lamp, nil)
		w.ExpectFault(err, board.ErrNotPublishable)
		w.Must(store.Held(w.Store.Absentees.SaveClaimed(ctx, absentee.ID, w.wang.User, w.Clock.Now())))
		_, err = w.Propose(ctx, w.secretary, absentee.RequestID, lamp, nil)
		w.Must(err)
	})
}

func TestWhatMustNotBeShownIsNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for name, change := range map[string]func(*model.Request){
			"sealed":    func(r *model.Request) { r.Identity = model.IdentitySealed },
			"submitted": func(r *model.Request) { r.Status = model.RequestSubmitted },
			"withdrawn": func(r *model.Request) { r.Status = model.RequestWithdrawn },
		} {
			if _, err := w.Propose(ctx, w.secretary, w.request(change), lamp, nil); !errors.Is(err, board.ErrNotPublishable) {
				t.Errorf("%s: %v", name, err)
			}
		}
		id := w.request()
		_, err := w.Propose(ctx, w.secretary, id, board.Words{Title: "灯", Text: "【违规】"}, nil)
		w.ExpectFault(err, fault.ErrContentRefused)
		v, err := w.Propose(ctx, w.secretary, id, board.Words{Title: "灯", Text: "【复核】"}, nil)
		if err != nil || !v.Held {
			t.Errorf("%+v, %v", v, err)
		}
		_, err = w.Propose(ctx, w.secretary, id, board.Words{Title: "灯", Text: "坏了", BuildingID: w.estate}, nil)
		w.ExpectFault(err, fault.ErrInvalid)
	})
}

func TestWhatIsKnownOfTheSubmitterIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.request()
		phone, err := account.NewPhone(w.Store, w.wang.User, "13900001111")
		w.Must(err)
		w.Must(w.Store.Phones.Add(ctx, phone))
		for _, words := range []board.Words{
			{Title: "王翠花反映灯不亮", Text: "灯不亮"},
			{Title: "灯不亮", Text: "请联系 139 0000 1111"},
			{Title: "灯不亮", Text: "灯不亮", Answer: "已电话告知王翠花"},
		} {
			_, err := w.Propose(ctx, w.secretary, id, words, nil)
			w.ExpectFault(err, board.ErrIdentifying)
		}
		_, err = w.Propose(ctx, w.secretary, id, board.Words{Title: "灯不亮", Text: "李翠兰家的灯不亮"}, nil)
		w.Must(err)
		// What becomes known later stops the approval.
		w.Must(w.Store.InTx(ctx, func(tx *store.Store) error {
			user, err := tx.Users.Get(ctx, w.wang.User)
			if err != nil {
				return err
			}
			user.Nickname = "李翠兰"
			_, err = tx.Users.SaveProfile(ctx, user)
			return err
		}))
		_, err = w.Approve(ctx, w.worker, id, nil)
		w.ExpectFault(err, board.ErrIdentifying)
	})
}

// Refusals must not tell whoever handles a request who it is that hides from them: half a roster in
// a text would be a question. The first one is on record, the second one ends it.
func TestWhoIsHiddenIsNotFoundByTryingNames(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.request(func(r *model.Request) { r.Identity = model.IdentityHidden })
		roster := board.Words{Title: "灯不亮", Text: "李翠兰、王翠花、赵翠娥家的灯不亮"}
		tries := func(key string) {
			t.Helper()
			_, err := w.Propose(ctx, w.secretary, id, roster, nil)
			w.Must(err)
			once := model.WithOnceKey(ctx, &model.OnceKey{Actor: w.worker.User, Operation: "approvePublicVersion", Key: key, Hash: make([]byte, 32)})
			for range 2 {
				_, err = w.Approve(once, w.worker, id, nil)
				w.ExpectFault(err, board.ErrReturned)
			}
			if f := new(fault.Error); errors.As(err, &f) && len(f.Fields) > 0 {
				t.Errorf("it says what it was: %+v", f.Fields)
			}
		}
		tries("first")
		w.expectSteps(id, model.ProposePublic, model.ReturnPublic)
		_, err := w.Approve(ctx, w.worker, id, nil)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		_, err = w.Propose(ctx, w.secretary, id, lamp, nil)
		w.Must(err)
		_, err = w.Approve(ctx, w.worker, id, nil)
		w.Must(err)

		tries("second")
		w.expectSteps(id, model.ProposePublic, model.ReturnPublic, model.ProposePublic, model.ApprovePublic, model.ProposePublic, model.BarPublic)
		v, err := w.Service.Read(ctx, w.worker, id)
		if err != nil || v.Status != model.PublicBarred || len(w.board(w.estate)) != 0 {
			t.Errorf("%+v, %v", v, err)
		}
		_, err = w.Propose(ctx, w.secretary, id, lamp, nil)
		w.ExpectFault(err, board.ErrNotPublishable)
		inbox, err := w.Store.Messages.List(ctx, w.wang.User, model.Page{})
		if err != nil || len(inbox.Items) != 2 || !slices.ContainsFunc(inbox.Items, func(m model.Message) bool { return m.Kind == "request_barred" }) {
			t.Errorf("%+v, %v", inbox.Items, err)
		}
		w.withdrawn(id) // and nothing stands in the way
	})
}

// expectSteps compares the way of a public version, and what is on record of staff's part in it.
func (w *world) expectSteps(id model.RequestID, want ...model.PublicVersionMove) {
	w.T.Helper()
	history, err := w.History(w.T.Context(), w.worker, id)
	w.Must(err)
	var got []model.PublicVersionMove
	for _, e := range history {
		got = append(got, e.Move)
	}
	record, err := w.Store.Audit.List(w.T.Context(), model.Page{})
	w.Must(err)
	acts := 0
	for _, e := range record.Items {
		if strings.HasPrefix(e.Action, "board.") {
			acts++
		}
	}
	if !slices.Equal(got, want) || acts != len(want) {
		w.T.Errorf("%v, not %v, and %d on record", got, want, acts)
	}
}

func TestWhatOthersEnteredCanBeShown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		row, err := proxy.NewRow(w.Store, proxy.Person{Name: "李奶奶", Phone: "13900002222"})
		w.Must(err)
		id := w.request(func(r *model.Request) { r.SubmitterID = row.ID })
		row.RequestID, row.EnteredBy = id, w.secretary.User
		w.Must(w.Store.Absentees.Add(ctx, &row))
		for _, text := range []string{"李奶奶家的灯不亮", "请打139 0000 2222"} {
			_, err = w.Propose(ctx, w.secretary, id, board.Words{Title: "灯不亮", Text: text}, nil)
			w.ExpectFault(err, board.ErrIdentifying)
		}
		_, err = w.Propose(ctx, w.secretary, id, lamp, nil)
		w.Must(err)
		_, err = w.Approve(ctx, w.worker, id, nil)
		w.Must(err)
	})
}

// withdrawn is a request that wang takes back.
func (w *world) withdrawn(id model.RequestID) {
	w.T.Helper()
	ctx := w.T.Context()
	w.Must(w.Store.InTx(ctx, func(tx *store.Store) error {
		r, err := tx.Requests.GetLocked(ctx, id)
		if err != nil {
			return err
		}
		e, err := r.Step(model.RequestEvent{Kind: model.MoveWithdrawal, To: model.RequestWithdrawn, ActorID: w.wang.User, Party: model.PartyResident, At: tx.Now()})
		if err != nil {
			return err
		}
		return w.RequestMoved(ctx, tx, r, e)
	}))
}

func TestARequestThatIsTakenBackLeavesTheBoard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.withdrawn(w.shown())
		if len(w.board(w.estate)) != 0 {
			t.Error("it is shown still")
		}
	})
}

func TestTheBoardIsPagedWithoutGapsOrDoubles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []model.RequestID
		for i := range 7 {
			if i%3 == 0 { // some are published in one millisecond
				w.Clock.Move(time.Minute)
			}
			want = append(want, w.shown())
		}
		var got []model.RequestID
		for page := (model.Page{Limit: 2}); ; {
			l, err := w.Public(t.Context(), board.Filter{EstateID: w.estate}, page)
			w.Must(err)
			for _, i := range l.Items {
				got = append(got, i.RequestID)
			}
			if page.After = l.Next; page.After == nil {
				break
			}
		}
		slices.SortFunc(want, model.RequestID.Compare)
		sorted := slices.Clone(got)
		slices.SortFunc(sorted, model.RequestID.Compare)
		if !slices.Equal(sorted, want) {
			t.Errorf("%d of %d", len(got), len(want))
		}
		desk, err := w.Desk(t.Context(), w.worker, w.community, model.PublicApproved, model.Page{Limit: 5})
		if err != nil || len(desk.Items) != 5 || desk.Next == nil {
			t.Errorf("%d, %v", len(desk.Items), err)
		}
	})
}

func TestOfTwoDecisionsOneCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.request()
		_, err := w.Propose(ctx, w.secretary, id, lamp, nil)
		w.Must(err)
		decided := w.AtOnce(8, func(i int) (err error) {
			if i%2 == 0 {
				_, err = w.Approve(ctx, w.worker, id, nil)
			} else {
				_, err = w.Reject(ctx, w.worker, id, nil, "不好")
			}
			return err
		}, fault.ErrIllegalTransition)
		if decided != 1 {
			t.Errorf("%d decisions counted", decided)
		}
	})
}
