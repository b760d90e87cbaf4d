package grant_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/grant"
	"jinlin/service/org"
)

// stands is work that stands with a person as long as a role of a kind of unit is there.
type stands struct {
	kind  string
	n     int
	reach model.UnitID
	w     *world
}

func (s *stands) PersonalWork() model.Work {
	return model.Work{Kind: s.kind, Name: fault.Text{ZH: "件", EN: "things"}}
}

func (s *stands) CountPersonalWork(ctx context.Context, _ *store.Store, d model.Departure) (int, error) {
	left, err := d.Leaves(func(g model.Grant) (bool, error) { return s.w.org.Within(ctx, s.reach, g.UnitID) })
	if err != nil || !left {
		return 0, err
	}
	return s.n, nil
}

// working is the world with work of two kinds in a grid, of which the elder is the worker.
func (w *world) working() (grid model.UnitID, g model.Grant, leads, shifts *stands) {
	w.T.Helper()
	grid = w.Unit(model.Grid, w.community)
	leads, shifts = &stands{"leads", 2, grid, w}, &stands{"shifts", 0, grid, w}
	w.Service = grant.New(w.Store, w.access, w.org, w.told, true, leads, shifts)
	g, err := w.gives(w.member, model.GridWorker, grid)
	w.Must(err)
	w.Clock.Move(time.Minute)
	return grid, g, leads, shifts
}

func TestARoleDoesNotEndWhileWorkStandsWithThePerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		grid, g, leads, shifts := w.working()
		err := w.End(t.Context(), w.member, g.ID)
		w.ExpectFault(err, grant.ErrInHand)
		if f := fault.From(err).Fields; len(f) != 1 || f[0].Path != "leads" || f[0].Message.ZH != "还有2件。" {
			t.Errorf("%+v", f)
		}
		if !w.may(access.MailboxHandle, grid) || len(w.told.notices) != 1 {
			t.Errorf("the role is gone, %+v", w.told.notices)
		}
		shifts.n = 7
		if f := fault.From(w.End(t.Context(), w.member, g.ID)).Fields; len(f) != 2 || f[1].Path != "shifts" {
			t.Errorf("%+v", f)
		}
		_, err = w.gives(w.member, model.CommunityWorker, w.community) // which reaches all of it
		w.Must(err)
		w.Must(w.End(t.Context(), w.member, g.ID))
		leads.n, shifts.n = 0, 0
		held, err := w.Store.Grants.ListByUser(t.Context(), w.elder.User)
		w.Must(err)
		w.Must(w.End(t.Context(), w.member, held[0].ID))
	})
}

func TestWorkKeepsNobodyFromEndingARoleItDoesNotRestOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.working()
		keeper, err := w.gives(w.member, model.ShopKeeper, w.community)
		w.Must(err)
		w.Must(w.End(t.Context(), w.member, keeper.ID))
		proposed, err := w.gives(w.clerk, model.Auditor, w.county)
		w.Must(err)
		w.Must(w.End(t.Context(), w.clerk, proposed.ID))
	})
}

func TestAGridWorkerBecomesACommunityWorker(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, g, _, _ := w.working()
		made, err := w.Move(t.Context(), w.member, grant.Moving{
			UserID: w.elder.User, From: g.ID, Role: model.CommunityWorker, UnitID: w.community, Reason: " 通过选聘考试 ",
		})
		w.Must(err)
		if !made.Begun.ValidFrom.Equal(*made.Ended.ValidTo) || !made.Begun.ValidFrom.Equal(w.Clock.Now()) || made.Begun.Reason != "通过选聘考试" {
			t.Errorf("%+v", made)
		}
		if !w.may(access.TeamManage, w.community) || w.told.last(w.elder) != "您的工作角色有调整" {
			t.Errorf("%+v", w.told.notices)
		}
		list, err := w.List(t.Context(), w.member, grant.Filter{UserID: w.elder.User}, model.Page{})
		w.Must(err)
		if len(list.Items) != 2 || list.Items[0].ID != made.Begun.ID || list.Items[1].EndedBy != w.member.User || list.Items[1].Live != nil {
			t.Errorf("%+v", list.Items)
		}
		record, err := w.Store.Audit.List(t.Context(), model.Page{})
		if err != nil || record.Items[0].Action != "grant.move" {
			t.Errorf("%+v, %v", record.Items, err)
		}
		_, err = w.Move(t.Context(), w.member, grant.Moving{UserID: w.elder.User, From: g.ID, Role: model.PartTimeMember, UnitID: w.community})
		w.ExpectFault(err, fault.ErrIllegalTransition)
	})
}

func TestAMoveOnADayToCome(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		grid, g, _, _ := w.working()
		day := model.DateOf(w.Clock.Now()).AddDays(3)
		_, err := w.Move(t.Context(), w.member, grant.Moving{UserID: w.elder.User, From: g.ID, Role: model.CommunityWorker, UnitID: w.community, On: day})
		w.Must(err)
		_, err = w.gives(w.member, model.GridWorker, grid)
		w.ExpectFault(err, grant.ErrGranted) // until that day
		if w.may(access.TeamManage, w.community) || !w.may(access.MailboxHandle, grid) {
			t.Error("it is not that day yet")
		}
		w.Clock.Set(day.At(0, 0))
		held, err := w.Store.Grants.ListByUser(t.Context(), w.elder.User)
		if err != nil || len(held) != 1 || !w.may(access.TeamManage, w.community) {
			t.Errorf("%+v, %v", held, err)
		}
	})
}

func TestMovesThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		grid, g, _, _ := w.working()
		other := w.Unit(model.Grid, w.community)
		secretary := w.Staff(model.Secretary, w.branch)
		held, err := w.Store.Grants.ListByUser(t.Context(), secretary.User)
		w.Must(err)
		good := grant.Moving{UserID: w.elder.User, From: g.ID, Role: model.CommunityWorker, UnitID: w.community}
		for what, c := range map[string]struct {
			by    model.Actor
			spoil func(m *grant.Moving)
			want  error
		}{
			"by a resident":            {w.elder, func(*grant.Moving) {}, fault.ErrForbidden},
			"of somebody else":         {w.member, func(m *grant.Moving) { m.UserID = w.second.User }, fault.ErrNotFound},
			"of no role":               {w.member, func(m *grant.Moving) { m.From = model.NewID[model.Grant](w.Clock.Now()) }, fault.ErrNotFound},
			"into another town":        {w.member, func(m *grant.Moving) { m.UnitID = w.elsewhere }, fault.ErrNotFound},
			"beyond the giver":         {w.member, func(m *grant.Moving) { m.Role, m.UnitID = model.TownCommittee, w.town }, access.ErrNotTheirs},
			"into what takes two":      {w.clerk, func(m *grant.Moving) { m.Role, m.UnitID = model.Auditor, w.community }, grant.ErrNotByMove},
			"of a secretary":           {w.member, func(m *grant.Moving) { m.UserID, m.From = secretary.User, held[0].ID }, grant.ErrNotByMove},
			"into the same":            {w.member, func(m *grant.Moving) { m.Role, m.UnitID = model.GridWorker, grid }, fault.ErrInvalid},
			"in a unit of another":     {w.member, func(m *grant.Moving) { m.UnitID = w.branch }, fault.ErrInvalid},
			"yesterday":                {w.member, func(m *grant.Moving) { m.On = "2026-11-22" }, org.ErrPast},
			"that leaves work behind":  {w.member, func(m *grant.Moving) { m.Role, m.UnitID = model.GridWorker, other }, grant.ErrInHand},
			"that leaves it on a day":  {w.member, func(m *grant.Moving) { m.Role, m.UnitID, m.On = model.GridWorker, other, "2027-01-01" }, grant.ErrInHand},
			"by themselves, of course": {w.clerk, func(m *grant.Moving) { m.UserID = w.clerk.User }, fault.ErrNotFound},
		} {
			m := good
			c.spoil(&m)
			if _, err := w.Move(t.Context(), c.by, m); !errors.Is(err, c.want) {
				t.Errorf("%s: %v instead of %v", what, err, c.want)
			}
		}
		after, err := w.Store.Grants.ListByUser(t.Context(), w.elder.User)
		if err != nil || len(after) != 1 || after[0].ID != g.ID || after[0].ValidTo != nil {
			t.Errorf("%+v, %v", after, err)
		}
	})
}

func TestAMoveAndAnEndAtOnceAreOneStory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, g, leads, _ := w.working()
		leads.n = 0
		moved := w.AtOnce(6, func(i int) error {
			if i%2 == 0 {
				return w.End(t.Context(), w.member, g.ID)
			}
			_, err := w.Move(t.Context(), w.member, grant.Moving{UserID: w.elder.User, From: g.ID, Role: model.CommunityWorker, UnitID: w.community})
			return err
		}, fault.ErrIllegalTransition, fault.ErrInvalid, grant.ErrGranted)
		all, err := w.List(t.Context(), w.clerk, grant.Filter{UserID: w.elder.User}, model.Page{})
		if err != nil || moved < 3 || len(all.Items) > 2 { // every end is said to be done, and one move at most
			t.Errorf("%d done, %+v, %v", moved, all.Items, err)
		}
	})
}

func TestAClerkFindsAPersonByTheirNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		phone, err := account.NewPhone(w.Store, w.elder.User, "13800001111")
		w.Must(err)
		w.Must(w.Store.Phones.Add(t.Context(), phone))
		found, err := w.Find(t.Context(), w.member, "138 0000 1111")
		if err != nil || found != (grant.Found{ID: w.elder.User, Nickname: "郭志强", Masked: "138****1111"}) {
			t.Errorf("%+v, %v", found, err)
		}
		_, err = w.Find(t.Context(), w.member, "13800002222")
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.Find(t.Context(), w.member, "1380000")
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = w.Find(t.Context(), w.elder, "13800001111")
		w.ExpectFault(err, fault.ErrForbidden)
		record, err := w.Store.Audit.List(t.Context(), model.Page{})
		if err != nil || len(record.Items) != 2 || record.Items[0].Action != "staff.lookup" {
			t.Fatalf("a look that finds nobody is on record too: %+v, %v", record.Items, err)
		}
		for range grant.PerDay - 2 {
			_, err = w.Find(t.Context(), w.member, "13800002222")
			w.ExpectFault(err, fault.ErrNotFound)
		}
		_, err = w.Find(t.Context(), w.member, "13800001111")
		w.ExpectFault(err, fault.ErrRateLimited)
		_, err = w.Find(t.Context(), w.clerk, "13800001111")
		w.Must(err)
	})
}
