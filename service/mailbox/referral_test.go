package mailbox_test

import (
	"database/sql"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/mailbox"
	"jinlin/service/wechat"
)

// bureau is a department with an officer, and another's officer.
func (w *world) bureau() (department model.UnitID, officer, stranger model.Actor) {
	w.T.Helper()
	department = w.Unit(model.Department, w.county)
	return department, w.Staff(model.DepartmentOfficer, department), w.Staff(model.DepartmentOfficer, w.Unit(model.Department, w.county))
}

// referred is a request of wang's about which a department is asked, and its referral.
func (w *world) referred(department model.UnitID, change ...func(*mailbox.Submission)) (model.RequestID, model.ReferralID) {
	w.T.Helper()
	ctx, id := w.T.Context(), w.accepted(change...)
	w.Clock.Move(time.Second)
	_, err := w.mailbox.Refer(ctx, w.secretary, id, department, "井盖归哪家管")
	w.Must(err)
	list, err := w.mailbox.Referrals(ctx, w.wang, id)
	w.Must(err)
	return id, list[len(list)-1].ID
}

func TestADepartmentSeesWhatTheResidentPassedOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, stranger := w.bureau()
		id, referral := w.referred(department, func(in *mailbox.Submission) {
			in.Location, in.Answers = "三单元门口", []model.RequestAnswer{{Question: "where", Text: "三楼"}}
		})
		before, err := s.RequestClocks.ListByRequests(ctx, id)
		w.Must(err)
		if last := w.lastTold(w.wang); last.Kind != "request_referrals" {
			t.Errorf("%+v", last)
		}
		_, err = w.mailbox.ReadReferral(ctx, officer, referral)
		w.ExpectFault(err, fault.ErrNotFound) // nobody has agreed yet
		_, err = w.mailbox.Refer(ctx, w.secretary, id, department, "再问一次")
		w.ExpectFault(err, mailbox.ErrReferred)
		_, err = w.mailbox.DecideReferral(ctx, w.li, referral, mailbox.Consent{Agrees: true})
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.mailbox.DecideReferral(ctx, w.wang, referral, mailbox.Consent{Agrees: true, Passes: []model.Passed{model.PassText, model.PassAnswers}})
		w.Must(err)
		w.expectTold(officer, "referral_agreed")
		w.expectTold(stranger)
		got, err := w.mailbox.ReadReferral(ctx, officer, referral)
		w.Must(err)
		if got.Text != "三号楼楼道灯坏了" || len(got.Answers) != 1 || got.Location != "" || got.Submitter != "" || got.Question != "井盖归哪家管" || got.DueAt == nil {
			t.Errorf("%+v", got)
		}
		_, err = w.mailbox.ReadReferral(ctx, stranger, referral)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.mailbox.Read(ctx, officer, id)
		w.ExpectFault(err, fault.ErrNotFound) // the request is not theirs
		after, err := s.RequestClocks.ListByRequests(ctx, id)
		w.Must(err)
		for i := range before {
			if !before[i].Same(after[i]) {
				t.Errorf("the clock %s did not go on", before[i].Name)
			}
		}
	})
}

// TestAPhotoThatNamesSomebodyIsNotPassedOn: a slip is signed, and a group's talk shows who speaks.
func TestAPhotoThatNamesSomebodyIsNotPassedOn(t *testing.T) {
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock)
		ctx, photo := t.Context(), w.photo(w.wang)
		department, officer, _ := w.bureau()
		id, referral := w.referred(department, func(in *mailbox.Submission) { in.Uploads = []model.UploadID{photo} })
		w.judged(photo, wechat.Pass)
		_, err := w.mailbox.DecideReferral(ctx, w.wang, referral, mailbox.Consent{Agrees: true, Passes: []model.Passed{model.PassPhotos}})
		w.Must(err)
		for source, want := range map[model.RequestSource]int{model.SourceOnline: 1, model.SourceProxy: 1, model.SourceBox: 0, model.SourceGroup: 0} {
			_, err := past.ExecContext(ctx, "UPDATE requests SET source = ? WHERE id = ?", source, id[:])
			w.Must(err)
			got, err := w.mailbox.ReadReferral(ctx, officer, referral)
			if w.Must(err); len(got.Photos.Shown) != want {
				t.Errorf("%s: %d photos", source, len(got.Photos.Shown))
			}
		}
	})
}

func TestADepartmentAnswersTheBranchAndNotTheResident(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, stranger := w.bureau()
		id, referral := w.referred(department)
		_, err := w.mailbox.DecideReferral(ctx, w.wang, referral, mailbox.Consent{Agrees: true, Passes: []model.Passed{model.PassText, model.PassName}})
		w.Must(err)
		_, err = w.mailbox.AnswerReferral(ctx, stranger, referral, "不是我们的")
		w.ExpectFault(err, fault.ErrNotFound)
		clock.Move(time.Minute)
		moved, err := w.mailbox.AnswerReferral(ctx, officer, referral, "下周更换")
		w.Must(err)
		if moved.Status != model.ReferralAnswered || moved.OfficerID != officer.User {
			t.Fatalf("%+v", moved)
		}
		_, err = w.mailbox.ReturnReferral(ctx, officer, referral, "不归我们")
		if fault.From(err).Code != "illegal_transition" {
			t.Errorf("%v", err)
		}
		if last := w.lastTold(w.secretary); last.Kind != "request_referral_answer" {
			t.Errorf("%+v", last)
		}
		own, err := w.mailbox.Referrals(ctx, w.wang, id)
		w.Must(err)
		theirs, err := w.mailbox.Referrals(ctx, w.secretary, id)
		w.Must(err)
		if own[0].Answer != "" || !own[0].OfficerID.IsZero() || theirs[0].Answer != "下周更换" {
			t.Errorf("%+v, %+v", own, theirs)
		}
		view, err := w.mailbox.Read(ctx, w.wang, id)
		w.Must(err)
		if last := view.Timeline[len(view.Timeline)-1]; last.Kind != model.MoveReferralAnswer || last.Text != "" {
			t.Errorf("%+v", last)
		}
		closed, err := w.mailbox.ReadReferral(ctx, officer, referral)
		if err != nil || closed.Text != "" || closed.Submitter != "" || closed.Answer != "下周更换" {
			t.Errorf("%+v, %v", closed, err)
		}
		list, err := w.mailbox.ReferredTo(ctx, officer, model.UnitID{}, model.ReferralAnswered, model.Page{})
		if err != nil || len(list.Items) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		_, err = w.mailbox.Reply(ctx, w.secretary, id, "住建局下周更换")
		w.Must(err)
	})
}

func TestAResidentSaysNoAlsoLater(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		id, referral := w.referred(department)
		_, err := w.mailbox.DecideReferral(ctx, w.wang, referral, mailbox.Consent{Agrees: true, Passes: []model.Passed{model.PassText}})
		w.Must(err)
		_, err = w.mailbox.DecideReferral(ctx, w.wang, referral, mailbox.Consent{})
		w.Must(err)
		_, err = w.mailbox.ReadReferral(ctx, officer, referral)
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.mailbox.AnswerReferral(ctx, officer, referral, "下周更换")
		w.ExpectFault(err, fault.ErrNotFound)
		_, err = w.mailbox.Refer(ctx, w.secretary, id, department, "再请居民考虑") // asked anew
		w.Must(err)
		_, err = w.mailbox.Withdraw(ctx, w.wang, id)
		w.Must(err)
		rows, err := s.Referrals.ListByRequest(ctx, id)
		w.Must(err)
		if len(rows) != 2 || rows[1].Status != model.ReferralEnded || rows[1].Live != nil {
			t.Errorf("%+v", rows)
		}
	})
}

// TestSealedStaysSealed: a request that names nobody to its staff names nobody to a department.
func TestSealedStaysSealed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		for _, identity := range []model.RequestIdentity{model.IdentityHidden, model.IdentitySealed} {
			_, referral := w.referred(department, func(in *mailbox.Submission) { in.Identity = identity })
			_, err := w.mailbox.DecideReferral(ctx, w.wang, referral, mailbox.Consent{Agrees: true, Passes: []model.Passed{model.PassName}})
			w.ExpectFault(err, fault.ErrInvalid)
			_, err = w.mailbox.DecideReferral(ctx, w.wang, referral, mailbox.Consent{Agrees: true, Passes: []model.Passed{model.PassText}})
			w.Must(err)
			got, err := w.mailbox.ReadReferral(ctx, officer, referral)
			if err != nil || got.Submitter != "" || got.Text == "" {
				t.Errorf("%s: %+v, %v", identity, got, err)
			}
			rows, err := s.Referrals.ListByRequest(ctx, got.RequestID)
			w.Must(err)
			for _, row := range rows {
				if row.AskedBy == w.wang.User || row.OfficerID == w.wang.User {
					t.Errorf("%+v names the person", row)
				}
			}
		}
	})
}

// TestStaffRecordConsentOnlyForWhomOthersEntered: whoever has the mini-program speaks there.
func TestStaffRecordConsentOnlyForWhomOthersEntered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		ctx := t.Context()
		department, officer, _ := w.bureau()
		id, referral := w.referred(department)
		said := mailbox.Consent{Agrees: true, Passes: []model.Passed{model.PassText}, How: model.ConsentByPhone}
		_, err := w.mailbox.RecordConsent(ctx, w.secretary, referral, said)
		w.ExpectFault(err, mailbox.ErrSpeaksForSelf)
		_, err = w.mailbox.RecordConsent(ctx, w.otherSecretary, referral, said)
		w.ExpectFault(err, fault.ErrNotFound)
		w.Must(s.Absentees.Add(ctx, &model.Absentee{
			ID: model.NewID[model.User](clock.Now()), RequestID: id, Source: model.SourceProxy, NameSealed: []byte{}, PhoneSealed: []byte{}, CodeHash: make([]byte, 32),
			EnteredBy: w.worker.User, CreatedAt: clock.Now(),
		}))
		_, err = w.mailbox.RecordConsent(ctx, w.secretary, referral, said)
		w.Must(err)
		row, err := s.Referrals.Get(ctx, referral)
		w.Must(err)
		if row.ConsentHow != model.ConsentByPhone || row.ConsentAt == nil || row.Passes != "text" {
			t.Errorf("%+v", row)
		}
		_, err = w.mailbox.ReadReferral(ctx, officer, referral)
		w.Must(err)
	})
}
