package station_test

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/calendar"
	"jinlin/service/org"
	"jinlin/service/station"
)

// world is a station that serves two of a community's three branches.
type world struct {
	storetest.World
	*station.Service
	calendar                            *calendar.Service
	county, community, station          model.UnitID
	served, alsoServed, without         model.UnitID
	clerk, worker, secretary, elsewhere model.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		units := org.New(s)
		rights := access.New(s, units)
		days := calendar.New(s, rights)
		w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, calendar: days, Service: station.New(s, rights, units, days)}
		w.county = w.Unit(model.County, model.UnitID{})
		w.community = w.Unit(model.Community, w.county)
		w.station = w.Unit(model.Station, w.community)
		w.served, w.alsoServed, w.without = w.Unit(model.Branch, w.community), w.Unit(model.Branch, w.community), w.Unit(model.Branch, w.community)
		w.Cover(w.station, w.served)
		w.Cover(w.station, w.alsoServed)
		w.clerk, w.worker = w.Staff(model.CountyClerk, w.county), w.Staff(model.CommunityWorker, w.community)
		w.secretary = w.Staff(model.Secretary, w.served)
		w.elsewhere = w.Staff(model.CommunityWorker, w.Unit(model.Community, w.county))
		test(t, w)
	})
}

// officeHours are 08:30–12:00 and 14:30–18:00 from Monday to Friday.
func officeHours() (h model.Hours) {
	for day := time.Monday; day <= time.Friday; day++ {
		h.Week[day] = model.Spans{{From: "08:30", Until: "12:00"}, {From: "14:30", Until: "18:00"}}
	}
	return h
}

func (w *world) at(day model.Date, hour, minute int) station.Station {
	w.T.Helper()
	w.Clock.Set(day.At(hour, minute))
	s, err := w.Station(w.T.Context(), w.station)
	w.Must(err)
	return s
}

func (w *world) describes(d station.Description) station.Station {
	w.T.Helper()
	s, err := w.Describe(w.T.Context(), w.worker, w.station, d, nil)
	w.Must(err)
	return s
}

func TestAStationOpensByWeekdayHolidayAndException(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Clock.Set(model.Date("2026-09-01").At(9, 0))
		w.worker = w.Staff(model.CommunityWorker, w.community)
		if s, err := w.Station(t.Context(), w.station); err != nil || s.Known() || s.Open {
			t.Fatalf("nobody has said when it opens: %+v, %v", s.Opening, err)
		}
		hours := officeHours()
		hours.Holiday = model.Spans{{From: "09:00", Until: "11:00"}}
		w.describes(station.Description{Area: 180, Rooms: []model.Room{{Name: "议事室", Seats: 20}}, Hours: hours})
		_, err := w.Except(t.Context(), w.worker, model.StationDay{StationID: w.station, Date: "2026-09-07", Reason: "检修"}, nil, nil)
		w.Must(err)
		_, err = w.Except(t.Context(), w.worker, model.StationDay{StationID: w.station, Date: "2026-09-12", Reason: "义诊"}, model.Spans{{From: "08:00", Until: "09:00"}}, nil)
		w.Must(err)
		for _, c := range []struct {
			day          model.Date
			hour, minute int
			open         bool
			next         string
		}{
			{"2026-09-04", 8, 29, false, "2026-09-04 08:30"}, // Friday
			{"2026-09-04", 8, 30, true, "2026-09-04 14:30"},
			{"2026-09-04", 12, 0, false, "2026-09-04 14:30"},
			{"2026-09-04", 18, 0, false, "2026-09-08 08:30"}, // Monday is closed
			{"2026-09-12", 8, 30, true, "2026-09-14 08:30"},  // Saturday with extra hours
			{"2026-09-20", 9, 0, true, "2026-09-20 14:30"},   // Sunday, worked in return: as on Friday
			{"2026-10-02", 12, 0, false, "2026-10-03 09:00"}, // National Day
		} {
			s := w.at(c.day, c.hour, c.minute)
			if s.Open != c.open || s.OpensNext.In(model.Shanghai).Format("2006-01-02 15:04") != c.next {
				t.Errorf("%s %02d:%02d: open %v, next %s; want %v, %s", c.day, c.hour, c.minute, s.Open, s.OpensNext.In(model.Shanghai), c.open, c.next)
			}
		}
		if got := w.at("2026-09-04", 9, 0); !got.Until.Equal(model.Date("2026-09-04").At(12, 0)) || got.Profile.RoomList()[0].Name != "议事室" {
			t.Errorf("closes at %s", got.Until)
		}
	})
}

func TestTheCountysDayChangesTheHours(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.describes(station.Description{Hours: officeHours()})
		day := model.CalendarDay{Date: "2026-11-24", Kind: model.Holiday, Name: "县庆"}
		_, err := w.calendar.Change(t.Context(), w.worker, day, nil)
		w.ExpectFault(err, fault.ErrForbidden)
		changed, err := w.calendar.Change(t.Context(), w.clerk, day, nil)
		w.Must(err)
		if w.at("2026-11-24", 9, 0).Open {
			t.Error("open on the county's holiday")
		}
		none := 0
		w.ExpectFault(w.calendar.Restore(t.Context(), w.clerk, day.Date, &none), fault.ErrChangedMeanwhile)
		w.Must(w.calendar.Restore(t.Context(), w.clerk, day.Date, &changed.Version))
		w.ExpectFault(w.calendar.Restore(t.Context(), w.clerk, day.Date, nil), fault.ErrNotFound)
		if !w.at("2026-11-24", 9, 0).Open {
			t.Error("closed on a working day")
		}
	})
}

func TestAChangeBeginsOnItsDayAndTheOldStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.describes(station.Description{Area: 100, Hours: officeHours()})
		later := officeHours()
		later.Week[time.Saturday] = model.Spans{{From: "09:00", Until: "12:00"}}
		s := w.describes(station.Description{Area: 200, Hours: later, From: "2026-11-30"})
		if s.Profile.Area != 100 || s.Latest != 2 {
			t.Fatalf("it is %d now, latest version %d", s.Profile.Area, s.Latest)
		}
		_, err := w.Describe(t.Context(), w.worker, w.station, station.Description{Hours: later, From: "2026-11-29"}, nil)
		w.ExpectFault(err, station.ErrDescribedLater)
		_, err = w.Describe(t.Context(), w.worker, w.station, station.Description{Hours: later, From: "2026-11-22"}, nil)
		w.ExpectFault(err, fault.ErrInvalid)
		if w.at("2026-11-28", 10, 0).Open || !w.at("2026-12-05", 10, 0).Open {
			t.Error("the Saturdays are the wrong way round")
		}
		history, err := w.History(t.Context(), w.station)
		w.Must(err)
		if len(history) != 2 || *history[1].ValidTo != "2026-11-30" || history[0].ValidTo != nil {
			t.Errorf("%+v", history)
		}
	})
}

func TestOnlyWhoLooksAfterAStationChangesIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := station.Description{Hours: officeHours()}
		for who, want := range map[model.Actor]error{
			{}: fault.ErrUnauthenticated, w.secretary: fault.ErrForbidden, w.elsewhere: fault.ErrNotFound, w.worker: nil, w.clerk: nil,
		} {
			_, err := w.Describe(t.Context(), who, w.station, d, nil)
			if want == nil {
				w.Must(err)
			} else {
				w.ExpectFault(err, want)
			}
		}
		d.Hours.Week[1] = model.Spans{{From: "12:00", Until: "08:30"}}
		_, err := w.Describe(t.Context(), w.worker, w.station, d, nil)
		w.ExpectFault(err, model.ErrHours)
		_, err = w.Station(t.Context(), w.served)
		w.ExpectFault(err, fault.ErrNotFound)
	})
}

// TestOfManyChangesAtOnceOneWins: all have read the same version.
func TestOfManyChangesAtOnceOneWins(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.describes(station.Description{Area: 1, Hours: officeHours()})
		version := 1
		won := w.AtOnce(16, func(i int) error {
			_, err := w.Describe(t.Context(), w.worker, w.station, station.Description{Area: 100 + i, Hours: officeHours()}, &version)
			return err
		}, fault.ErrChangedMeanwhile)
		history, err := w.History(t.Context(), w.station)
		w.Must(err)
		if won != 1 || len(history) != 2 {
			t.Errorf("%d won, %d versions", won, len(history))
		}
	})
}

func TestAStationServesManyBranchesOrNone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s, err := w.Station(t.Context(), w.station)
		w.Must(err)
		if len(s.Serves) != 2 {
			t.Fatalf("serves %d", len(s.Serves))
		}
		if of, err := w.OfBranch(t.Context(), w.without); err != nil || len(of) != 0 {
			t.Fatalf("%d stations, %v", len(of), err)
		}
		of, err := w.OfBranch(t.Context(), w.served)
		w.Must(err)
		if len(of) != 1 || of[0].ID != w.station {
			t.Fatalf("%+v", of)
		}
	})
}

func TestTheCatalogueKeepsItsVersions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		offer := station.Offer{Name: "高龄津贴申请", Steps: "填表，交材料，七个工作日答复。", Documents: []string{"身份证", "户口本"}, Answers: "民政协理员", Contact: "0350-6000001"}
		ofCounty, err := w.AddService(t.Context(), w.clerk, w.county, offer)
		w.Must(err)
		_, err = w.AddService(t.Context(), w.worker, w.county, offer)
		w.ExpectFault(err, fault.ErrNotFound)
		closed := w.Read(w.Unit(model.Station, w.community))
		closed.ValidTo = new(model.DateOf(w.Clock.Now()))
		w.Must(store.Kept(w.Store.Units.SaveChanged(t.Context(), closed)))
		_, err = w.AddService(t.Context(), w.clerk, closed.ID, offer)
		w.ExpectFault(err, store.ErrUnitEnded)
		offer.Name = "便民打印"
		w.Clock.Move(time.Second)
		mine, err := w.AddService(t.Context(), w.worker, w.station, offer)
		w.Must(err)
		offer.Steps = ""
		_, err = w.ChangeService(t.Context(), w.worker, mine.ID, offer, nil)
		w.ExpectFault(err, fault.ErrInvalid)
		offer.Steps = "到前台，每张两角。"
		changed, err := w.ChangeService(t.Context(), w.worker, mine.ID, offer, &mine.Version)
		w.Must(err)
		_, err = w.ChangeService(t.Context(), w.worker, mine.ID, offer, &mine.Version)
		w.ExpectFault(err, fault.ErrChangedMeanwhile)
		list, err := w.Services(t.Context(), w.station, model.Page{})
		w.Must(err)
		if len(list.Items) != 2 || list.Items[0].ID != ofCounty.ID || list.Items[1].Version != 2 || list.Items[0].DocumentList()[1] != "户口本" {
			t.Fatalf("%+v", list.Items)
		}
		w.Must(w.WithdrawService(t.Context(), w.worker, mine.ID, &changed.Version))
		if list, err = w.Services(t.Context(), w.station, model.Page{}); err != nil || len(list.Items) != 1 {
			t.Fatalf("%d left, %v", len(list.Items), err)
		}
		versions, err := w.ServiceHistory(t.Context(), mine.ID)
		w.Must(err)
		if len(versions) != 2 || versions[0].ValidTo == nil || versions[1].Steps == versions[0].Steps {
			t.Fatalf("%+v", versions)
		}
	})
}
