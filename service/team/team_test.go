package team_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/team"
)

// world is a single branch whose estate has two buildings in two grids, each with a group
// and a worker.
type world struct {
	storetest.World
	*team.Service

	community, branch, estate, elsewhere model.UnitID
	building, second                     model.UnitID
	secretary, worker, other, wang       model.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, Service: team.New(s, access.New(s, units), units)}
	w.community = w.Unit(model.Community, w.Unit(model.County, model.UnitID{}))
	w.estate, w.elsewhere, w.branch = w.Unit(model.Estate, w.community), w.Unit(model.Estate, w.community), w.Unit(model.Branch, w.community)
	w.building, w.second = w.Unit(model.Building, w.estate), w.Unit(model.Building, w.estate)
	w.Cover(w.branch, w.estate)
	w.Cover(w.Unit(model.Branch, w.community), w.elsewhere)
	w.secretary = w.Staff(model.Secretary, w.branch)
	for i, building := range []model.UnitID{w.building, w.second} {
		grid := w.Unit(model.Grid, w.community)
		w.Cover(grid, building)
		w.Cover(w.Unit(model.Group, w.branch), grid)
		*[]*model.Actor{&w.worker, &w.other}[i] = w.Staff(model.GridWorker, grid)
	}
	w.wang = w.Person("王女士")
	w.LivesIn(w.wang, w.estate, w.building)
	return w
}

func (w *world) adds(unit model.UnitID, j team.Joining) model.TeamMember {
	w.T.Helper()
	w.Clock.Move(time.Millisecond) // ids are in order of time
	m, err := w.Add(w.T.Context(), w.secretary, unit, j)
	w.Must(err)
	return m
}

func names(t team.Team) (names []string) {
	for _, m := range t.Members {
		names = append(names, m.Name)
	}
	return names
}

func TestAHouseholdHasOneSecretaryOneWorkerAndTheMembersOfItsPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.adds(w.branch, team.Joining{Role: model.Police, Name: "片警老韩", Phone: "138 0000 0001"})
		w.adds(w.estate, team.Joining{Role: model.PropertyFirm, Name: "物业小任", Phone: "13800000002"})
		w.adds(w.building, team.Joining{Role: model.BuildingHead, Name: "楼长老安", UserID: w.wang.User})
		w.adds(w.second, team.Joining{Role: model.BuildingHead, Name: "楼长老田"})
		for place, want := range map[model.UnitID]struct {
			worker model.Actor
			names  []string
		}{
			w.building: {w.worker, []string{"片警老韩", "物业小任", "楼长老安"}},
			w.second:   {w.other, []string{"片警老韩", "物业小任", "楼长老田"}},
			w.estate:   {w.worker, []string{"片警老韩", "物业小任"}},
			w.branch:   {w.worker, []string{"片警老韩"}},
		} {
			found, err := w.TeamOf(t.Context(), place)
			w.Must(err)
			if place == w.building && !slices.Equal(found.People(), []model.UserID{w.secretary.User, w.worker.User, w.wang.User}) {
				t.Errorf("%v", found.People())
			}
			workers := []model.UserID{w.worker.User, w.other.User}
			right := found.Worker.User == want.worker.User || (place == w.estate || place == w.branch) && slices.Contains(workers, found.Worker.User)
			if found.Branch.ID != w.branch || found.Secretary.User != w.secretary.User || !right || !slices.Equal(names(found), want.names) {
				t.Errorf("%s: %+v", w.Read(place).Kind, found)
			}
		}
		mine, err := w.Mine(t.Context(), w.wang, model.UnitID{}, model.UnitID{})
		w.Must(err)
		if got := mine.Phones[mine.Members[0].ID]; got != "13800000001" || len(mine.Phones) != 2 || len(mine.Members) != 3 {
			t.Errorf("%q of %+v", got, mine.Members)
		}
		_, err = w.TeamOf(t.Context(), w.community)
		w.ExpectFault(err, org.ErrNoBranch)
	})
}

func TestOthersSeeTheTelephonesMasked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.adds(w.branch, team.Joining{Role: model.Volunteer, Name: "热心人", Phone: "13800000001"})
		neighbour := w.Person("别处居民")
		w.LivesIn(neighbour, w.elsewhere, w.Unit(model.Building, w.elsewhere))
		seen, err := w.Mine(t.Context(), neighbour, w.estate, model.UnitID{})
		w.Must(err)
		if seen.Phones[m.ID] != "138****0001" {
			t.Errorf("somebody from elsewhere sees %q", seen.Phones[m.ID])
		}
		_, phones, err := w.Roster(t.Context(), w.secretary, w.branch, model.Page{})
		if err != nil || phones[m.ID] != "138****0001" {
			t.Errorf("staff see %q, %v", phones[m.ID], err)
		}
		stored, err := w.Store.TeamMembers.Get(t.Context(), m.ID)
		if err != nil || len(stored.PhoneSealed) == 0 || slices.Contains([]string{"13800000001"}, string(stored.PhoneSealed)) {
			t.Errorf("%+v, %v", stored, err)
		}
		_, err = w.Mine(t.Context(), w.Person("无住处"), model.UnitID{}, model.UnitID{})
		w.ExpectFault(err, fault.ErrInvalid)
	})
}

func TestOneLeadWorkerWhoWorksThere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lead := team.Joining{Role: model.LeadWorker, Name: "小齐", UserID: w.other.User}
		named := w.adds(w.branch, lead)
		for _, place := range []model.UnitID{w.building, w.second, w.branch} {
			found, err := w.TeamOf(t.Context(), place)
			if err != nil || found.Worker != (org.Holder{User: w.other.User, Name: "小齐"}) {
				t.Errorf("%+v, %v", found.Worker, err)
			}
		}
		_, err := w.Add(t.Context(), w.secretary, w.branch, team.Joining{Role: model.LeadWorker, Name: "小邢", UserID: w.worker.User})
		w.ExpectFault(err, team.ErrMember)
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.other.User)
		w.Must(err)
		w.Must(w.Store.Grants.SaveEnded(t.Context(), grants[0].ID, w.Clock.Now()))
		if found, err := w.TeamOf(t.Context(), w.branch); err != nil || found.Worker.User != w.worker.User || len(found.Members) != 0 {
			t.Errorf("whoever does not work there any more leads: %+v, %v", found, err)
		}
		w.Must(w.End(t.Context(), w.secretary, named.ID))
		w.adds(w.branch, team.Joining{Role: model.LeadWorker, Name: "小邢", UserID: w.worker.User})
	})
}

func TestAPlaceInATeamIsDated(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tomorrow := model.DateOf(w.Clock.Now()).AddDays(1)
		m := w.adds(w.branch, team.Joining{Role: model.Lawyer, Name: "智律师", From: tomorrow})
		members := func() int {
			t.Helper()
			found, err := w.TeamOf(t.Context(), w.estate)
			w.Must(err)
			return len(found.Members)
		}
		if members() != 0 {
			t.Error("before the first day")
		}
		_, err := w.Add(t.Context(), w.secretary, w.branch, team.Joining{Role: model.Lawyer, Name: "智律师"})
		w.ExpectFault(err, team.ErrMember)
		w.Clock.Move(48 * time.Hour)
		if members() != 1 {
			t.Error("after the first day")
		}
		w.Must(w.End(t.Context(), w.secretary, m.ID))
		w.Clock.Move(time.Minute)
		w.ExpectFault(w.End(t.Context(), w.secretary, m.ID), team.ErrEnded)
		roster, _, err := w.Roster(t.Context(), w.secretary, w.branch, model.Page{})
		if err != nil || members() != 0 || len(roster.Items) != 1 || *roster.Items[0].ValidTo != tomorrow.AddDays(1) || roster.Items[0].EndedBy != w.secretary.User {
			t.Errorf("%+v, %v", roster.Items, err)
		}
		w.adds(w.branch, team.Joining{Role: model.Lawyer, Name: "智律师"})
		record, err := w.Store.Audit.List(t.Context(), model.Page{})
		if err != nil || len(record.Items) != 3 || record.Items[1].Action != "team.end" {
			t.Errorf("%+v, %v", record.Items, err)
		}
	})
}

func TestWhoCannotBeTakenIntoATeam(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := team.Joining{Role: model.Volunteer, Name: "热心人"}
		for what, c := range map[string]struct {
			by    model.Actor
			unit  model.UnitID
			spoil func(j *team.Joining)
			want  error
		}{
			"by a resident":       {w.wang, w.branch, func(*team.Joining) {}, fault.ErrForbidden},
			"of another branch":   {w.secretary, w.elsewhere, func(*team.Joining) {}, fault.ErrNotFound},
			"of a community":      {w.Staff(model.CommunityWorker, w.community), w.community, func(*team.Joining) {}, fault.ErrInvalid},
			"a king":              {w.secretary, w.branch, func(j *team.Joining) { j.Role = "king" }, fault.ErrInvalid},
			"without a name":      {w.secretary, w.branch, func(j *team.Joining) { j.Name = " " }, fault.ErrInvalid},
			"with half a number":  {w.secretary, w.branch, func(j *team.Joining) { j.Phone = "1380000" }, fault.ErrInvalid},
			"since yesterday":     {w.secretary, w.branch, func(j *team.Joining) { j.From = "2026-01-01" }, fault.ErrInvalid},
			"who has no account":  {w.secretary, w.branch, func(j *team.Joining) { j.UserID = model.NewID[model.User](w.Clock.Now()) }, fault.ErrInvalid},
			"a lead from nowhere": {w.secretary, w.branch, func(j *team.Joining) { j.Role, j.UserID = model.LeadWorker, w.wang.User }, fault.ErrInvalid},
			"a lead of an estate": {w.secretary, w.estate, func(j *team.Joining) { j.Role, j.UserID = model.LeadWorker, w.other.User }, fault.ErrInvalid},
		} {
			j := good
			c.spoil(&j)
			if _, err := w.Add(t.Context(), c.by, c.unit, j); !errors.Is(err, c.want) {
				t.Errorf("%s: %v instead of %v", what, err, c.want)
			}
		}
	})
}

func TestOfManyLeadsNamedAtOnceOneLeads(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		named := w.AtOnce(8, func(i int) error {
			who := []model.Actor{w.worker, w.other}[i%2]
			_, err := w.Add(t.Context(), w.secretary, w.branch, team.Joining{Role: model.LeadWorker, Name: "牵头人" + string(rune('甲'+i)), UserID: who.User})
			return err
		}, team.ErrMember)
		if n, err := w.Store.TeamMembers.CountLive(t.Context(), w.branch); named != 1 || n != 1 || err != nil {
			t.Fatalf("%d named, %d kept, %v", named, n, err)
		}
	})
}

// The race above would see two leads: this is what it sees without the unique key, when
// somebody looks whether there is one and then names another.
func TestPowerLookingForTheLeadFirstNamesTwo(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		looked := make(chan struct{}, 2)
		meet := make(chan struct{})
		go func() {
			<-looked
			<-looked
			close(meet)
		}()
		named := w.AtOnce(2, func(i int) error {
			var n int
			err := past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM team_members WHERE unit_id = ? AND role = 'lead_worker'", w.branch[:]).Scan(&n)
			looked <- struct{}{}
			<-meet
			if err != nil || n > 0 {
				return errors.Join(err, team.ErrMember)
			}
			return s.TeamMembers.Add(t.Context(), &model.TeamMember{
				ID: model.NewID[model.TeamMember](clock.Now()), UnitID: w.branch, Role: model.LeadWorker, Name: "牵头人" + string(rune('甲'+i)),
				PhoneSealed: []byte{}, ValidFrom: "2026-01-01", AddedBy: w.secretary.User, CreatedAt: clock.Now(),
			})
		}, team.ErrMember)
		if named != 2 {
			t.Fatalf("the naive way named %d", named)
		}
	})
}

func TestAMemberIsChangedAsWhoeverReadItWants(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.adds(w.branch, team.Joining{Role: model.Volunteer, Name: "热心人", Phone: "13800000001"})
		w.adds(w.branch, team.Joining{Role: model.Volunteer, Name: "老田"})
		name, phone, task, none, read := " 热心的人 ", "13800000002", "代办", "", m.Version
		changed, err := w.Change(t.Context(), w.secretary, m.ID, &read, team.Change{Name: &name, Phone: &phone, Task: &task})
		if err != nil || changed.Name != "热心的人" || changed.Task != "代办" || changed.Version != read+1 {
			t.Errorf("%+v, %v", changed, err)
		}
		if _, phones, err := w.Member(t.Context(), w.secretary, m.ID); err != nil || phones[m.ID] != "138****0002" {
			t.Errorf("%v, %v", phones, err)
		}
		_, err = w.Change(t.Context(), w.secretary, m.ID, &read, team.Change{Task: &none})
		w.ExpectFault(err, fault.ErrChangedMeanwhile)
		taken := "老田"
		_, err = w.Change(t.Context(), w.secretary, m.ID, nil, team.Change{Name: &taken})
		w.ExpectFault(err, team.ErrMember)
		half := "138"
		for _, c := range []team.Change{{Name: &none}, {Phone: &half}} {
			_, err = w.Change(t.Context(), w.secretary, m.ID, nil, c)
			w.ExpectFault(err, fault.ErrInvalid)
		}
		_, err = w.Change(t.Context(), w.wang, m.ID, nil, team.Change{Task: &none})
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Change(t.Context(), w.secretary, m.ID, nil, team.Change{Phone: &none})
		w.Must(err)
		if _, phones, err := w.Member(t.Context(), w.secretary, m.ID); err != nil || len(phones) != 0 {
			t.Errorf("%v, %v", phones, err)
		}
		w.Must(w.End(t.Context(), w.secretary, m.ID))
		_, err = w.Change(t.Context(), w.secretary, m.ID, nil, team.Change{Task: &task})
		w.ExpectFault(err, team.ErrEnded)
	})
}

func TestOfManyWhoChangeWhatTheyReadOneDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.adds(w.branch, team.Joining{Role: model.Volunteer, Name: "热心人"})
		changed := w.AtOnce(6, func(i int) error {
			task := "第" + string(rune('一'+i)) + "件"
			_, err := w.Change(t.Context(), w.secretary, m.ID, &m.Version, team.Change{Task: &task})
			return err
		}, fault.ErrChangedMeanwhile)
		if changed != 1 {
			t.Errorf("%d changed it", changed)
		}
	})
}

func TestTheLeadOfTheGridLeadsTheTeam(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.worker.User)
		w.Must(err)
		promoted := w.Staff(model.CommunityWorker, w.community)
		w.Must(w.Store.GridLeads.Add(t.Context(), &model.GridLead{
			ID: model.NewID[model.GridLead](w.Clock.Now()), GridID: grants[0].UnitID, UserID: promoted.User, ValidFrom: "2026-01-01",
			Live: model.Lasting(), AppointedBy: w.secretary.User, CreatedAt: w.Clock.Now(),
		}))
		for place, want := range map[model.UnitID]model.Actor{w.building: promoted, w.second: w.other} {
			if found, err := w.TeamOf(t.Context(), place); err != nil || found.Worker.User != want.User {
				t.Errorf("%+v, %v", found.Worker, err)
			}
		}
	})
}
