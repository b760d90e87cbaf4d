package tenure_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/tenure"
)

// world is a town whose committee appoints, and a branch in it.
type world struct {
	storetest.World
	*tenure.Service
	access *access.Service

	town, branch, elsewhere     model.UnitID
	clerk, member, other, elder model.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	rights := access.New(s, units)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, Service: tenure.New(s, rights, units), access: rights}
	county := w.Unit(model.County, model.UnitID{})
	w.town = w.Unit(model.Town, county)
	w.branch = w.Unit(model.Branch, w.Unit(model.Community, w.town))
	w.elsewhere = w.Unit(model.Branch, w.Unit(model.Community, w.Unit(model.Town, county)))
	committee := w.Unit(model.Committee, w.town)
	w.Cover(committee, w.town)
	w.clerk, w.member, w.other = w.Staff(model.CountyClerk, county), w.Staff(model.TownCommittee, committee), w.Staff(model.TownCommittee, w.town)
	w.elder = w.Person("郭志强")
	return w
}

func (w *world) proposes(startsOn model.Date) model.Tenure {
	w.T.Helper()
	t, err := w.Propose(w.T.Context(), w.member, tenure.Proposal{
		BranchID: w.branch, UserID: w.elder.User, Name: "郭志强", Source: model.RetiredCadre, FormerUnit: "县水利局", StartsOn: startsOn,
	})
	w.Must(err)
	return t
}

// judges records that all standards are met.
func (w *world) judges(id model.TenureID) {
	w.T.Helper()
	for _, standard := range model.Standards {
		_, err := w.Judge(w.T.Context(), w.member, id, tenure.Judgement{Standard: standard, Met: true, Note: "走访了解"})
		w.Must(err)
	}
}

// approved is a tenure that may start.
func (w *world) approved(startsOn model.Date) model.Tenure {
	w.T.Helper()
	t := w.proposes(startsOn)
	w.judges(t.ID)
	t, err := w.Approve(w.T.Context(), w.other, t.ID, "镇党委会议研究")
	w.Must(err)
	return t
}

// acts says whether the elder may do a secretary's work.
func (w *world) acts() bool {
	return w.access.Require(w.T.Context(), w.elder, access.MailboxHandle, w.branch) == nil
}

func TestATenureFromTheProposalToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made, ctx := w.approved(""), t.Context()
		if w.acts() || made.Status != model.TenureApproved || w.Read(made.AppointedByUnit).Kind != model.Committee {
			t.Fatalf("%+v", made)
		}
		made, err := w.Start(ctx, w.other, made.ID)
		if err != nil || !w.acts() || made.StartedOn == nil || *made.StartedOn != "2026-11-23" {
			t.Fatalf("%+v, %v", made, err)
		}
		_, err = w.Suspend(ctx, w.other, made.ID, "配合调查")
		if err != nil || w.acts() {
			t.Fatalf("a suspended secretary acts; %v", err)
		}
		_, err = w.Resume(ctx, w.other, made.ID)
		if err != nil || !w.acts() {
			t.Fatalf("not again in post; %v", err)
		}
		w.Clock.Move(24 * time.Hour)
		made, err = w.End(ctx, w.member, made.ID, model.EndTerm, "")
		if err != nil || w.acts() || made.EndedOn == nil || *made.EndedOn != "2026-11-24" || !made.PostBranchID.IsZero() {
			t.Fatalf("%+v, %v", made, err)
		}
		course, err := w.Course(ctx, w.clerk, made.ID)
		w.Must(err)
		var moves []model.TenureMove
		for _, e := range course.Events {
			moves = append(moves, e.Move)
		}
		want := []model.TenureMove{
			model.ProposeTenure, model.CheckTenure, model.ApproveTenure, model.StartTenure, model.SuspendTenure, model.ResumeTenure, model.EndTenure,
		}
		if !reflect.DeepEqual(moves, want) || len(course.Judgements) != 3 || course.Judgements[0].JudgedBy != w.member.User {
			t.Errorf("%v, %+v", moves, course.Judgements)
		}
	})
}

func TestFourEyesAndThreeStandards(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, made := t.Context(), w.proposes("")
		_, err := w.Approve(ctx, w.other, made.ID, "")
		w.ExpectFault(err, fault.ErrIllegalTransition)
		judge := func(standard model.Standard, met bool) model.Tenure {
			judged, err := w.Judge(ctx, w.clerk, made.ID, tenure.Judgement{Standard: standard, Met: met})
			w.Must(err)
			return judged
		}
		judge(model.PoliticallySound, true)
		judge(model.Recognised, true)
		for _, met := range []bool{false, true} { // judged again: the last word counts
			if judged := judge(model.Capable, met); (judged.Status == model.TenureChecked) != met {
				t.Fatalf("met %t: %s", met, judged.Status)
			}
		}
		_, err = w.Judge(ctx, w.clerk, made.ID, tenure.Judgement{Standard: model.Capable, Met: false})
		w.ExpectFault(err, fault.ErrIllegalTransition)
		_, err = w.Approve(ctx, w.member, made.ID, "")
		w.ExpectFault(err, tenure.ErrOwnProposal)
		w.Grant(w.elder, model.TownCommittee, w.town)
		_, err = w.Propose(ctx, w.elder, tenure.Proposal{BranchID: made.BranchID, UserID: w.elder.User, Name: made.Name, Source: made.Source, FormerUnit: made.FormerUnit})
		w.ExpectFault(err, tenure.ErrOneself)
		_, err = w.Judge(ctx, w.elder, made.ID, tenure.Judgement{Standard: model.Capable, Met: true})
		w.ExpectFault(err, tenure.ErrOneself)
		_, err = w.Approve(ctx, w.elder, made.ID, "")
		w.ExpectFault(err, tenure.ErrOwnProposal)
		stranger := w.Staff(model.TownCommittee, w.elsewhere)
		_, err = w.Approve(ctx, stranger, made.ID, "")
		w.ExpectFault(err, fault.ErrNotFound)
		rejected, err := w.Reject(ctx, w.member, made.ID, "本人不愿意")
		if err != nil || rejected.Status != model.TenureRejected {
			t.Errorf("%+v, %v", rejected, err)
		}
	})
}

func TestWhatCannotBeProposed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := tenure.Proposal{BranchID: w.branch, UserID: w.elder.User, Name: "郭志强", Source: model.ResidentMember}
		for what, spoil := range map[string]func(p *tenure.Proposal){
			"no branch":           func(p *tenure.Proposal) { p.BranchID = w.town },
			"nobody":              func(p *tenure.Proposal) { p.UserID = model.NewID[model.User](w.Clock.Now()) },
			"a cadre of nowhere":  func(p *tenure.Proposal) { p.Source = model.RetiredCadre },
			"in post last spring": func(p *tenure.Proposal) { p.StartsOn = "2026-03-01" },
		} {
			p := good
			spoil(&p)
			if _, err := w.Propose(t.Context(), w.clerk, p); !errors.Is(err, fault.ErrInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := w.Propose(t.Context(), w.elder, good)
		w.ExpectFault(err, fault.ErrForbidden)
		good.BranchID = w.elsewhere
		_, err = w.Propose(t.Context(), w.member, good)
		w.ExpectFault(err, fault.ErrNotFound)
	})
}

func TestATenureStartsByItselfOnItsDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.approved("2026-12-01")
		_, err := w.Start(t.Context(), w.other, made.ID)
		w.ExpectFault(err, tenure.ErrTooEarly)
		w.Clock.Set(model.Date("2026-11-30").At(23, 59))
		if n, err := w.StartDue(t.Context()); n != 0 || err != nil {
			t.Errorf("too early: %d, %v", n, err)
		}
		w.Clock.Set(model.Date("2026-12-01").At(0, 0))
		second := w.approved("2026-12-01") // of two for one post, the first proposed
		if n, err := w.StartDue(t.Context()); n != 1 || err != nil || !w.acts() {
			t.Errorf("%d, %v", n, err)
		}
		if n, err := w.StartDue(t.Context()); n != 0 || err != nil {
			t.Errorf("again: %d, %v", n, err)
		}
		_, err = w.Start(t.Context(), w.other, second.ID)
		w.ExpectFault(err, tenure.ErrPostTaken)
	})
}

func TestVacantPostsAreListedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		vacant := func(actor model.Actor, unit model.UnitID) []tenure.Vacancy {
			t.Helper()
			list, err := w.Vacancies(t.Context(), actor, unit, model.Page{})
			w.Must(err)
			return list.Items
		}
		if all := vacant(w.clerk, model.UnitID{}); len(all) != 2 || all[0].Since != "2020-01-01" {
			t.Errorf("%+v", all)
		}
		if one := vacant(w.member, model.UnitID{}); len(one) != 1 || one[0].Branch.ID != w.branch {
			t.Errorf("%+v", one)
		}
		made := w.approved("")
		if coming := vacant(w.clerk, w.branch); len(coming) != 1 || coming[0].Coming == nil || coming[0].Coming.ID != made.ID {
			t.Errorf("%+v", coming)
		}
		_, err := w.Start(t.Context(), w.other, made.ID)
		w.Must(err)
		if none := vacant(w.clerk, w.branch); len(none) != 0 {
			t.Errorf("%+v", none)
		}
		_, err = w.Suspend(t.Context(), w.other, made.ID, "请假")
		w.Must(err)
		if away := vacant(w.clerk, w.branch); len(away) != 1 || away[0].Suspended == nil || away[0].Since != "2026-11-23" {
			t.Errorf("%+v", away)
		}
		w.Clock.Move(48 * time.Hour)
		_, err = w.End(t.Context(), w.other, made.ID, model.EndResigned, "")
		w.Must(err)
		if gone := vacant(w.clerk, w.branch); len(gone) != 1 || gone[0].Suspended != nil || gone[0].Since != "2026-11-25" {
			t.Errorf("%+v", gone)
		}
		page, err := w.Vacancies(t.Context(), w.clerk, model.UnitID{}, model.Page{Limit: 1})
		w.Must(err)
		rest, err := w.Vacancies(t.Context(), w.clerk, model.UnitID{}, model.Page{Limit: 1, After: page.Next})
		if err != nil || len(rest.Items) != 1 || rest.Next != nil || rest.Items[0].Branch.ID == page.Items[0].Branch.ID {
			t.Errorf("%+v, %v", rest, err)
		}
	})
}

func TestADissolvedBranchEndsItsTenures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.approved("")
		_, err := w.Start(t.Context(), w.other, made.ID)
		w.Must(err)
		proposed := w.proposes("2026-12-01")
		w.Must(w.Store.InTx(t.Context(), func(tx *store.Store) error {
			return tenure.EndWithBranch(t.Context(), tx, w.branch, "组织设置调整")
		}))
		list, err := w.List(t.Context(), w.clerk, tenure.Filter{UnitID: w.branch}, model.Page{})
		w.Must(err)
		if w.acts() || len(list.Items) != 2 {
			t.Fatalf("%+v", list)
		}
		for _, got := range list.Items {
			want := map[model.TenureID]model.TenureStatus{made.ID: model.TenureEnded, proposed.ID: model.TenureRejected}[got.ID]
			if got.Status != want || want == model.TenureEnded && got.EndReason != model.EndDissolved {
				t.Errorf("%+v", got)
			}
		}
		grants, err := w.Store.Grants.ListByUser(t.Context(), w.elder.User)
		if err != nil || slices.ContainsFunc(grants, func(g model.Grant) bool { return g.Holds(w.Clock.Now()) }) {
			t.Errorf("%+v, %v", grants, err)
		}
	})
}
