package identity_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/identity"
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

		inbox, err := w.Store.Messages.List(ctx, w.wang.User, model.Page{})
		if w.Must(err); len(inbox.Items) != 1 || !strings.Contains(inbox.Items[0].Text, byCourt.Document) || strings.Contains(inbox.Items[0].Text, "民初13") {
			t.Fatalf("%+v", inbox.Items)
		}
		mine, err := w.Mine(ctx, w.wang, model.Page{})
		if w.Must(err); len(mine.Items) != 1 || mine.Items[0].ID != o {
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
		inbox, err := w.Store.Messages.List(ctx, w.wang.User, model.Page{})
		if w.Must(err); len(inbox.Items) != 0 {
			t.Fatalf("told of nothing: %+v", inbox.Items)
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
