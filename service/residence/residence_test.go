package residence_test

import (
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/residence"
)

func TestTheRosterVerifiesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.wangsHome()
		if r.Status != model.ResidenceVerified || r.EstateID != w.estate || r.HouseholdID != w.household || r.Stairwell != "2" || r.Room != "302" {
			t.Fatalf("%+v", r)
		}
		_, err := w.Register(t.Context(), w.wang, w.door())
		w.ExpectFault(err, residence.ErrRegistered)
		if other := w.registers(w.wang, func(d *residence.Door) { d.Room = "301" }); other.Status != model.ResidencePending {
			t.Fatalf("the neighbour's flat: %+v", other)
		}
	})
}

func TestWhoeverTheRosterDoesNotHaveWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.binds(w.li, "13800000002")
		r := w.registers(w.li)
		if r.Status != model.ResidencePending || w.rights(w.li) {
			t.Fatalf("%+v", r)
		}
		w.onRoster("13800000002")
		w.Clock.Move(time.Second) // events are listed in order of time
		if again := w.registers(w.li); again.ID != r.ID || again.Status != model.ResidenceVerified || !w.rights(w.li) {
			t.Fatalf("%+v", again)
		}
		events, err := w.Store.ResidenceEvents.ListByResidence(t.Context(), r.ID)
		w.Must(err)
		if len(events) != 2 || events[0].FromStatus != "" || events[1].ToStatus != model.ResidenceVerified || events[1].Proof != model.ProofRoster {
			t.Fatalf("%+v", events)
		}
	})
}

func TestADoorMustExist(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, d := range []residence.Door{
			{BuildingID: w.estate, Room: "302"}, {BuildingID: model.UnitID{1}, Room: "302"}, {BuildingID: w.building, Room: " 室"}, {},
		} {
			_, err := w.Register(t.Context(), w.li, d)
			w.ExpectFault(err, fault.ErrInvalid)
		}
	})
}

func (w *world) code() string {
	w.T.Helper()
	made, err := w.RenewDoorCode(w.T.Context(), w.secretary, w.stairwell)
	w.Must(err)
	return made.Code
}

func with(code string) func(*residence.Door) { return func(d *residence.Door) { d.Code = code } }

func TestTheCodeOnTheSheetVerifies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		pending := w.registers(w.li)
		old := w.code()
		code := w.code()
		_, err := w.Register(t.Context(), w.li, residence.Door{BuildingID: w.building, Stairwell: "2", Room: "302", Code: old})
		w.ExpectFault(err, residence.ErrDoorCode)
		r := w.registers(w.li, with(" "+strings.ToLower(code[:4])+"-"+code[4:]))
		if r.ID != pending.ID || r.Proof != model.ProofDoorCode || !w.rights(w.li) {
			t.Fatalf("%+v", r)
		}
		// It proves the stairwell: it says nothing of another one, and no flat is made up for it.
		w.flat(w.second, "2", "302")
		_, err = w.Register(t.Context(), w.zhao, residence.Door{BuildingID: w.second, Stairwell: "2", Room: "302", Code: code})
		w.ExpectFault(err, residence.ErrDoorCode)
		if r := w.registers(w.zhao, with(code), func(d *residence.Door) { d.Room = "9999" }); r.Status != model.ResidencePending {
			t.Fatalf("a flat that is not there: %+v", r)
		}
	})
}

func TestFiveTriesADayAreAllThereAre(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		code := w.code()
		try := func(int) error {
			_, err := w.Register(t.Context(), w.li, residence.Door{BuildingID: w.building, Stairwell: "2", Room: "302", Code: "AAAAAAAA"})
			return err
		}
		looked := 0
		w.AtOnce(20, func(i int) error {
			err := try(i)
			if fault.From(err).Code == residence.ErrDoorCode.Code {
				return nil
			}
			return err
		}, fault.ErrRateLimited)
		used, err := w.Store.DailyUses.Get(t.Context(), w.li.User, "residence.door_code", "2026-11-23")
		w.Must(err)
		if looked = used; looked != 5 {
			t.Fatalf("%d tries were counted", looked)
		}
		_, err = w.Register(t.Context(), w.li, residence.Door{BuildingID: w.building, Stairwell: "2", Room: "302", Code: code})
		w.ExpectFault(err, fault.ErrRateLimited)
		if again := fault.From(err).RetryAfter; again != 14*time.Hour {
			t.Fatalf("again in %s, at ten in the morning", again)
		}
		w.Clock.Move(14 * time.Hour)
		if r := w.registers(w.li, with(code)); r.Status != model.ResidenceVerified {
			t.Fatalf("%+v", r)
		}
	})
}

// What twenty at once would get if tries were counted by looking and then writing.
func TestPowerCountingTriesByLookingFirstLetsMoreThrough(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		who := w.li.User
		_, err := past.ExecContext(t.Context(), "INSERT INTO daily_uses (user_id, kind, day, used) VALUES (?, 'residence.door_code', '2026-11-23', 0)", who[:])
		w.Must(err)
		var looked sync.WaitGroup
		looked.Add(10)
		through := w.AtOnce(10, func(int) error {
			var used int
			err := past.QueryRowContext(t.Context(), "SELECT used FROM daily_uses WHERE user_id = ?", who[:]).Scan(&used)
			looked.Done()
			looked.Wait()
			if err != nil || used >= 5 {
				return err
			}
			_, err = past.ExecContext(t.Context(), "UPDATE daily_uses SET used = ? WHERE user_id = ?", used+1, who[:])
			return err
		})
		if through <= 5 {
			t.Fatalf("%d got through: the race is too weak to see anything", through)
		}
	})
}

func TestStaffOfThePlaceDecide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.registers(w.li)
		for _, who := range []model.Actor{w.stranger, w.gridWorker} { // of another estate, of another building
			_, err := w.Approve(t.Context(), who, r.ID, "")
			w.ExpectFault(err, fault.ErrNotFound)
		}
		_, err := w.Approve(t.Context(), w.wang, r.ID, "")
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Reject(t.Context(), w.secretary, r.ID, " ")
		w.ExpectFault(err, fault.ErrInvalid)
		decided, err := w.Approve(t.Context(), w.secretary, r.ID, "认识")
		w.Must(err)
		if decided.Status != model.ResidenceVerified || decided.Proof != model.ProofStaff || decided.Nickname != "李师傅" || !w.rights(w.li) {
			t.Fatalf("%+v", decided)
		}
		_, err = w.Reject(t.Context(), w.secretary, r.ID, "搞错了")
		w.ExpectFault(err, fault.ErrIllegalTransition)
		_, err = w.Remove(t.Context(), w.secretary, r.ID, "已搬走")
		w.Must(err)
		if w.rights(w.li) || w.told.of(w.li) != 2 {
			t.Fatalf("rights %v, told %+v", w.rights(w.li), w.told.notices)
		}
		if audits, err := w.Store.Audit.List(t.Context(), model.Page{}); err != nil || len(audits.Items) != 2 {
			t.Fatalf("%+v %v", audits, err)
		}
		if again := w.registers(w.li); again.ID == r.ID || again.Status != model.ResidencePending {
			t.Fatalf("who comes back: %+v", again)
		}
	})
}

func TestNobodyDecidesOnTheirOwnHome(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.registers(w.secretary)
		_, err := w.Approve(t.Context(), w.secretary, r.ID, "")
		w.ExpectFault(err, residence.ErrOwnResidence)
	})
}

func TestStaffSeeTheirOwnGround(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.binds(w.li, "13800000002")
		first := w.registers(w.li)
		w.Clock.Move(time.Second)
		second := w.registers(w.zhao, func(d *residence.Door) { d.BuildingID = w.second })
		see := func(who model.Actor, page model.Page) model.Listing[residence.Case] {
			cases, err := w.Cases(t.Context(), who, model.ResidencePending, page)
			w.Must(err)
			return cases
		}
		all := see(w.secretary, model.Page{Limit: 1})
		if len(all.Items) != 1 || all.Items[0].ID != first.ID || all.Items[0].Phone != "138****0002" || all.Next == nil {
			t.Fatalf("%+v", all)
		}
		if rest := see(w.secretary, model.Page{After: all.Next}); len(rest.Items) != 1 || rest.Items[0].ID != second.ID {
			t.Fatalf("%+v", rest)
		}
		if mine := see(w.gridWorker, model.Page{}); len(mine.Items) != 1 || mine.Items[0].ID != second.ID {
			t.Fatalf("%+v", mine)
		}
		if none := see(w.stranger, model.Page{}); len(none.Items) != 0 {
			t.Fatalf("%+v", none)
		}
		_, err := w.Cases(t.Context(), w.li, model.ResidencePending, model.Page{})
		w.ExpectFault(err, fault.ErrForbidden)
	})
}

func TestLeavingEndsRightsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.wangsHome()
		w.ExpectFault(w.Leave(t.Context(), w.li, r.ID), fault.ErrNotFound)
		w.Must(w.Leave(t.Context(), w.wang, r.ID))
		if w.rights(w.wang) {
			t.Fatal("still has rights")
		}
		w.ExpectFault(w.Leave(t.Context(), w.wang, r.ID), fault.ErrIllegalTransition)
		mine, err := w.Mine(t.Context(), w.wang, model.Page{})
		w.Must(err)
		if len(mine.Items) != 1 || mine.Items[0].Status != model.ResidenceEnded || mine.Items[0].EndedAt == nil {
			t.Fatalf("%+v", mine)
		}
	})
}

func TestAHouseholdVouches(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mine := w.wangsHome()
		lis := w.registers(w.li)
		if w.told.of(w.wang) != 1 {
			t.Fatal("nobody told the household")
		}
		members, err := w.Members(t.Context(), w.wang, mine.ID, model.Page{})
		w.Must(err)
		if len(members.Items) != 2 || members.Items[0].Nickname == "" || !members.Items[0].Me && !members.Items[1].Me {
			t.Fatalf("%+v", members)
		}
		_, err = w.Vouch(t.Context(), w.li, lis.ID, lis.ID)
		w.ExpectFault(err, residence.ErrNoSay)
		_, err = w.Vouch(t.Context(), w.li, mine.ID, lis.ID)
		w.ExpectFault(err, fault.ErrNotFound)
		member, err := w.Vouch(t.Context(), w.wang, mine.ID, lis.ID)
		w.Must(err)
		if member.Proof != model.ProofVouch || member.VouchedBy != w.wang.User || member.Nickname != "李师傅" || !w.rights(w.li) {
			t.Fatalf("%+v", member)
		}
		// On another's word one sees the household, and vouches for nobody.
		_, err = w.Members(t.Context(), w.li, lis.ID, model.Page{})
		w.Must(err)
		zhaos := w.registers(w.zhao)
		_, err = w.Vouch(t.Context(), w.li, lis.ID, zhaos.ID)
		w.ExpectFault(err, residence.ErrNoSay)
		// Whoever vouched takes it back; nobody else's.
		_, err = w.TakeBack(t.Context(), w.wang, mine.ID, zhaos.ID)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.TakeBack(t.Context(), w.wang, mine.ID, lis.ID)
		w.Must(err)
		if w.rights(w.li) {
			t.Fatal("li still has rights")
		}
	})
}

func TestTheSheetsCodeGivesNoSayInAHousehold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mine := w.wangsHome()
		r := w.registers(w.li, with(w.code()))
		zhaos := w.registers(w.zhao)
		_, err := w.Members(t.Context(), w.li, r.ID, model.Page{})
		w.ExpectFault(err, residence.ErrNoSay)
		_, err = w.Vouch(t.Context(), w.li, r.ID, zhaos.ID)
		w.ExpectFault(err, residence.ErrNoSay)
		_, err = w.TakeBack(t.Context(), w.li, r.ID, mine.ID)
		w.ExpectFault(err, residence.ErrNoSay)
	})
}

func TestNobodyVouchesForAnotherHousehold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mine := w.wangsHome()
		other := w.registers(w.li, func(d *residence.Door) { d.Room = "301" })
		w.flat(w.second, "1", "302")
		third := w.registers(w.zhao, func(d *residence.Door) { d.BuildingID, d.Stairwell = w.second, "" })
		for _, id := range []model.ResidenceID{other.ID, third.ID, mine.ID, {}} {
			_, err := w.Vouch(t.Context(), w.wang, mine.ID, id)
			w.ExpectFault(err, fault.ErrNotFound)
		}
	})
}

// TestVouchingAndLeavingAtOnce leaves one of two stories: she vouched and then left, or she
// left and could not vouch.
func TestVouchingAndLeavingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mine := w.wangsHome()
		lis := w.registers(w.li)
		w.AtOnce(8, func(i int) error {
			if i == 3 {
				return w.Leave(t.Context(), w.wang, mine.ID)
			}
			_, err := w.Vouch(t.Context(), w.wang, mine.ID, lis.ID)
			return err
		}, residence.ErrNoSay, fault.ErrIllegalTransition)
		events, err := w.Store.ResidenceEvents.ListByResidence(t.Context(), lis.ID)
		w.Must(err)
		if w.rights(w.wang) || w.rights(w.li) != (len(events) == 2) || len(events) > 2 {
			t.Fatalf("wang %v, li %v, %+v", w.rights(w.wang), w.rights(w.li), events)
		}
	})
}

func TestTenDecisionsAtOnceAreOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.registers(w.li)
		done := w.AtOnce(10, func(i int) error {
			decide := w.Approve
			if i%2 == 0 {
				decide = w.Reject
			}
			_, err := decide(t.Context(), w.secretary, r.ID, "看过")
			return err
		}, fault.ErrIllegalTransition)
		if done != 1 || w.told.of(w.li) < 1 {
			t.Fatalf("%d decisions, %d notices", done, w.told.of(w.li))
		}
		events, err := w.Store.ResidenceEvents.ListByResidence(t.Context(), r.ID)
		w.Must(err)
		if len(events) != 2 {
			t.Fatalf("%+v", events)
		}
	})
}

func TestTenRegistrationsOfOneDoorAreOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		done := w.AtOnce(10, func(int) error {
			_, err := w.Register(t.Context(), w.li, w.door())
			return err
		}, residence.ErrRegistered)
		if mine, err := w.Mine(t.Context(), w.li, model.Page{}); done != 1 || err != nil || len(mine.Items) != 1 {
			t.Fatalf("%d done, %+v %v", done, mine, err)
		}
	})
}

// What the two races above would see if a row were looked for and then written past its key
// and its status.
func TestPowerLookingFirstRegistersTwice(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		var looked sync.WaitGroup
		looked.Add(8)
		done := w.AtOnce(8, func(int) error {
			var n int
			err := past.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM residences WHERE user_id = ?", w.li.User[:]).Scan(&n)
			looked.Done()
			looked.Wait()
			if err != nil || n > 0 {
				return residence.ErrRegistered
			}
			now := clock.Now()
			return s.Residences.Add(t.Context(), &model.Residence{
				ID: model.NewID[model.Residence](now), UserID: w.li.User, EstateID: w.estate, BuildingID: w.building, Status: model.ResidencePending, CreatedAt: now,
			})
		}, residence.ErrRegistered)
		if done < 2 {
			t.Fatalf("%d registered: the race is too weak to see anything", done)
		}
	})
}

func TestDoorCodesAreKeptAsHashesAndRenewedByStaffOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.RenewDoorCode(t.Context(), w.stranger, w.stairwell)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.RenewDoorCode(t.Context(), w.li, w.stairwell)
		w.ExpectFault(err, fault.ErrForbidden)
		code := w.code()
		row, err := w.Store.Stairwells.Get(t.Context(), w.stairwell)
		w.Must(err)
		if len(code) != 8 || strings.Contains(string(row.DoorCodeHash), code) || row.DoorCodeVersion != 1 {
			t.Fatalf("%q %+v", code, row)
		}
	})
}

func TestElevenHomesADayAreTooMany(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		units := org.New(w.Store)
		limited := residence.New(w.Store, access.New(w.Store, units), units, w.told, true)
		register := func(room string) error {
			_, err := limited.Register(t.Context(), w.li, residence.Door{BuildingID: w.building, Room: room})
			return err
		}
		for i := range 10 {
			w.Must(register(string(rune('A' + i))))
		}
		w.ExpectFault(register("K"), fault.ErrRateLimited)
	})
}
