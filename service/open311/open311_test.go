package open311_test

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
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/moderation/moderationtest"
	"jinlin/service/open311"
	"jinlin/service/org"
	"jinlin/service/push"
)

type world struct {
	storetest.World
	*open311.Service
	board                    *board.Service
	estate, branch           model.UnitID
	clerk, secretary, worker model.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := &world{World: storetest.World{T: t, Store: s, Clock: clock}}
		county := w.Unit(model.County, model.UnitID{})
		community := w.Unit(model.Community, w.Unit(model.Town, county))
		w.branch = w.Unit(model.Branch, community)
		now := clock.Now()
		estate := model.Unit{ID: model.NewID[model.Unit](now), ParentID: community, Kind: model.Estate, Name: "虹桥小区", ValidFrom: "2020-01-01", CreatedAt: now}
		other := model.Unit{ID: model.NewID[model.Unit](now), ParentID: community, Kind: model.Estate, Name: "天悦华庭", ValidFrom: "2020-01-01", CreatedAt: now}
		w.Must(s.Units.Add(t.Context(), &estate, &other))
		w.estate = estate.ID
		w.Cover(w.branch, w.estate)
		w.clerk, w.secretary, w.worker = w.Staff(model.CountyClerk, county), w.Staff(model.Secretary, w.branch), w.Staff(model.CommunityWorker, community)
		units := org.New(s)
		rights := access.New(s, units)
		pushes, texts := push.New(s, rights, units, nil, push.Settings{}), moderation.New(s, rights, units, moderationtest.Markers{})
		w.board = board.New(s, rights, units, texts, pushes)
		requests := mailbox.New(s, rights, units, texts, nil, pushes, mailbox.Defaults())
		w.Service = open311.New(s, rights, units, requests, w.board, "jin.gov.cn")
		test(t, w)
	})
}

func (w *world) client(limit int) (model.Open311Client, string) {
	w.T.Helper()
	client, key, err := w.Register(w.T.Context(), w.clerk, "市民服务热线", limit)
	w.Must(err)
	return client, key
}

func at(t time.Time) *time.Time { return &t }

func hole() open311.Form {
	return open311.Form{
		ServiceCode: "safety", Description: "井盖丢了", AddressString: "泽州路虹桥小区东门", Coordinates: "35.490700,112.850000",
		Attributes: []open311.Attribute{{Code: "q1", Value: "东门外"}},
	}
}

func TestAClientsRequestWaitsForAPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		client, key := w.client(5)
		known, err := w.Client(t.Context(), key)
		if err != nil || known.ID != client.ID {
			t.Fatalf("%+v, %v", known, err)
		}
		state, err := w.Submit(t.Context(), client, hole())
		w.Must(err)
		r, err := w.Store.Requests.Get(t.Context(), state.ID)
		w.Must(err)
		if r.Status != model.RequestSubmitted || r.Source != model.SourceOpen311 || r.EstateID != w.estate || r.Text != "井盖丢了" || r.Answers.Words() != "东门外" || r.Location != "泽州路虹桥小区东门" || r.Position != model.PositionOfGPS(35.4907, 112.85) {
			t.Errorf("%+v", r)
		}
		own, err := w.Named(t.Context(), &client, []open311.RequestID{open311.RequestID(state.ID)})
		if err != nil || len(own) != 1 || own[0].Public || own[0].Text != "" || own[0].ExpectedOn != model.DateOf(w.Clock.Now().Add(2*time.Hour)) {
			t.Errorf("%+v, %v", own, err)
		}
		many := make([]open311.RequestID, 0, open311.MaxNamed+1)
		for len(many) < 250 {
			many = append(many, open311.RequestID(model.RandomID[model.Request]()))
		}
		if own, err := w.Named(t.Context(), &client, append(many, open311.RequestID(state.ID), open311.RequestID(state.ID))); err != nil || len(own) != 1 {
			t.Errorf("among 250: %+v, %v", own, err)
		}
		for len(many) <= open311.MaxNamed {
			many = append(many, open311.RequestID(model.RandomID[model.Request]()))
		}
		_, err = w.Named(t.Context(), &client, many)
		w.ExpectFault(err, open311.ErrBadForm)
		others, _ := w.client(5)
		for _, stranger := range []*model.Open311Client{nil, &others} {
			if seen, err := w.Named(t.Context(), stranger, []open311.RequestID{open311.RequestID(state.ID)}); err != nil || len(seen) != 0 {
				t.Errorf("%+v, %v", seen, err)
			}
		}
	})
}

func TestAClientsLimitIsItsOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		client, _ := w.client(12) // a resident has ten a day
		done := w.AtOnce(16, func(int) error {
			_, err := w.Submit(t.Context(), client, hole())
			return err
		}, mailbox.ErrDailyLimit)
		if done != 12 {
			t.Errorf("%d of 12", done)
		}
	})
}

func TestAPlaceIsOneEstate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		client, _ := w.client(10)
		for _, place := range []string{"泽州路", "虹桥小区和天悦华庭之间"} {
			form := hole()
			form.AddressString = place
			_, err := w.Submit(t.Context(), client, form)
			w.ExpectFault(err, open311.ErrBadForm)
		}
		form := hole()
		form.AddressString, form.AddressID = "", w.estate.String()
		_, err := w.Submit(t.Context(), client, form)
		w.Must(err)
		form.AddressID = w.branch.String()
		_, err = w.Submit(t.Context(), client, form)
		w.ExpectFault(err, fault.ErrInvalid)
		form = hole()
		form.Attributes = []open311.Attribute{{Code: "q9", Value: "x"}}
		_, err = w.Submit(t.Context(), client, form)
		w.ExpectFault(err, open311.ErrBadForm)
		form.ServiceCode = "potholes"
		_, err = w.Submit(t.Context(), client, form)
		w.ExpectFault(err, open311.ErrNoService)
	})
}

func TestAKeyThatWasTakenAwayOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		client, key := w.client(5)
		w.ExpectFault(w.End(t.Context(), w.secretary, client.ID), fault.ErrForbidden)
		for range 2 {
			w.Must(w.End(t.Context(), w.clerk, client.ID))
		}
		for _, bad := range []string{key, "", "x"} {
			_, err := w.Client(t.Context(), bad)
			w.ExpectFault(err, open311.ErrNoKey)
		}
		clients, err := w.Clients(t.Context(), w.clerk, model.Page{})
		if err != nil || len(clients.Items) != 1 || clients.Items[0].EndedAt == nil {
			t.Errorf("%+v, %v", clients, err)
		}
	})
}

func TestWhatIsReadIsTheBoard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		client, _ := w.client(5)
		state, err := w.Submit(ctx, client, hole())
		w.Must(err)
		w.Must(w.Store.InTx(ctx, func(tx *store.Store) error { // a person looked at it
			r, err := tx.Requests.GetLocked(ctx, state.ID)
			if err != nil {
				return err
			}
			read := r.Version
			if _, err = r.Step(model.RequestEvent{Kind: model.MoveScreening, To: model.RequestScreened, Party: model.PartyStaff, At: tx.Now()}); err != nil {
				return err
			}
			_, err = tx.Requests.SaveMoved(ctx, r, read)
			return err
		}))
		_, err = w.board.Propose(ctx, w.secretary, state.ID, board.Words{Title: "井盖缺失", Text: "东门外缺一块井盖。"}, nil)
		w.Must(err)
		if found, err := w.Requests(ctx, open311.Filter{}); err != nil || len(found) != 0 {
			t.Fatalf("%+v, %v", found, err)
		}
		_, err = w.board.Approve(ctx, w.worker, state.ID, nil)
		w.Must(err)
		w.Clock.Move(time.Minute)
		for name, c := range map[string]struct {
			f    open311.Filter
			want int
		}{
			"all":         {open311.Filter{}, 1},
			"open":        {open311.Filter{Open: true}, 1},
			"closed":      {open311.Filter{Closed: true}, 0},
			"either":      {open311.Filter{Open: true, Closed: true}, 1},
			"its code":    {open311.Filter{Codes: []string{"parking", "safety"}}, 1},
			"other codes": {open311.Filter{Codes: []string{"parking"}}, 0},
			"no code":     {open311.Filter{Codes: slices.Repeat([]string{"no", "none"}, 20_000)}, 0},
			"its and no":  {open311.Filter{Codes: append(slices.Repeat([]string{"safety", "no"}, 20_000), "parking")}, 1},
			"today":       {open311.Filter{From: at(w.Clock.Now().Add(-time.Second)), To: at(w.Clock.Now())}, 1},
			"later":       {open311.Filter{From: at(w.Clock.Now().AddDate(0, 0, 1))}, 0},
			"long ago":    {open311.Filter{To: &time.Time{}}, 0},
			"far ahead":   {open311.Filter{From: at(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))}, 0},
			"before":      {open311.Filter{To: at(w.Clock.Now().AddDate(0, 0, -1))}, 0},
		} {
			found, err := w.Requests(ctx, c.f)
			if err != nil || len(found) != c.want {
				t.Errorf("%s: %+v, %v", name, found, err)
			}
		}
		w.expectNamed(client, state.ID)
		expected := model.DateOf(w.Clock.Now().Add(2 * time.Hour)) // what is about safety is urgent
		for overdue, wait := range []time.Duration{0, 24 * time.Hour} {
			w.Clock.Move(wait)
			found, err := w.Requests(ctx, open311.Filter{})
			if err != nil || len(found) != 1 || found[0].ExpectedOn != expected || found[0].Overdue != (overdue > 0) {
				t.Errorf("%+v, %v", found, err)
			}
		}
		_, err = w.Requests(ctx, open311.Filter{From: at(w.Clock.Now()), To: at(w.Clock.Now().AddDate(0, 4, 0))})
		w.ExpectFault(err, open311.ErrBadForm)
		w.Must(w.Jurisdiction("jin.gov.cn"))
		w.ExpectFault(w.Jurisdiction("else.gov.cn"), open311.ErrNoJurisdiction)
	})
}

// expectNamed reads what is shown of a client's request: the client by the id that it was given,
// everybody by the board's, and nobody else by the other.
func (w *world) expectNamed(client model.Open311Client, id model.RequestID) {
	w.T.Helper()
	shown, err := w.Requests(w.T.Context(), open311.Filter{})
	if err != nil || len(shown) != 1 || shown[0].ServiceID == open311.RequestID(id) {
		w.T.Fatalf("%+v, %v", shown, err)
	}
	given, public := open311.RequestID(id), shown[0].ServiceID
	for _, c := range []struct {
		who  *model.Open311Client
		asks open311.RequestID
		want int
	}{{&client, given, 1}, {&client, public, 1}, {nil, public, 1}, {nil, given, 0}} {
		found, err := w.Named(w.T.Context(), c.who, []open311.RequestID{c.asks})
		if today := model.DateOf(w.Clock.Now()).At(0, 0); len(found) > 0 && found[0].Updated.Equal(today) != (c.asks == public) {
			w.T.Errorf("updated at %s", found[0].Updated) // a second that nobody else knows tells who it was
		}
		if err != nil || len(found) != c.want || c.want > 0 && (found[0].ServiceID != c.asks || found[0].Title != "井盖缺失") {
			w.T.Errorf("%+v, %v", found, err)
		}
	}
}

// TestOldMatchesAreFoundBehindAThousandOthers: what a filter leaves out takes no place of what it
// asks for, whenever the board began to show it.
func TestOldMatchesAreFoundBehindAThousandOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, now := t.Context(), w.Clock.Now()
		var requests []*model.Request
		var shown []*model.PublicVersion
		for i := range open311.MaxRequests + 5 {
			r := &model.Request{
				ID: model.NewID[model.Request](now), SubmitterID: w.clerk.User, EstateID: w.estate, BranchID: w.branch, Status: model.RequestAccepted, Open: true,
				Category: "parking", DueAt: now, CreatedAt: now, UpdatedAt: now, Version: 1,
			}
			if i == 0 {
				r.Category, r.Status, r.Open, r.CreatedAt = "safety", model.RequestClosed, false, now.AddDate(0, 0, -40)
			}
			r.Receipt = r.ID.String()[4:]
			requests = append(requests, r)
			shown = append(shown, &model.PublicVersion{
				RequestID: r.ID, PublicID: model.RandomID[model.PublicVersion](), EstateID: w.estate, Category: r.Category, Status: model.PublicApproved, Shown: true, ShownTitle: "车位", AuthorID: w.clerk.User,
				CameAt: r.CreatedAt, PublishedAt: now, CreatedAt: now, UpdatedAt: now, Version: 2,
			})
		}
		w.Must(w.Store.Requests.Add(ctx, requests...))
		w.Must(w.Store.PublicVersions.Add(ctx, shown...))
		long := at(now.AddDate(0, 0, -40))
		for name, c := range map[string]struct {
			f    open311.Filter
			want int
		}{
			"all":            {open311.Filter{}, open311.MaxRequests},
			"closed":         {open311.Filter{Closed: true}, 1},
			"of its service": {open311.Filter{Codes: []string{"safety"}}, 1},
			"of its day":     {open311.Filter{From: long, To: long}, 1},
			"after it":       {open311.Filter{Closed: true, From: at(now.AddDate(0, 0, -39))}, 0},
		} {
			found, err := w.Requests(ctx, c.f)
			if err != nil || len(found) != c.want {
				t.Errorf("%s: %d, %v", name, len(found), err)
			}
		}
	})
}
