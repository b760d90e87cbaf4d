package identity_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/identity"
	"jinlin/service/mailbox"
)

var byCourt = identity.Asking{Ground: model.GroundCourt, Document: "（2026）晋01民初12号", Note: "法院调取诉求提交人身份"}

// asked is an opening that the town has asked for.
func (w *world) asked(id model.RequestID) model.IdentityOpeningID {
	w.T.Helper()
	o, err := w.Ask(w.T.Context(), w.town, id, byCourt)
	w.Must(err)
	return o.ID
}

func TestTwoOfficersAndAReasonOfLawOpenAnIdentity(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.submits(w.wang, w.estate)
		o := w.asked(id)
		_, err := w.Reveal(ctx, w.town, o)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		_, err = w.Approve(ctx, w.town, o)
		w.ExpectFault(err, fault.ErrForbidden) // a town asks, the county decides
		approved, err := w.Approve(ctx, w.clerk, o)
		if w.Must(err); approved.Status != model.OpeningApproved || !approved.ExpiresAt.Equal(w.Clock.Now().Add(identity.OpenFor)) {
			t.Fatalf("%+v", approved)
		}
		for _, officer := range []model.Actor{w.town, w.clerk} {
			shown, err := w.Reveal(ctx, officer, o)
			if w.Must(err); shown.Nickname != "王桂花" || shown.Phone != phone {
				t.Fatalf("%+v", shown)
			}
		}
		_, err = w.Reveal(ctx, w.second, o)
		w.ExpectFault(err, identity.ErrNotOfficer)
		_, err = w.Reveal(ctx, w.secretary, o)
		w.ExpectFault(err, fault.ErrForbidden)

		mine, err := w.Mine(ctx, w.wang, model.Page{})
		if w.Must(err); len(mine.Items) != 1 || mine.Items[0].ID != o || mine.Items[0].Document != byCourt.Document {
			t.Fatalf("%+v", mine)
		}
		others, err := w.Mine(ctx, w.li, model.Page{})
		if w.Must(err); len(others.Items) != 0 {
			t.Fatalf("%+v", others)
		}
		events, err := w.Store.IdentityOpeningEvents.ListByOpening(ctx, o)
		w.Must(err)
		record, err := w.Store.Audit.List(ctx, model.Page{})
		if w.Must(err); len(events) != 4 || len(record.Items) != 4 || events[3].Move != model.RevealIdentity || events[3].ActorID != w.clerk.User {
			t.Fatalf("%d events, %d on record: %+v", len(events), len(record.Items), events)
		}
		inbox := w.inbox(w.wang)
		if len(inbox) != 1 || inbox[0].Kind != "identity_opened" || strings.Contains(inbox[0].Text, byCourt.Document) {
			t.Fatalf("%+v", inbox)
		}
		w.Clock.Move(identity.OpenFor)
		_, err = w.Reveal(ctx, w.town, o)
		w.ExpectFault(err, fault.ErrIllegalTransition)
	})
}

func TestWhoMayNotOpen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.submits(w.wang, w.estate)
		for what, ask := range map[string]identity.Asking{
			"no ground":  {Document: "1", Note: "想知道是谁"},
			"no paper":   {Ground: model.GroundCourt, Document: " ", Note: "想知道是谁"},
			"no account": {Ground: model.GroundCourt, Document: "1", Note: "谁"},
		} {
			if _, err := w.Ask(ctx, w.town, id, ask); fault.From(err).Code != fault.ErrInvalid.Code {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := w.Ask(ctx, w.secretary, id, byCourt)
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.mailbox.Accept(ctx, w.clerk, id, "")
		w.Must(err)
		_, err = w.Ask(ctx, w.clerk, id, byCourt)
		w.ExpectFault(err, identity.ErrHandles)
		o, err := w.Ask(ctx, w.second, id, byCourt)
		w.Must(err)
		_, err = w.Ask(ctx, w.town, id, byCourt)
		w.ExpectFault(err, identity.ErrAsked)
		_, err = w.Approve(ctx, w.second, o.ID)
		w.ExpectFault(err, identity.ErrSameOfficer)
		_, err = w.Approve(ctx, w.clerk, o.ID)
		w.ExpectFault(err, identity.ErrHandles)

		named := sealedAbout(w.estate)
		named.Identity = model.IdentityNamed
		state, err := w.mailbox.Submit(ctx, w.wang, named)
		w.Must(err)
		_, err = w.Ask(ctx, w.town, state.ID, byCourt)
		w.ExpectFault(err, identity.ErrNotSealed)
	})
}

// handlings are all that staff do with a request.
func (w *world) handlings(actor model.Actor, id, other model.RequestID) map[string]error {
	ctx, m, later := w.T.Context(), w.mailbox, w.Clock.Now().Add(24*time.Hour)
	of := func(_ mailbox.State, err error) error { return err }
	_, wrote := m.Write(ctx, actor, id, "请补充")
	return map[string]error{
		"acceptance": of(m.Accept(ctx, actor, id, "")), "refusal": of(m.Refuse(ctx, actor, id, "不受理")),
		"dispatches": of(m.Dispatch(ctx, actor, id, mailbox.Target{TeamID: w.branch})), "returns": of(m.Return(ctx, actor, id, "不归我们")),
		"start": of(m.Start(ctx, actor, id)), "pauses": of(m.Pause(ctx, actor, id, model.PauseExpert, later)), "resumption": of(m.Resume(ctx, actor, id)),
		"extensions": of(m.AskExtension(ctx, actor, id, later, "配件未到")), "extension_decisions": of(m.DecideExtension(ctx, actor, id, true)),
		"reply": of(m.Reply(ctx, actor, id, "已公开")), "promises": of(m.Promise(ctx, actor, id, "公开账目", model.DateOf(later))),
		"merges": of(m.Merge(ctx, actor, id, other)), "merges of others": of(m.Merge(ctx, actor, other, id)),
		"return_visits": of(m.ReturnVisit(ctx, actor, id, mailbox.Visit{Outcome: model.OutcomeNotFixed, Note: "问过了"})), "messages": wrote,
	}
}

func TestWhoKnowsWhoItIsHandlesNothingOfTheirs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.submits(w.wang, w.estate)
		same, others := w.submits(w.wang, w.estate), w.submits(w.li, w.estate)
		o := w.asked(id)
		_, err := w.mailbox.Accept(ctx, w.town, id, "") // or they would be one of its handlers when it is opened
		w.ExpectFault(err, mailbox.ErrKnowsWho)
		_, err = w.Approve(ctx, w.clerk, o)
		w.Must(err)
		w.Clock.Move(48 * time.Hour) // who could look once knows for good
		for _, officer := range []model.Actor{w.town, w.clerk} {
			for _, request := range []model.RequestID{id, same} {
				for move, err := range w.handlings(officer, request, others) {
					if fault.From(err).Code != mailbox.ErrKnowsWho.Code {
						t.Errorf("%s: %v", move, err)
					}
				}
			}
		}
		_, err = w.mailbox.Accept(ctx, w.town, others, "")
		w.Must(err)
		for move, err := range w.handlings(w.second, id, w.submits(w.li, w.otherEstate)) {
			if fault.From(err).Code == mailbox.ErrKnowsWho.Code {
				t.Errorf("who has opened nothing: %s: %v", move, err)
			}
		}
	})
}

func TestWhoWasNotShownWhoItIsMayHandleIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, refused, lapsed := t.Context(), w.submits(w.wang, w.estate), w.submits(w.wang, w.estate)
		_, err := w.Refuse(ctx, w.clerk, w.asked(refused), "文书与诉求不符")
		w.Must(err)
		w.asked(lapsed)
		w.Clock.Move(identity.AskedFor)
		for _, id := range []model.RequestID{refused, lapsed} {
			_, err = w.mailbox.Accept(ctx, w.town, id, "")
			w.Must(err)
		}
	})
}

// TestWhoHandlesAndAsksAtOnceDoesOneOfThem: whichever comes first keeps the same officer from the other.
func TestWhoHandlesAndAsksAtOnceDoesOneOfThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, estate := range []model.UnitID{w.estate, w.otherEstate, w.estate, w.otherEstate} {
			id := w.submits(w.wang, estate)
			won := w.AtOnce(2, func(i int) error {
				var err error
				if i == 0 {
					_, err = w.mailbox.Accept(t.Context(), w.town, id, "")
				} else {
					_, err = w.Ask(t.Context(), w.town, id, byCourt)
				}
				return err
			}, mailbox.ErrKnowsWho, identity.ErrHandles)
			if won != 1 {
				t.Fatalf("%d were done", won)
			}
		}
	})
}

// TestPowerLookingWithoutTheLockLetsBothThrough is the power check: whoever looks before they hold
// the request handles it and has its identity opened.
func TestPowerLookingWithoutTheLockLetsBothThrough(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.submits(w.wang, w.estate)
		r, err := w.Store.Requests.Get(ctx, id)
		w.Must(err)
		var looked sync.WaitGroup
		looked.Add(2)
		both := w.AtOnce(2, func(i int) error {
			knows, err := identity.Knows(ctx, w.Store, r, w.town.User)
			events, missing := w.Store.RequestEvents.ListByRequest(ctx, id)
			looked.Done()
			looked.Wait()
			if err = errors.Join(err, missing); err != nil || knows || len(events) != 2 {
				return err
			}
			if i == 0 {
				_, err = w.mailbox.Accept(ctx, w.second, id, "") // whose hands stand for the officer's
				return err
			}
			return w.Store.IdentityOpenings.Add(ctx, &model.IdentityOpening{
				ID: model.NewID[model.IdentityOpening](w.Clock.Now()), IdentityID: r.SubmitterID, RequestID: id, BranchID: w.branch,
				Status: model.OpeningAsked, Live: model.Lasting(), AskedBy: w.town.User, AskedAt: w.Clock.Now(), ExpiresAt: w.Clock.Now(),
			})
		})
		if both != 2 {
			t.Fatalf("%d: this test cannot tell a lock from none", both)
		}
	})
}

func TestWhatNobodyDecidesLapsesAndWhatIsRefusedStaysShut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, id := t.Context(), w.submits(w.wang, w.estate)
		first := w.asked(id)
		w.Clock.Move(identity.AskedFor)
		_, err := w.Approve(ctx, w.clerk, first)
		if w.ExpectFault(err, fault.ErrIllegalTransition); fault.From(err).Current != "lapsed" {
			t.Fatal(err)
		}
		second := w.asked(id)
		lapsed, err := w.Get(ctx, w.clerk, first)
		if w.Must(err); lapsed.Status != model.OpeningLapsed || lapsed.Live != nil {
			t.Fatalf("%+v", lapsed)
		}
		_, err = w.Refuse(ctx, w.clerk, second, " ")
		w.ExpectFault(err, fault.ErrInvalid)
		_, err = w.Refuse(ctx, w.clerk, second, "文书与诉求不符")
		w.Must(err)
		_, err = w.Approve(ctx, w.clerk, second)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		_, err = w.Reveal(ctx, w.town, second)
		w.ExpectFault(err, fault.ErrIllegalTransition)
		w.Clock.Move(time.Millisecond)
		w.asked(id)
		for status, want := range map[model.IdentityOpeningStatus]int{"": 3, model.OpeningLapsed: 1, model.OpeningAsked: 1} {
			found, err := w.List(ctx, w.town, model.UnitID{}, status, model.Page{})
			if w.Must(err); len(found.Items) != want {
				t.Errorf("%q: %d", status, len(found.Items))
			}
		}
		if inbox := w.inbox(w.wang); len(inbox) != 0 {
			t.Fatalf("told of nothing: %+v", inbox)
		}
	})
}

func TestOfTwoWhoDecideAtOnceOneDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.submits(w.wang, w.estate)
		asked := w.AtOnce(4, func(int) error {
			_, err := w.Ask(t.Context(), w.town, id, byCourt)
			return err
		}, identity.ErrAsked)
		found, err := w.List(t.Context(), w.clerk, model.UnitID{}, "", model.Page{})
		if w.Must(err); asked != 1 || len(found.Items) != 1 {
			t.Fatalf("%d asked, %d openings", asked, len(found.Items))
		}
		decided := w.AtOnce(6, func(i int) error {
			if i%2 == 0 {
				_, err := w.Approve(t.Context(), w.clerk, found.Items[0].ID)
				return err
			}
			_, err := w.Refuse(t.Context(), w.second, found.Items[0].ID, "不符")
			return err
		}, fault.ErrIllegalTransition)
		if decided != 1 {
			t.Fatalf("%d decided", decided)
		}
	})
}
