// Package station keeps the register of the Party and mass service stations (党群服务站).
//
// A station is a unit: its name, address and duty phone are the unit's, and which branches
// it serves are covers, dated like all of them; a station may serve several branches and a
// branch may have none; staff change them as with any unit. What only stations have stands in a profile: area, rooms and the
// hours of a usual week. A change of the profile begins on a day, today or later, and ends
// the one before; nothing is overwritten, so the profile of any day can be asked for.
//
// Whether a station is open follows from three things, the narrower first: an exception
// for the day (closed, shorter, longer); the calendar, because on the State Council's days
// off the holiday hours hold, and a weekend day that is worked in return has its own hours
// or Friday's; and the hours of the week.
//
// The catalogue says what a station does for people: service items with the procedure, the
// documents needed, who answers and how to reach them. An item belongs to a station, or to
// a community, town or county, whose stations then all have it. Its versions stay.
package station

import (
	"context"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/calendar"
	"jinlin/service/org"
)

// Service keeps the register.
type Service struct {
	store    *store.Store
	access   *access.Service
	org      *org.Service
	calendar *calendar.Service
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, c *calendar.Service) *Service {
	return &Service{store: s, access: a, org: o, calendar: c}
}

// Station is a station as people ask for it, at a moment.
type Station struct {
	model.Unit
	Day       model.Date           // of the moment
	Profile   model.StationProfile // version 0 where nobody has described it
	Latest    int                  // the version of the last profile, which may begin later
	Serves    []model.Unit         // branches
	Opening   model.Opening
	Open      bool
	Until     time.Time // when it closes, if it is open
	OpensNext time.Time // zero if not within model.Horizon days
}

// Known says whether the station's hours are known today.
func (s Station) Known() bool { return len(s.Opening.Profiles) > 0 || len(s.Opening.Exceptions) > 0 }

// Station reads one. Fault: not_found.
func (s *Service) Station(ctx context.Context, id model.UnitID) (Station, error) {
	unit, err := s.standing(ctx, id)
	if err != nil {
		return Station{}, err
	}
	found, err := s.describe(ctx, []model.Unit{unit})
	if err != nil {
		return Station{}, err
	}
	return found[0], nil
}

// Stations pages those of a community, or of the county for the zero id, newest first.
func (s *Service) Stations(ctx context.Context, community model.UnitID, page model.Page) (model.Listing[Station], error) {
	units, err := s.org.List(ctx, org.Filter{Parent: community, Kind: model.Station}, page)
	if err != nil {
		return model.Listing[Station]{}, err
	}
	stations, err := s.describe(ctx, units.Items)
	return model.Listing[Station]{Items: stations, Next: units.Next}, err
}

// OfBranch are the stations that serve a branch today: mostly one, perhaps none.
// Fault: not_found.
func (s *Service) OfBranch(ctx context.Context, branch model.UnitID) ([]Station, error) {
	units, err := s.org.StationsOf(ctx, branch)
	if err != nil {
		return nil, err
	}
	return s.describe(ctx, units)
}

// standing finds a station that exists today. Fault: not_found.
func (s *Service) standing(ctx context.Context, id model.UnitID) (model.Unit, error) {
	unit, err := s.org.Unit(ctx, id)
	if err == nil && (unit.Kind != model.Station || !unit.In(s.today())) {
		err = fault.ErrNotFound
	}
	return unit, err
}

// describe adds to units what only stations have: four queries for any number of them.
func (s *Service) describe(ctx context.Context, units []model.Unit) ([]Station, error) {
	now := s.store.Now()
	openings, err := s.Openings(ctx, ids(units), model.DateOf(now), model.DateOf(now).AddDays(model.Horizon))
	if err != nil {
		return nil, err
	}
	serves, err := s.org.ServedBy(ctx, ids(units))
	if err != nil {
		return nil, err
	}
	stations := make([]Station, len(units))
	for i, unit := range units {
		st := Station{Unit: unit, Serves: serves[unit.ID], Opening: openings[unit.ID], Day: model.DateOf(now)}
		for _, profile := range st.Opening.Profiles {
			st.Latest = profile.Version
			if profile.In(model.DateOf(now)) {
				st.Profile = profile
			}
		}
		st.Until, st.Open = st.Opening.At(now)
		st.OpensNext, _ = st.Opening.Next(now)
		stations[i] = st
	}
	return stations, nil
}

// Openings say when stations are open on the days from one to another.
func (s *Service) Openings(ctx context.Context, stations []model.UnitID, from, to model.Date) (map[model.UnitID]model.Opening, error) {
	days, err := s.calendar.Between(ctx, from, to)
	if err != nil {
		return nil, err
	}
	profiles, err := s.store.StationProfiles.ListSince(ctx, stations, from)
	if err != nil {
		return nil, err
	}
	exceptions, err := s.store.StationDays.ListBetween(ctx, stations, from, to)
	if err != nil {
		return nil, err
	}
	openings := map[model.UnitID]model.Opening{}
	for _, id := range stations {
		openings[id] = model.Opening{
			Calendar:   days,
			Profiles:   slices.DeleteFunc(slices.Clone(profiles), func(p model.StationProfile) bool { return p.StationID != id }),
			Exceptions: slices.DeleteFunc(slices.Clone(exceptions), func(d model.StationDay) bool { return d.StationID != id }),
		}
	}
	return openings, nil
}

// History are the profiles that a station has and had, the newest first. Fault: not_found.
func (s *Service) History(ctx context.Context, id model.UnitID) ([]model.StationProfile, error) {
	if _, err := s.standing(ctx, id); err != nil {
		return nil, err
	}
	return s.store.StationProfiles.ListOf(ctx, id)
}

// Description is a profile as staff write it.
type Description struct {
	Area  int
	Rooms []model.Room
	Hours model.Hours
	From  model.Date // the day on which it begins to hold; "" is today
}

// ErrDescribedLater is a fault: a change is waiting for a later day than this one's.
var ErrDescribedLater = fault.Define(fault.Conflict, "later_change_waiting",
	"已有更晚生效的变更，请从那一天或之后开始。", "A change that begins later is waiting; begin on that day or after it.")

// Describe lets a station be something else from a day on. seen is the version that was
// read, nil for any. Faults: unauthenticated, forbidden, not_found, invalid, invalid_hours,
// changed_meanwhile, later_change_waiting.
func (s *Service) Describe(ctx context.Context, actor model.Actor, id model.UnitID, d Description, seen *int) (Station, error) {
	if err := s.mayChange(ctx, actor, id); err != nil {
		return Station{}, err
	}
	if err := d.Hours.Check(); err != nil {
		return Station{}, err
	}
	if d.From == "" {
		d.From = s.today()
	}
	if d.From < s.today() {
		return Station{}, fault.InvalidField("from", "past", "生效日期不能早于今天。", "It cannot begin in the past.")
	}
	err := s.store.InTx(ctx, func(tx *store.Store) error {
		next := model.StationProfile{StationID: id, Area: d.Area, ValidFrom: d.From, ChangedBy: actor.User, CreatedAt: tx.Now()}
		next.SetRooms(d.Rooms)
		next.SetOpening(d.Hours)
		if err := follow(ctx, tx, &next, seen); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Act{
			Action: "station.describe", ObjectKind: "station", ObjectID: id, Unit: id, Detail: "from " + string(d.From),
		})
	})
	if err != nil {
		return Station{}, err
	}
	return s.Station(ctx, id)
}

// follow ends the last profile and adds the next. Of two at once the unique version lets one.
func follow(ctx context.Context, tx *store.Store, next *model.StationProfile, seen *int) error {
	before, err := tx.StationProfiles.ListOf(ctx, next.StationID)
	if err != nil {
		return err
	}
	version := 0
	if len(before) > 0 {
		version = before[0].Version
	}
	if err := store.Seen(seen, version); err != nil {
		return err
	}
	if version > 0 {
		if before[0].ValidFrom > next.ValidFrom {
			return ErrDescribedLater
		}
		if err := store.Kept(tx.StationProfiles.SaveEnded(ctx, next.StationID, version, next.ValidFrom)); err != nil {
			return err
		}
	}
	next.Version = version + 1
	return store.First(tx.StationProfiles.Add(ctx, next))
}

// mayChange lets staff pass who look after a station. Faults: those of access.Require.
func (s *Service) mayChange(ctx context.Context, actor model.Actor, id model.UnitID) error {
	if _, err := s.access.Units(ctx, actor, access.StationManage); err != nil {
		return err
	}
	if _, err := s.standing(ctx, id); err != nil {
		return err
	}
	return s.access.Require(ctx, actor, access.StationManage, id)
}

func (s *Service) today() model.Date { return model.DateOf(s.store.Now()) }

func ids(units []model.Unit) []model.UnitID {
	out := make([]model.UnitID, len(units))
	for i, u := range units {
		out[i] = u.ID
	}
	return out
}
