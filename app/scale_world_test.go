package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/calendar"
	"jinlin/service/duty"
	"jinlin/service/mybranch"
	"jinlin/service/org"
	"jinlin/service/residence"
	"jinlin/service/roster"
	"jinlin/service/station"
)

// How a county is built: 36 flats to a building, some 500 to an estate, as in the demo county.
const (
	flatsBehindADoor  = 12
	flatsInABuilding  = 3 * flatsBehindADoor
	buildingsOfEstate = 14
	buildingsOfGrid   = 7
	estatesTogether   = 10 // in a community
	communitiesOfTown = 20
	branchesOfStation = 3
	flatsAnAccount    = 5 // of which one has somebody with an account
	accountsARequest  = 4 // of which one has asked for something
	onceWritten       = 5000
)

// big is a county of so many households; every household is on the roster, and the people
// with accounts have a number that is. Every other one has registered where they live.
type big struct {
	*store.Store
	t          testing.TB
	households int
	made       int // rows that have an id, each a millisecond after the other

	county                                       model.UnitID
	towns, communities, estates, branches, grids []model.UnitID
	stations, buildings                          []model.UnitID
	users                                        []model.UserID

	org      *org.Service
	access   *access.Service
	account  *account.Service
	home     *residence.Service
	myBranch *mybranch.Service
}

// silent tells nobody anything.
type silent struct{}

func (silent) Tell(context.Context, *store.Store, model.Notice) error { return nil }

func newBig(t testing.TB, databaseURL string, households int) *big {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: databaseURL, Keys: storetest.Keys()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := &big{Store: s, t: t, households: households, org: org.New(s)}
	b.access = access.New(s, b.org)
	b.account = account.New(s, nil, nil, silent{}, nil)
	b.home = residence.New(s, b.access, b.org, silent{}, false)
	days := calendar.New(s, b.access)
	stations := station.New(s, b.access, b.org, days)
	b.myBranch = mybranch.New(s, b.org, stations, duty.New(s, b.access, b.org, days, stations, silent{}))
	b.build()
	b.settle()
	b.people()
	b.staff()
	return b
}

// at is when the next row was made: ids in order of time, as they come in life.
func (b *big) at() time.Time {
	b.made++
	return time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(b.made) * time.Millisecond)
}

// write writes n rows, as many at once as one transaction bears.
func write[T any](b *big, n int, add func(*store.Store) func(context.Context, ...*T) error, row func(i int) *T) {
	b.t.Helper()
	for from := 0; from < n; from += onceWritten {
		rows := make([]*T, min(onceWritten, n-from))
		for i := range rows {
			rows[i] = row(from + i)
		}
		b.must(b.InTx(b.t.Context(), func(tx *store.Store) error { return add(tx)(b.t.Context(), rows...) }))
	}
}

func (b *big) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// units makes n units, the i-th below the parent that is given for it, and says which.
func (b *big) units(kind model.UnitKind, n int, parent func(i int) model.UnitID) []model.UnitID {
	b.t.Helper()
	ids := make([]model.UnitID, n)
	write(b, n, func(s *store.Store) func(context.Context, ...*model.Unit) error { return s.Units.Add }, func(i int) *model.Unit {
		u := &model.Unit{Kind: kind, Name: fmt.Sprintf("%s %d", kind, i+1), ParentID: parent(i), ValidFrom: "2020-01-01", CreatedAt: b.at()}
		if kind == model.Branch {
			u.BranchType = model.SingleBranch
		}
		u.ID = model.NewID[model.Unit](u.CreatedAt)
		ids[i] = u.ID
		return u
	})
	return ids
}

// covers lets units lead or cover others, the i-th of these by the one that is given for it.
func (b *big) covers(covered []model.UnitID, by func(i int) model.UnitID) {
	b.t.Helper()
	write(b, len(covered), func(s *store.Store) func(context.Context, ...*model.Cover) error { return s.Covers.Add }, func(i int) *model.Cover {
		return &model.Cover{UnitID: by(i), CoveredID: covered[i], ValidFrom: "2020-01-01"}
	})
}

// parts is how many groups of a size hold n things.
func parts(n, size int) int { return (n + size - 1) / size }

// build makes the places and the Party's units.
func (b *big) build() {
	buildings := parts(b.households, flatsInABuilding)
	estates := parts(buildings, buildingsOfEstate)
	communities := parts(estates, estatesTogether)
	among := func(ids []model.UnitID, size int) func(i int) model.UnitID {
		return func(i int) model.UnitID { return ids[i/size] }
	}
	b.county = b.units(model.County, 1, func(int) model.UnitID { return model.UnitID{} })[0]
	b.towns = b.units(model.Town, parts(communities, communitiesOfTown), func(int) model.UnitID { return b.county })
	b.communities = b.units(model.Community, communities, among(b.towns, communitiesOfTown))
	b.estates = b.units(model.Estate, estates, among(b.communities, estatesTogether))
	b.branches = b.units(model.Branch, estates, among(b.communities, estatesTogether))
	groups := b.units(model.Group, estates, among(b.branches, 1))
	b.grids = b.units(model.Grid, parts(buildings, buildingsOfGrid), among(b.communities, estatesTogether*buildingsOfEstate/buildingsOfGrid))
	b.stations = b.units(model.Station, parts(estates, branchesOfStation), func(i int) model.UnitID { return b.communities[i*branchesOfStation/estatesTogether] })
	b.buildings = b.units(model.Building, buildings, among(b.estates, buildingsOfEstate))
	organisations := b.units(model.Organisation, communities, among(b.communities, 1))
	committees := b.units(model.Committee, len(b.towns), among(b.towns, 1))
	b.covers(b.communities, among(organisations, 1))
	b.covers(b.towns, among(committees, 1))
	b.covers(b.estates, among(b.branches, 1))
	b.covers(b.branches, among(b.stations, branchesOfStation))
	b.covers(b.buildings, among(b.grids, buildingsOfGrid))
	b.covers(b.grids, func(i int) model.UnitID { return groups[i*buildingsOfGrid/buildingsOfEstate] })
}

// flat is the door of a household: its building, stairwell and room.
func flat(i int) (building int, stairwell, room string) {
	in := i % flatsInABuilding
	n := in % flatsBehindADoor
	return i / flatsInABuilding, fmt.Sprint(in/flatsBehindADoor + 1), fmt.Sprintf("%d%02d", n/2+1, n%2+1)
}

// number is the mobile number of a household.
func number(i int) string { return fmt.Sprintf("139%08d", i) }

// settle makes stairwells and households, and the roster.
func (b *big) settle() {
	doors := parts(b.households, flatsBehindADoor)
	stairwells := make([]model.StairwellID, doors)
	write(b, doors, func(s *store.Store) func(context.Context, ...*model.Stairwell) error { return s.Stairwells.Add }, func(i int) *model.Stairwell {
		building, name, _ := flat(i * flatsBehindADoor)
		at := b.at()
		stairwells[i] = model.NewID[model.Stairwell](at)
		return &model.Stairwell{
			ID: stairwells[i], EstateID: b.estates[building/buildingsOfEstate], BuildingID: b.buildings[building], Name: name,
			ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: at,
		}
	})
	write(b, b.households, func(s *store.Store) func(context.Context, ...*model.Household) error { return s.Households.Add }, func(i int) *model.Household {
		building, _, room := flat(i)
		at := b.at()
		return &model.Household{
			ID: model.NewID[model.Household](at), EstateID: b.estates[building/buildingsOfEstate], BuildingID: b.buildings[building],
			StairwellID: stairwells[i/flatsBehindADoor], Room: room, ValidFrom: "2020-01-01", Live: model.Lasting(), CreatedAt: at,
		}
	})
	for from := 0; from < b.households; from += store.MaxBatch {
		lines := make([]roster.Line, min(store.MaxBatch, b.households-from))
		for i := range lines {
			building, stairwell, room := flat(from + i)
			lines[i] = roster.Line{
				Kind: model.ResidentRoster, EstateID: b.estates[building/buildingsOfEstate], BuildingID: b.buildings[building],
				Stairwell: stairwell, Room: room, Name: fmt.Sprintf("居民%d", from+i), Phone: number(from + i), Relation: "owner",
			}
		}
		b.must(b.InTx(b.t.Context(), func(tx *store.Store) error {
			_, err := roster.Put(b.t.Context(), tx.At(b.at), model.NewID[model.RosterBatch](b.at()), lines)
			return err
		}))
	}
}

// token opens the session of the i-th account.
func token(i int) string { return fmt.Sprint("token ", i) }

// people makes accounts with a session and a number, homes and requests.
func (b *big) people() {
	n, now := b.households/flatsAnAccount, b.Now()
	b.users = make([]model.UserID, n)
	write(b, n, func(s *store.Store) func(context.Context, ...*model.User) error { return s.Users.Add }, func(i int) *model.User {
		at := b.at()
		b.users[i] = model.NewID[model.User](at)
		return &model.User{ID: b.users[i], Nickname: fmt.Sprint("居民", i), Locale: "zh", CreatedAt: at, UpdatedAt: at, Version: 1}
	})
	write(b, n, func(s *store.Store) func(context.Context, ...*model.WeChatAccount) error { return s.WeChat.Add }, func(i int) *model.WeChatAccount {
		return &model.WeChatAccount{OpenID: fmt.Sprintf("o-%028d", i), UserID: b.users[i], CreatedAt: now, LastSeenAt: now}
	})
	write(b, n, func(s *store.Store) func(context.Context, ...*model.Session) error { return s.Sessions.Add }, func(i int) *model.Session {
		hash := sha256.Sum256([]byte(token(i)))
		return &model.Session{
			ID: model.NewID[model.Session](b.at()), UserID: b.users[i], TokenHash: hash[:], CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(account.SessionIdle),
		}
	})
	write(b, n, func(s *store.Store) func(context.Context, ...*model.Phone) error { return s.Phones.Add }, func(i int) *model.Phone {
		phone, err := account.NewPhone(b.Store, b.users[i], number(i*flatsAnAccount))
		b.must(err)
		return phone
	})
	write(b, n/2, func(s *store.Store) func(context.Context, ...*model.Residence) error { return s.Residences.Add }, func(i int) *model.Residence {
		building, stairwell, room := flat(2 * i * flatsAnAccount)
		return &model.Residence{
			ID: model.NewID[model.Residence](b.at()), UserID: b.users[2*i], EstateID: b.estates[building/buildingsOfEstate], BuildingID: b.buildings[building],
			Stairwell: stairwell, Room: room, Relation: "owner", Status: model.ResidenceVerified, Proof: model.ProofRoster,
			LiveKey: residence.LiveKey(b.Store, b.users[2*i], b.buildings[building], stairwell, room), CreatedAt: now, DecidedAt: &now,
		}
	})
	write(b, n/accountsARequest, func(s *store.Store) func(context.Context, ...*model.Request) error { return s.Requests.Add }, b.request)
}

func (b *big) request(i int) *model.Request {
	who, at := i*accountsARequest, b.at()
	building, _, _ := flat(who * flatsAnAccount)
	estate := building / buildingsOfEstate
	community := estate / estatesTogether
	return &model.Request{
		ID: model.NewID[model.Request](at), Receipt: fmt.Sprintf("R%011d", i), SubmitterID: b.users[who], Status: model.RequestAccepted, WaitsFor: model.PartyStaff,
		EstateID: b.estates[estate], BuildingID: b.buildings[building], BranchID: b.branches[estate], CommunityID: b.communities[community],
		TownID: b.towns[community/communitiesOfTown], DueAt: at.Add(24 * time.Hour), Open: i%2 == 0, CreatedAt: at, UpdatedAt: at,
	}
}

// staff gives every branch a secretary, every grid and community a worker, and every station
// two people on duty today.
func (b *big) staff() {
	grants := func(role model.Role, units []model.UnitID, first int) {
		write(b, len(units), func(s *store.Store) func(context.Context, ...*model.Grant) error { return s.Grants.Add }, func(i int) *model.Grant {
			at := b.at()
			return &model.Grant{ID: model.NewID[model.Grant](at), UserID: b.someone(first + i), Role: role, UnitID: units[i], ValidFrom: at, CreatedAt: at, Live: model.Lasting()}
		})
	}
	grants(model.Secretary, b.branches, 0)
	grants(model.GridWorker, b.grids, len(b.branches))
	grants(model.CommunityWorker, b.communities, len(b.branches)+len(b.grids))
	var hours model.Hours
	for day := range hours.Week {
		hours.Week[day] = model.Spans{{From: "00:00", Until: "23:59"}}
	}
	write(b, len(b.stations), func(s *store.Store) func(context.Context, ...*model.StationProfile) error {
		return s.StationProfiles.Add
	}, func(i int) *model.StationProfile {
		p := &model.StationProfile{StationID: b.stations[i], Version: 1, ValidFrom: "2020-01-01", ChangedBy: b.someone(0), CreatedAt: b.at()}
		p.SetRooms(nil)
		p.SetOpening(hours)
		return p
	})
	now := b.Now()
	write(b, 2*len(b.stations), func(s *store.Store) func(context.Context, ...*model.DutyShift) error { return s.DutyShifts.Add }, func(i int) *model.DutyShift {
		return &model.DutyShift{
			ID: model.NewID[model.DutyShift](b.at()), StationID: b.stations[i/2], UserID: b.someone(i), MemberID: model.NewID[model.DutyMember](now), Name: "值班人", Date: model.DateOf(now),
			StartsAt: now.Add(-time.Hour), EndsAt: now.Add(24 * time.Hour), Status: model.ShiftPlanned, Live: model.Lasting(), Version: 1, CreatedAt: now, UpdatedAt: now,
		}
	})
}

// someone is somebody with an account; in a small county some have several roles.
func (b *big) someone(i int) model.UserID { return b.users[i%len(b.users)] }
