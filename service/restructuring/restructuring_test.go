package restructuring_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/points"
	"jinlin/service/restructuring"
	"jinlin/service/roster"
)

func TestARestructuringFromTheDraftToItsDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := w.approved(w.join("2026-12-01"))
		if r.Status != model.RestructuringApproved || w.leader(w.estates[0]).ID != w.branches[0] {
			t.Fatalf("%+v", r)
		}
		w.tenure(w.branches[0], w.secretary.User)
		w.Clock.Set(model.Date("2026-12-01").At(0, 0))
		if n, err := w.EffectDue(ctx); n != 1 || err != nil {
			t.Fatalf("%d took effect, %v", n, err)
		}
		joint, single := w.leader(w.estates[0]), w.leader(w.estates[2])
		if joint.Name != "东辰小区联合党支部" || w.leader(w.estates[1]).ID != joint.ID || single.BranchType != model.SingleBranch {
			t.Errorf("%+v, %+v", joint, single)
		}
		for i, id := range w.branches {
			if b := w.Read(id); b.ValidTo == nil || *b.ValidTo != "2026-12-01" {
				t.Errorf("branch %d: %+v", i, b)
			}
		}
		w.asOf("2026-11-30", 3, 0)
		w.asOf("2026-12-01", 0, 2)
		w.bound(joint.ID)
		if g := w.Read(w.group); g.ValidTo == nil {
			t.Errorf("joint branches have no groups: %+v", g)
		}
		post, err := w.Store.Tenures.ListByBranch(ctx, w.branches[0])
		grants, _ := w.Store.Grants.ListByUnit(ctx, w.branches[0], model.Secretary, w.Clock.Now())
		if err != nil || len(post) != 0 || len(grants) != 0 {
			t.Errorf("%+v, %+v, %v", post, grants, err)
		}
		before, after, err := w.org.Lineage(ctx, joint.ID)
		if err != nil || len(before) != 2 || len(after) != 0 || !before[0].Main {
			t.Errorf("%+v, %+v, %v", before, after, err)
		}
		stations, err := w.org.StationsOf(ctx, joint.ID)
		if err != nil || len(stations) != 1 || stations[0].ID != w.station {
			t.Errorf("%+v, %v", stations, err)
		}
		w.shown(r.ID)
	})
}

// tenure puts somebody in post.
func (w *world) tenure(branch model.UnitID, user model.UserID) {
	w.T.Helper()
	now := w.Clock.Now()
	w.Must(w.Store.Tenures.Add(w.T.Context(), &model.Tenure{
		ID: model.NewID[model.Tenure](now), BranchID: branch, PostBranchID: branch, UserID: user, Name: "郭志强", Source: model.ResidentMember,
		Status: model.TenureInPost, StartsOn: "2026-01-01", ProposedBy: w.clerk.User, CreatedAt: now, UpdatedAt: now, Version: 1,
	}))
}

// asOf counts the branches of a day: former ones, and others.
func (w *world) asOf(day model.Date, former, others int) {
	w.T.Helper()
	list, err := w.org.List(w.T.Context(), store.UnitFilter{Kind: model.Branch, AsOf: day}, model.Page{Limit: 100})
	w.Must(err)
	for _, b := range list.Items {
		if b.BranchType == model.FormerBranch {
			former--
		} else {
			others--
		}
	}
	if former != 0 || others != 0 {
		w.T.Errorf("on %s there are %d branches", day, len(list.Items))
	}
}

// bound wants the buildings of both estates in the grid of the joint branch, and in no other.
func (w *world) bound(joint model.UnitID) {
	w.T.Helper()
	for i, building := range w.buildings[:2] {
		covers, err := w.Store.Covers.ListCovering(w.T.Context(), building, model.DateOf(w.Clock.Now()))
		if err != nil || len(covers) != 1 || covers[0].UnitID != w.grid[0] {
			w.T.Errorf("building %d: %+v, %v", i, covers, err)
		}
	}
	grids, err := w.org.Covered(w.T.Context(), joint, "", model.Page{})
	if err != nil || !slices.ContainsFunc(grids.Items, func(u model.Unit) bool { return u.ID == w.grid[0] }) {
		w.T.Errorf("%+v, %v", grids.Items, err)
	}
}

// shown reads a restructuring that took effect.
func (w *world) shown(id model.RestructuringID) {
	w.T.Helper()
	v, err := w.Service.Read(w.T.Context(), w.other, id)
	w.Must(err)
	var moves []string
	for _, e := range v.Events {
		moves = append(moves, string(e.Move))
	}
	if got := strings.Join(moves, " "); got != "draft submission approval effect" {
		w.T.Errorf("%s", got)
	}
	d := v.Diff
	if d.Before != (model.BranchTally{Branches: 3, Former: 3}) || d.After != (model.BranchTally{Branches: 2, Single: 1, Joint: 1}) ||
		len(d.Created) != 2 || len(d.Dissolved) != 3 || len(d.Moved) != 3 || len(d.Groups) != 1 || len(d.Created[0].Predecessors) != 2 {
		w.T.Errorf("%+v", d)
	}
}

func TestFourEyesAndIllegalMoves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		draft := w.drafted(w.join("2026-12-01"))
		_, err := w.Approve(ctx, w.other, draft.ID, "")
		if f := fault.From(err); f.Code != "illegal_transition" || f.Current != "draft" || !slices.Equal(f.Allowed, []string{"edit", "submission", "withdrawal"}) {
			t.Fatalf("%+v", f)
		}
		submitted, err := w.Submit(ctx, w.clerk, draft.ID)
		w.Must(err)
		for _, who := range []model.Actor{w.clerk} {
			_, err = w.Approve(ctx, who, submitted.ID, "")
			w.ExpectFault(err, restructuring.ErrOwnDraft)
			_, err = w.Reject(ctx, who, submitted.ID, "x")
			w.ExpectFault(err, restructuring.ErrOwnDraft)
		}
		_, err = w.Approve(ctx, w.committee, submitted.ID, "")
		w.ExpectFault(err, fault.ErrForbidden)
		back, err := w.Reject(ctx, w.other, submitted.ID, "请补充摸排情况")
		if err != nil || back.Status != model.RestructuringDraft {
			t.Fatalf("%+v, %v", back, err)
		}
		stale := draft.Version
		_, err = w.Edit(ctx, w.other, draft.ID, &stale, w.join("2026-12-01"))
		w.ExpectFault(err, fault.ErrChangedMeanwhile)
		_, err = w.Edit(ctx, w.other, draft.ID, nil, w.join("2026-12-02"))
		w.Must(err)
		_, err = w.Submit(ctx, w.clerk, draft.ID)
		w.Must(err)
		_, err = w.Approve(ctx, w.other, draft.ID, "")
		w.ExpectFault(err, restructuring.ErrOwnDraft) // edited it by now
		third := w.Staff(model.CountyClerk, w.county)
		_, err = w.Approve(ctx, third, draft.ID, "")
		w.Must(err)
		_, err = w.Effect(ctx, w.clerk, draft.ID)
		w.ExpectFault(err, restructuring.ErrNotDue)
		_, err = w.Withdraw(ctx, w.clerk, draft.ID, "另行研究")
		w.Must(err)
		w.Clock.Set(model.Date("2026-12-05").At(0, 0))
		if n, err := w.EffectDue(ctx); n != 0 || err != nil || w.Read(w.branches[0]).ValidTo != nil {
			t.Errorf("%d withdrawn ones took effect, %v", n, err)
		}
	})
}

func TestWhatWouldBreakTheRulesIsListedByName(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		elsewhere := w.add(model.Unit{ParentID: w.there, Kind: model.Estate, Name: "别处小区"})
		f := w.join("2026-11-23")
		f.UnitID = w.town
		f.Branches[0].GridID = model.UnitID{}                     // a joint branch without a grid
		f.Branches[1].Estates = append(w.estates[2:3], elsewhere) // a single one with two estates, one of another community
		f.Dissolved = append(f.Dissolved[:1], f.Dissolved[2])     // and a branch that is left with nothing, of a type of the past
		r := w.drafted(f)
		_, err := w.Submit(ctx, w.clerk, r.ID)
		w.ExpectFault(err, restructuring.ErrRules)
		want := []string{"东辰小区联合党支部 joint_branch_grid", "农机局宿舍党支部 branch_community", "农机局宿舍党支部 branch_estates"}
		if got := slices.Sorted(slices.Values(names(err))); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		v, err := w.Service.Read(ctx, w.clerk, r.ID)
		if err != nil || len(v.Obstacles) != len(want) || v.Status != model.RestructuringDraft {
			t.Errorf("%+v, %v", v.Obstacles, err)
		}
	})
}

func TestWhatHappenedMeanwhileIsInTheWay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := w.approved(w.join("2026-12-01"))
		_, err := w.request(w.estates[0])
		w.Must(err)
		w.Clock.Set(model.Date("2026-12-01").At(0, 0))
		for range 2 { // a second worker, or a restart, finds it tried
			if n, err := w.restarting().EffectDue(ctx); n != 0 || err != nil {
				t.Fatalf("%d took effect, %v", n, err)
			}
		}
		v, err := w.Service.Read(ctx, w.clerk, r.ID)
		w.Must(err)
		last := v.Events[len(v.Events)-1]
		if v.Status != model.RestructuringApproved || len(v.Events) != 4 || !strings.Contains(last.Note, "「东辰小区原党组织」还有1件未办结的诉求。") {
			t.Fatalf("%s, %+v", v.Status, last)
		}
		inbox, err := w.Store.Messages.List(ctx, w.clerk.User, model.Page{})
		if err != nil || len(inbox.Items) != 1 || inbox.Items[0].Kind != "restructuring" {
			t.Errorf("%+v, %v", inbox.Items, err)
		}
		_, err = w.Effect(ctx, w.clerk, r.ID)
		w.ExpectFault(err, restructuring.ErrOpenWork)
		requests, err := w.mailbox.ListMine(ctx, w.wang, model.Page{})
		w.Must(err)
		_, err = w.mailbox.Withdraw(ctx, w.wang, requests.Items[0].Request.ID)
		w.Must(err)
		if _, err = w.Effect(ctx, w.clerk, r.ID); err != nil {
			t.Fatal(err)
		}
		w.asOf("2026-12-01", 0, 2)
	})
}

func TestOpenWorkGoesToTheSuccessors(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		open, err := w.request(w.estates[1])
		w.Must(err)
		closed, err := w.request(w.estates[1])
		w.Must(err)
		_, err = w.mailbox.Withdraw(ctx, w.wang, closed.ID)
		w.Must(err)
		meeting := w.meeting(w.branches[0])
		pool, err := w.points.Fill(ctx, w.clerk, points.Filling{Sponsor: "红星超市", UnitID: w.branches[0], Points: 100, Backing: "大米"})
		w.Must(err)
		member := w.member(w.branches[1], w.estates[1], w.buildings[1])
		r := w.drafted(w.join("2026-11-23", "mailbox", "activity"))
		_, err = w.Submit(ctx, w.clerk, r.ID)
		w.Must(err)
		_, err = w.Approve(ctx, w.other, r.ID, "")
		w.ExpectFault(err, restructuring.ErrOpenWork)
		if got := names(err); !slices.Equal(got, []string{"东辰小区原党组织 points", "东辰西院原党组织 roster"}) {
			t.Fatalf("%q", got)
		}
		_, err = w.Reject(ctx, w.other, r.ID, "积分池、党员一并移交")
		w.Must(err)
		_, err = w.Edit(ctx, w.clerk, r.ID, nil, w.join("2026-11-23", "mailbox", "activity", "points", "roster"))
		w.Must(err)
		_, err = w.Submit(ctx, w.clerk, r.ID)
		w.Must(err)
		_, err = w.Approve(ctx, w.other, r.ID, "")
		w.Must(err)
		joint := w.leader(w.estates[0]).ID
		open, err = w.Store.Requests.Get(ctx, open.ID)
		if err != nil || open.BranchID != joint || open.Status != model.RequestScreened {
			t.Errorf("%+v, %v", open, err)
		}
		if closed, err = w.Store.Requests.Get(ctx, closed.ID); err != nil || closed.BranchID != w.branches[1] {
			t.Errorf("what had ended went along: %+v, %v", closed, err)
		}
		if a, err := w.Store.Activities.Get(ctx, meeting.ID); err != nil || a.UnitID != joint {
			t.Errorf("%+v, %v", a, err)
		}
		if p, err := w.Store.PointsPools.Get(ctx, pool.Pool.ID); err != nil || p.UnitID != joint {
			t.Errorf("%+v, %v", p, err)
		}
		w.memberMoved(member, joint)
		w.earnedBefore(w.branches[0])
		if _, err := w.points.Verify(ctx); err != nil {
			t.Error(err)
		}
	})
}

// meeting is a draft of a branch.
func (w *world) meeting(branch model.UnitID) model.Activity {
	w.T.Helper()
	now := w.Clock.Now()
	a := model.Activity{
		ID: model.NewID[model.Activity](now), UnitID: branch, State: model.ActivityPublished, Title: "义诊", Place: "党群服务站",
		StartsAt: now.Add(time.Hour), EndsAt: now.Add(2 * time.Hour), SignUpOpensAt: now, SignUpClosesAt: now.Add(time.Hour),
		Capacity: 10, PlacesLeft: 10, Audience: model.OpenAudience, CreatedBy: w.secretary.User, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	w.Must(w.Store.Activities.Add(w.T.Context(), &a))
	return a
}

// member is a line of the roster of Party members.
func (w *world) member(branch, estate, building model.UnitID) roster.Line {
	w.T.Helper()
	line := roster.Line{
		Kind: model.PartyRoster, BranchID: branch, EstateID: estate, BuildingID: building, Stairwell: "1", Room: "301", Name: "张三", Phone: "13800000000",
		Member: roster.Member{JoinedOn: "1998-07-01"},
	}
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		_, err := roster.Put(w.T.Context(), tx, model.NewID[model.RosterBatch](tx.Now()), []roster.Line{line})
		return err
	}))
	return line
}

// memberMoved wants the line to have gone to another branch, and to say the same otherwise.
func (w *world) memberMoved(line roster.Line, to model.UnitID) {
	w.T.Helper()
	left, err := roster.Standing(w.T.Context(), w.Store, roster.Scope{Kind: model.PartyRoster, BranchID: line.BranchID}, model.RosterEntryID{})
	w.Must(err)
	line.BranchID = to
	changes, err := roster.New(w.Store).Diff(w.T.Context(), []roster.Line{line})
	if err != nil || len(left) != 0 || changes[0] != roster.Unchanged {
		w.T.Errorf("%d are left, %v, %v", len(left), changes, err)
	}
}

// earnedBefore: what somebody earned at a branch that was dissolved since is paid from the
// pools that went to its successor.
func (w *world) earnedBefore(branch model.UnitID) {
	w.T.Helper()
	w.Must(w.Store.InTx(w.T.Context(), func(tx *store.Store) error {
		posted, err := w.points.Earn(w.T.Context(), tx, model.Earning{
			User: w.wang.User, Points: 5, UnitID: branch, Cause: model.CauseAttendance, Reference: "late list", By: w.clerk,
		})
		if err == nil && !posted {
			w.T.Error("it is owed")
		}
		return err
	}))
}

func TestAFormIsRefusedWhereItIsWrong(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elsewhere := w.add(model.Unit{ParentID: w.there, Kind: model.Estate, Name: "别处小区"})
		for want, spoil := range map[string]func(f *restructuring.Form){
			"branches required":                  func(f *restructuring.Form) { f.Branches, f.Dissolved = nil, nil },
			"effectiveOn in_the_past":            func(f *restructuring.Form) { f.EffectiveOn = "2026-11-22" },
			"unitId unknown":                     func(f *restructuring.Form) { f.UnitID = w.county; f.UnitID = w.estates[0] },
			"branches[1].estateIds[0] repeated":  func(f *restructuring.Form) { f.Branches[1].Estates = w.estates[1:2] },
			"branches[1].estateIds[1] unknown":   func(f *restructuring.Form) { f.Branches[1].Estates = []model.UnitID{w.estates[2], elsewhere} },
			"branches[1].name required":          func(f *restructuring.Form) { f.Branches[1].Name = "  " },
			"branches[0].gridId unknown":         func(f *restructuring.Form) { f.Branches[0].GridID = w.estates[0] },
			"dissolved[2].branchId repeated":     func(f *restructuring.Form) { f.Dissolved[2].BranchID = w.branches[1] },
			"dissolved[0].successorRef unknown":  func(f *restructuring.Form) { f.Dissolved[0].SuccessorRef = "nobody" },
			"dissolved[1].successorId unknown":   func(f *restructuring.Form) { f.Dissolved[1].SuccessorID = w.branches[0] },
			"dissolved[2].successorRef required": func(f *restructuring.Form) { f.Branches = f.Branches[:1] },
			"handOver[0] not_allowed":            func(f *restructuring.Form) { f.HandOver = []string{"furniture"} },
			"branches[1].ref repeated":           func(f *restructuring.Form) { f.Branches[1].Ref = "joint" },
			"branches[2].id unknown": func(f *restructuring.Form) {
				f.Branches = append(f.Branches, restructuring.BranchForm{ID: w.estates[0]})
			},
		} {
			f := w.join("2026-12-01")
			spoil(&f)

			_, err := w.Draft(t.Context(), w.clerk, f)
			if got := names(err); len(got) != 1 || got[0] != want {
				t.Errorf("%q instead of %q, %v", got, want, err)
			}
		}
		_, err := w.Draft(t.Context(), w.secretary, w.join("2026-12-01"))
		w.ExpectFault(err, fault.ErrForbidden)
	})
}

func TestABranchThatStaysTakesAnEstateAndChangesItsType(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.approved(w.join("2026-11-23"))
		joint, single := w.leader(w.estates[0]), w.leader(w.estates[2])
		// the single one goes up in the joint one
		w.approved(restructuring.Form{
			UnitID: w.county, Title: "并入", EffectiveOn: "2026-11-23",
			Branches:  []restructuring.BranchForm{{ID: joint.ID, Name: "东辰片区联合党支部", Estates: w.estates}},
			Dissolved: []restructuring.DissolutionForm{{BranchID: single.ID}},
		})
		if b := w.leader(w.estates[2]); b.ID != joint.ID || b.Name != "东辰片区联合党支部" {
			t.Errorf("%+v", b)
		}
		// and the joint one becomes a single one again, the two others get one of their own
		w.approved(restructuring.Form{
			UnitID: w.here, Title: "分设", EffectiveOn: "2026-11-23",
			Branches: []restructuring.BranchForm{
				{ID: joint.ID, Type: model.SingleBranch, Estates: w.estates[:1]},
				{Name: "新联合党支部", Type: model.JointBranch, Estates: w.estates[1:], GridID: w.grid[1]},
			},
		})
		if b := w.leader(w.estates[0]); b.ID != joint.ID || b.BranchType != model.SingleBranch {
			t.Errorf("%+v", b)
		}
		if w.leader(w.estates[1]).ID != w.leader(w.estates[2]).ID {
			t.Error("the others are not together")
		}
		checks, err := w.services.county.Checks(ctx, w.clerk, "", model.Page{Limit: 100})
		for _, o := range checks.Items {
			if o.Rule == "branch_estates" || o.Rule == "joint_branch_grid" || o.Rule == "estate_branch" || o.Rule == "building_grid" || err != nil {
				t.Errorf("%s, %v", o.Sentence, err)
			}
		}
		kin, err := w.org.Predecessors(ctx, []model.UnitID{joint.ID})
		if err != nil || len(kin[joint.ID]) != 4 { // the two it was made of, the single one, and that one's predecessor
			t.Errorf("%v, %v", kin, err)
		}
	})
}
