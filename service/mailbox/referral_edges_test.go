package mailbox_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
)

// textOnly agrees that the text is passed on.
var textOnly = mailbox.Consent{Agrees: true, Passes: []model.Passed{model.PassText}}

func (w *world) agrees(id model.ReferralID) {
	w.T.Helper()
	_, err := w.mailbox.DecideReferral(w.T.Context(), w.wang, id, textOnly)
	w.Must(err)
}

func (w *world) referral(id model.ReferralID) model.Referral {
	w.T.Helper()
	r, err := w.Store.Referrals.Get(w.T.Context(), id)
	w.Must(err)
	return r
}

// releasesWords has the clerk release what is held.
func (w *world) releasesWords() {
	w.T.Helper()
	items, err := w.texts.Items(w.T.Context(), w.clerk, w.hongqiaoBranch, model.TextHeld, model.Page{})
	w.Must(err)
	for _, item := range items.Items {
		_, err := w.texts.Release(w.T.Context(), w.clerk, item.ID, "")
		w.Must(err)
	}
}

func TestNobodyAgreesToAQuestionTheyCannotRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		ask := func() (model.RequestID, model.ReferralID) {
			id := w.accepted()
			clock.Move(time.Second)
			_, err := w.mailbox.Refer(ctx, w.secretary, id, department, "【复核】井盖归哪家管")
			w.Must(err)
			list, err := w.mailbox.Referrals(ctx, w.wang, id)
			if w.Must(err); len(list) != 1 || list[0].Question != "" {
				t.Fatalf("%+v", list)
			}
			return id, list[0].ID
		}
		id, referral := ask()
		w.expectTold(w.wang, "request_acceptance")
		_, err := w.mailbox.DecideReferral(ctx, w.wang, referral, textOnly)
		w.ExpectFault(err, mailbox.ErrQuestionWaits)
		w.releasesWords()
		if last := w.lastTold(w.wang); last.Kind != "request_referrals" {
			t.Errorf("%+v", last)
		}
		w.agrees(referral)
		got, err := w.mailbox.ReadReferral(ctx, officer, referral)
		if err != nil || got.Question == "" {
			t.Errorf("%+v, %v", got, err)
		}
		_, err = w.mailbox.Withdraw(ctx, w.wang, id)
		w.Must(err)
		_, referral = ask()
		clock.Move(time.Second)
		w.refusesWords()
		if r := w.referral(referral); r.Status != model.ReferralEnded || r.Live != nil {
			t.Errorf("%+v", r)
		}
		if last := w.lastTold(w.secretary); last.Kind != "request_referral_redo" {
			t.Errorf("%+v", last)
		}
	})
}

func TestAHeldAnswerOfADepartmentWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		id, referral := w.referred(department)
		w.agrees(referral)
		answer := func() {
			clock.Move(time.Minute)
			_, err := w.mailbox.AnswerReferral(ctx, officer, referral, "【复核】下周更换")
			w.Must(err)
		}
		seen := func(who model.Actor) mailbox.Asked {
			list, err := w.mailbox.Referrals(ctx, who, id)
			w.Must(err)
			return list[0]
		}
		answer()
		if got := seen(w.secretary); got.Answer != "" || !got.Waits || seen(w.wang).Waits {
			t.Errorf("%+v", got)
		}
		if last := w.lastTold(w.secretary); last.Kind == "request_referral_answer" {
			t.Errorf("told of what nobody may read: %+v", last)
		}
		clock.Move(time.Second)
		w.refusesWords()
		if r := w.referral(referral); r.Status != model.ReferralAgreed || r.Live == nil || r.Answer != "" {
			t.Errorf("%+v", r)
		}
		if last := w.lastTold(officer); last.Kind != "referral_again" {
			t.Errorf("%+v", last)
		}
		answer()
		clock.Move(time.Second)
		w.releasesWords()
		if got := seen(w.secretary); got.Answer == "" || got.Waits || got.Status != model.ReferralAnswered {
			t.Errorf("%+v", got)
		}
		if last := w.lastTold(w.secretary); last.Kind != "request_referral_answer" {
			t.Errorf("%+v", last)
		}
		if got := seen(w.wang); got.Answer != "" {
			t.Errorf("%+v", got)
		}
	})
}

// TestWhatIsRefusedTooLateTakesNothingBack: the branch asked another department meanwhile.
func TestWhatIsRefusedTooLateTakesNothingBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		id, referral := w.referred(department)
		w.agrees(referral)
		_, err := w.mailbox.ReturnReferral(ctx, officer, referral, "【复核】不归我们")
		w.Must(err)
		clock.Move(time.Second)
		_, err = w.mailbox.Refer(ctx, w.secretary, id, w.Unit(model.Department, w.county), "请协助")
		w.Must(err)
		w.refusesWords()
		list, err := w.mailbox.Referrals(ctx, w.secretary, id)
		if err != nil || len(list) != 2 || list[0].Status != model.ReferralReturned || list[0].Answer != "" || list[1].Status != model.ReferralAsked {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestNobodyRefersTheirOwnMatter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		for _, identity := range []model.RequestIdentity{model.IdentityNamed, model.IdentitySealed} {
			in := w.lamp()
			in.Identity = identity
			own, err := w.mailbox.Submit(ctx, w.secretary, in)
			w.Must(err)
			_, err = w.mailbox.Accept(ctx, w.worker, own.ID, "")
			w.Must(err)
			_, err = w.mailbox.Refer(ctx, w.secretary, own.ID, department, "请协助")
			w.ExpectFault(err, mailbox.ErrOwnMatter)
			theirs, err := w.mailbox.Submit(ctx, officer, in)
			w.Must(err)
			_, err = w.mailbox.Accept(ctx, w.worker, theirs.ID, "")
			w.Must(err)
			_, err = w.mailbox.Refer(ctx, w.secretary, theirs.ID, department, "请协助")
			w.Must(err)
			list, err := w.mailbox.Referrals(ctx, officer, theirs.ID)
			w.Must(err)
			_, err = w.mailbox.DecideReferral(ctx, officer, list[0].ID, textOnly)
			w.Must(err)
			_, err = w.mailbox.AnswerReferral(ctx, officer, list[0].ID, "马上办")
			w.ExpectFault(err, mailbox.ErrOwnMatter)
		}
	})
}

// TestStaffDoNotConsentForThemselves: not even where a colleague entered the request for them.
func TestStaffDoNotConsentForThemselves(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		department, _, _ := w.bureau()
		in := w.lamp()
		own, err := w.mailbox.Submit(t.Context(), w.gridWorker, in)
		w.Must(err)
		_, err = w.mailbox.Accept(t.Context(), w.worker, own.ID, "")
		w.Must(err)
		_, err = w.mailbox.Refer(t.Context(), w.secretary, own.ID, department, "请协助")
		w.Must(err)
		list, err := w.mailbox.Referrals(t.Context(), w.gridWorker, own.ID)
		w.Must(err)
		_, err = w.mailbox.RecordConsent(t.Context(), w.gridWorker, list[0].ID, textOnly)
		w.ExpectFault(err, mailbox.ErrOwnMatter)
	})
}

// TestAReferralEndsWithItsRequest, and the department hears that nothing is asked any more.
func TestAReferralEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		other := w.submitted()
		for name, end := range map[string]func(id model.RequestID) error{
			"closed": func(id model.RequestID) error {
				_, err := w.mailbox.Reply(ctx, w.secretary, id, "已换新灯")
				w.Must(err)
				_, err = w.mailbox.GiveFeedback(ctx, w.wang, id, mailbox.Feedback{Outcome: model.OutcomeFixed})
				return err
			},
			"merged":    func(id model.RequestID) error { _, err := w.mailbox.Merge(ctx, w.worker, id, other); return err },
			"withdrawn": func(id model.RequestID) error { _, err := w.mailbox.Withdraw(ctx, w.wang, id); return err },
		} {
			id, referral := w.referred(department)
			w.agrees(referral)
			clock.Move(time.Minute)
			w.Must(end(id))
			if r := w.referral(referral); r.Status != model.ReferralEnded || r.Live != nil {
				t.Errorf("%s: %+v", name, r)
			}
			if last := w.lastTold(officer); last.Kind != "referral_over" {
				t.Errorf("%s: %+v", name, last)
			}
			_, err := w.mailbox.ReadReferral(ctx, officer, referral)
			w.ExpectFault(err, fault.ErrNotFound)
		}
	})
}

func TestADepartmentThatIsNoMoreIsNotAsked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, _, _ := w.bureau()
		id, referral := w.referred(department)
		unit, today := w.Read(department), model.DateOf(clock.Now())
		unit.ValidTo = &today
		_, err := s.Units.SaveChanged(ctx, unit)
		w.Must(err)
		_, err = w.mailbox.DecideReferral(ctx, w.wang, referral, textOnly)
		w.ExpectFault(err, store.ErrUnitEnded)
		_, err = w.mailbox.TakeBack(ctx, w.secretary, referral)
		w.Must(err)
		_, err = w.mailbox.Refer(ctx, w.secretary, id, department, "请协助") // whose end the service has not heard of
		w.ExpectFault(err, store.ErrUnitEnded)
		_, err = w.mailbox.Refer(ctx, w.secretary, id, w.community, "请协助")
		w.ExpectFault(err, fault.ErrInvalid)
	})
}

// TestAReferralGoesWithItsRequestToAnotherBranch when its own is dissolved.
func TestAReferralGoesWithItsRequestToAnotherBranch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		_, referral := w.referred(department)
		w.agrees(referral)
		w.Must(s.InTx(ctx, func(tx *store.Store) error {
			return w.mailbox.HandOverWork(ctx, tx, model.HandOver{From: w.hongqiaoBranch, To: w.tianyueBranch})
		}))
		clock.Move(time.Second)
		_, err := w.mailbox.AnswerReferral(ctx, officer, referral, "下周更换")
		w.Must(err)
		if last := w.lastTold(w.otherSecretary); last.Kind != "request_referral_answer" {
			t.Errorf("%+v", last)
		}
	})
}

// TestOfManyWordsOnAReferralAtOnceOneCounts: two officers answer, another gives it back, and the
// resident says no, all at the same moment.
func TestOfManyWordsOnAReferralAtOnceOneCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		colleague := w.Staff(model.DepartmentOfficer, department)
		id, referral := w.referred(department)
		w.agrees(referral)
		before := w.read(id).Version
		won := together(t, 12, fault.ErrIllegalTransition, func(i int) (err error) {
			switch i % 4 {
			case 0:
				_, err = w.mailbox.AnswerReferral(ctx, officer, referral, "下周更换")
			case 1:
				_, err = w.mailbox.AnswerReferral(ctx, colleague, referral, "不换")
			case 2:
				_, err = w.mailbox.ReturnReferral(ctx, colleague, referral, "不归我们")
			default:
				_, err = w.mailbox.DecideReferral(ctx, w.wang, referral, mailbox.Consent{})
			}
			if errors.Is(err, fault.ErrNotFound) { // the resident was first: it is theirs no more
				err = fault.ErrIllegalTransition
			}
			return err
		})
		r := w.referral(referral)
		if won != 1 || w.read(id).Version != before+1 || r.Live != nil || r.Open() {
			t.Errorf("%d won: %+v", won, r)
		}
	})
}

// TestWordsAtOnceWouldAllCountWithoutTheLock is the power check: judged on what was read before
// the transaction, the resident's no and the department's answer both happen.
func TestWordsAtOnceWouldAllCountWithoutTheLock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		department, _, _ := w.bureau()
		_, referral := w.referred(department)
		w.agrees(referral)
		var haveRead sync.WaitGroup
		haveRead.Add(2)
		won := together(t, 2, fault.ErrIllegalTransition, func(i int) error {
			r, err := s.Referrals.Get(t.Context(), referral)
			w.Must(err)
			haveRead.Done()
			haveRead.Wait()
			if err := r.Step([]model.RequestMove{model.MoveReferralNo, model.MoveReferralAnswer}[i], s.Now()); err != nil {
				return err
			}
			return s.InTx(t.Context(), func(tx *store.Store) error {
				now, err := tx.Referrals.GetLocked(t.Context(), referral)
				if err != nil {
					return err
				}
				_, err = tx.Referrals.SaveMoved(t.Context(), r, now.Version)
				return err
			})
		})
		if won != 2 {
			t.Errorf("%d won: this test cannot tell a lock from none", won)
		}
	})
}

// TestAskingTwiceAtOnceIsAskingOnce: two of the staff ask two departments at the same moment.
func TestAskingTwiceAtOnceIsAskingOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		id := w.accepted()
		departments := []model.UnitID{w.Unit(model.Department, w.county), w.Unit(model.Department, w.county)}
		won := together(t, 6, mailbox.ErrReferred, func(i int) error {
			_, err := w.mailbox.Refer(t.Context(), []model.Actor{w.secretary, w.worker}[i%2], id, departments[i%2], "请协助")
			return err
		})
		if rows, err := s.Referrals.ListByRequest(t.Context(), id); err != nil || won != 1 || len(rows) != 1 {
			t.Errorf("%d won, %+v, %v", won, rows, err)
		}
	})
}
