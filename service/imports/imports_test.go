package imports_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/grant"
	"jinlin/service/imports"
	"jinlin/service/org"
	"jinlin/service/roster"
	"jinlin/service/sheet"
)

func TestADryRunChangesNothingAndItsApplicationOnlyOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lines := []string{flats, "虹桥小区,1号楼,1单元,101", "虹桥小区,1,１,0102室", "虹桥小区,二号楼,,201"}
		checked, err := w.send(w.clerk, model.ImportHouseholds, true, lines...)
		w.Must(err)
		w.want(checked, "+3 ~0 =0 -0 !0")
		if n := w.households(w.hongqiao); n != 0 || checked.Status != model.ImportChecked {
			t.Fatalf("%d flats after a dry run, %s", n, checked.Status)
		}
		applied, err := w.Apply(t.Context(), w.clerk, checked.ID, imports.Application{})
		w.Must(err)
		w.want(applied, "+3 ~0 =0 -0 !0")
		if n := w.households(w.hongqiao); n != 3 || applied.Status != model.ImportApplied {
			t.Fatalf("%d flats, %s", n, applied.Status)
		}
		_, err = w.Apply(t.Context(), w.clerk, checked.ID, imports.Application{})
		w.ExpectFault(err, fault.ErrIllegalTransition)
		w.want(w.done(w.clerk, model.ImportHouseholds, lines...), "+0 ~0 =3 -0 !0")
		buildings, err := w.Store.Units.ListBelow(t.Context(), []model.UnitID{w.hongqiao}, model.Building, "2026-11-23")
		w.Must(err)
		if len(buildings) != 2 || w.households(w.hongqiao) != 3 {
			t.Fatalf("%d buildings, %d flats", len(buildings), w.households(w.hongqiao))
		}
	})
}

func TestWrongLinesAreNamedByRowAndColumn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, err := w.send(w.clerk, model.ImportRoster, false, residents, "虹桥小区,1号楼,1,101,,13800000001,业主", "虹桥小区,1号楼,1,102,李四,12,房客",
			"无名小区,1号楼,1,101,李四,,", "虹桥小区,9号楼,1,101,赵六,,", "=1+1,1号楼,1,101,孙七,,", "虹桥小区,1号楼,1,103,=cmd,,", "虹桥小区,1号楼,1,104,\xff,,",
			"虹桥小区,1号楼,1,105,王\u202e五,,")
		w.Must(err)
		var got []string
		for _, p := range r.Report.Problems {
			got = append(got, fmt.Sprintf("%d %s %s", p.Row, p.Column, p.Code))
			if p.Text().ZH == "" {
				t.Errorf("%s says nothing", p.Code)
			}
		}
		slices.Sort(got)
		want := []string{
			"2 姓名 cell_required", "3 手机号 cell_not_phone", "3 身份 cell_not_allowed", "4 小区 unit_unknown",
			"5 楼栋 unit_unknown", "6 小区 cell_formula", "7 姓名 cell_formula", "8 姓名 cell_broken",
			"9 姓名 cell_broken",
		}
		if !slices.Equal(got, want) || r.Invalid != 8 || r.Status != model.ImportChecked {
			t.Fatalf("%v, %d wrong, %s", got, r.Invalid, r.Status)
		}
	})
}

func TestOnlySkippedWrongLinesLetTheRestIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, err := w.send(w.clerk, model.ImportHouseholds, false, flats, "虹桥小区,1号楼,1,101", "虹桥小区,1号楼,1,", "没有的小区,1号楼,1,1", "虹桥小区,1号楼,1,101")
		w.Must(err)
		w.want(r, "+1 ~0 =0 -0 !3")
		if last := r.Report.Problems[1]; last.Code != imports.ErrRepeated.Code || last.Row != 5 || last.Other != 2 {
			t.Errorf("%+v", r.Report.Problems)
		}
		_, err = w.Apply(t.Context(), w.clerk, r.ID, imports.Application{})
		w.ExpectFault(err, imports.ErrWrongLines)
		r, err = w.Apply(t.Context(), w.clerk, r.ID, imports.Application{SkipInvalid: true})
		w.Must(err)
		w.want(r, "+1 ~0 =0 -0 !3")
	})
}

func TestARosterShowsWhatItChangesMaskedAndEndsOnlyWhatItIsAskedTo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.done(w.clerk, model.ImportHouseholds, block("虹桥小区", 4)...)
		w.done(w.worker, model.ImportRoster, residents, "虹桥小区,1号楼,1,101,王桂花,13800000001,业主", "虹桥小区,1号楼,1,102,李建国,13800000002,业主")
		w.Clock.Move(24 * time.Hour)
		second := []string{residents, "虹桥小区,1号楼,1,101,王桂花,13900000009,业主", "虹桥小区,1号楼,1,201,赵小明,,租户"}
		r, err := w.send(w.worker, model.ImportRoster, true, second...)
		w.Must(err)
		w.want(r, "+1 ~1 =0 -1 !0")
		shown := fmt.Sprint(r.Report.Preview)
		for _, want := range []string{"138****0001", "139****0009", "王**", "李**", "missing"} {
			if !strings.Contains(shown, want) {
				t.Errorf("%s is not in %s", want, shown)
			}
		}
		for _, secret := range []string{"桂花", "建国", "13900000009", "13800000001"} {
			if strings.Contains(shown, secret) {
				t.Errorf("%s is in %s", secret, shown)
			}
		}
		w.want(w.done(w.worker, model.ImportRoster, second...), "+1 ~1 =0 -1 !0")
		if kept, err := roster.ByPhone(t.Context(), w.Store, "13800000002"); err != nil || len(kept) != 1 {
			t.Fatalf("%+v %v", kept, err)
		}
		r, err = w.send(w.worker, model.ImportRoster, true, second...)
		w.Must(err)
		r, err = w.Apply(t.Context(), w.worker, r.ID, imports.Application{EndMissing: true})
		w.Must(err)
		if gone, err := roster.ByPhone(t.Context(), w.Store, "13800000002"); err != nil || len(gone) != 0 || r.Ended != 1 {
			t.Fatalf("%d ended, %+v %v", r.Ended, gone, err)
		}
		w.want(r, "+0 ~0 =2 -1 !0")
	})
}

func TestHouseholdsThatAFileLacksEndOnDemand(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.done(w.clerk, model.ImportHouseholds, block("虹桥小区", 10)...)
		w.done(w.clerk, model.ImportHouseholds, block("天悦华庭", 5)...)
		r, err := w.send(w.clerk, model.ImportHouseholds, true, block("虹桥小区", 7)...)
		w.Must(err)
		w.want(r, "+0 ~0 =7 -3 !0")
		r, err = w.Apply(t.Context(), w.clerk, r.ID, imports.Application{EndMissing: true})
		w.Must(err)
		if r.Ended != 3 || w.households(w.hongqiao) != 7 || w.households(w.tianyue) != 5 {
			t.Fatalf("%d ended, %d and %d left", r.Ended, w.households(w.hongqiao), w.households(w.tianyue))
		}
	})
}

func TestMembersComeWithTheirBranchAndBuilding(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.done(w.clerk, model.ImportHouseholds, block("虹桥小区", 4)...)
		w.done(w.worker, model.ImportMembers, "所在党支部,姓名,联系电话,入党时间,人员类别,职务,工作单位,小区,楼栋,单元,房号",
			"虹桥小区党支部,李建国,13800000002,1998年7月1日,预备,组织委员,县一中,虹桥小区,1栋,1单元,101", "虹桥小区党支部,王桂花,13800000003,36000,,,,,,,")
		found, err := roster.ByPhone(t.Context(), w.Store, "13800000002")
		w.Must(err)
		want := roster.Member{JoinedOn: "1998-07-01", Probation: true, Duty: "组织委员", WorksAt: "县一中"}
		if len(found) != 1 || found[0].Member != want || found[0].BranchID != w.branch || found[0].EstateID != w.hongqiao || found[0].BuildingID.IsZero() {
			t.Fatalf("%+v", found)
		}
		if found, err = roster.ByPhone(t.Context(), w.Store, "13800000003"); err != nil || found[0].Member.JoinedOn != "1998-07-24" {
			t.Fatalf("%+v %v", found, err)
		}
	})
}

func TestUnitsOfOneFileStandBelowEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		header := "类型,名称,上级单位,支部类型,电话,所辖,起始日期"
		file := []string{
			header, "社区,北城社区,晋昌镇,,,,2025-07-01", "小区,福源小区,北城社区,,,,2025-07-01", "小区,福源二区,晋昌镇/北城社区,,,,",
			"党支部,福源联合党支部,北城社区,联合,0350-6020000,福源小区、福源二区,", "网格,福源网格,北城社区,,,,", "党小组,第一党小组,虹桥小区党支部,,,虹桥一网格,",
		}
		w.want(w.done(w.clerk, model.ImportUnits, file...), "+6 ~0 =0 -0 !0")
		w.want(w.done(w.clerk, model.ImportUnits, file...), "+0 ~0 =6 -0 !0")
		units, err := w.org.List(t.Context(), org.Filter{Kind: model.Estate}, model.Page{Limit: 100})
		w.Must(err)
		i := slices.IndexFunc(units.Items, func(u model.Unit) bool { return u.Name == "福源二区" })
		branch, err := w.org.BranchOf(t.Context(), units.Items[i].ID)
		w.Must(err)
		if branch.Name != "福源联合党支部" || branch.BranchType != model.JointBranch || branch.Phone != "0350-6020000" {
			t.Fatalf("%+v", branch)
		}
		r, err := w.send(w.clerk, model.ImportUnits, false, header, "党支部,福源联合党支部,北城社区,,0350-6021111,,", "党支部,新支部,北城社区,单建,,福源小区,",
			"小区,某某小区,乌有社区,,,,", "党小组,第二党小组,虹桥小区党支部,,,虹桥一网格,")
		w.Must(err)
		w.want(r, "+0 ~1 =0 -0 !3")
		_, err = w.Apply(t.Context(), w.clerk, r.ID, imports.Application{EndMissing: true, SkipInvalid: true})
		w.ExpectFault(err, imports.ErrCannotEnd)
	})
}

func TestWhoMaySendWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.send(w.resident, model.ImportRoster, true, residents)
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.send(model.Actor{}, model.ImportRoster, true, residents)
		w.ExpectFault(err, fault.ErrUnauthenticated)
		_, err = w.send(w.worker, model.ImportHouseholds, true, flats)
		w.ExpectFault(err, fault.ErrForbidden)
		_, err = w.Create(t.Context(), w.worker, imports.NewImport{Kind: model.ImportRoster, UnitID: w.kangle, File: strings.NewReader(residents)})
		w.ExpectFault(err, fault.ErrNotFound)
		r, err := w.send(w.worker, model.ImportRoster, true, residents, "天悦华庭,1号楼,1,101,王桂花,,")
		w.Must(err)
		if r.Invalid != 1 || r.Report.Problems[0].Code != imports.ErrOutside.Code {
			t.Fatalf("%+v", r)
		}
		for _, stranger := range []model.Actor{w.elsewhere, {}, w.resident} {
			if _, err := w.Get(t.Context(), stranger, r.ID); err == nil {
				t.Error("a stranger sees it")
			}
			if _, err := w.Apply(t.Context(), stranger, r.ID, imports.Application{SkipInvalid: true}); err == nil {
				t.Error("a stranger applies it")
			}
		}
		mine, err := w.List(t.Context(), w.worker, model.UnitID{}, model.Page{})
		w.Must(err)
		theirs, err := w.List(t.Context(), w.elsewhere, model.UnitID{}, model.Page{})
		w.Must(err)
		if len(mine.Items) != 1 || len(theirs.Items) != 0 {
			t.Fatalf("%d and %d", len(mine.Items), len(theirs.Items))
		}
	})
}

// TestALongFileIsAppliedOnceHoweverOftenItsJobDies cuts the job off after its first chunk,
// and then has four workers finish it at once.
func TestALongFileIsAppliedOnceHoweverOftenItsJobDies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, err := w.send(w.clerk, model.ImportHouseholds, false, block("虹桥小区", 2300)...)
		w.Must(err)
		if r.Status != model.ImportChecking {
			t.Fatal(r.Status)
		}
		ctx, cut := context.WithCancel(t.Context())
		var job sync.WaitGroup
		job.Go(func() {
			if err := w.Work(ctx, w.job(r)); err == nil {
				t.Log("it was done before it could be cut off")
			}
		})
		for begun := false; !begun; {
			now, err := w.Store.Imports.Get(t.Context(), r.ID)
			w.Must(err)
			begun = now.AppliedChunks > 0
		}
		cut()
		job.Wait()
		w.AtOnce(4, func(int) error { return w.Work(t.Context(), w.job(r)) }, fault.ErrBusy)
		w.work(r)
		r, err = w.Get(t.Context(), w.clerk, r.ID)
		w.Must(err)
		w.want(r, "+2300 ~0 =0 -0 !0")
		if n := w.households(w.hongqiao); n != 2300 || r.Status != model.ImportApplied {
			t.Fatalf("%d flats, %s", n, r.Status)
		}
		if _, err := w.Store.ImportChunks.Get(t.Context(), r.ID, 0); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the lines are still there: %v", err)
		}
	})
}

func TestALostRightStopsALongImport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.done(w.clerk, model.ImportHouseholds, block("虹桥小区", 1200)...)
		leaving, end := w.Person("社区工作者"), w.Clock.Now().Add(time.Hour)
		w.Must(w.Store.Grants.Add(t.Context(), &model.Grant{
			ID: model.NewID[model.Grant](w.Clock.Now()), UserID: leaving.User, Role: model.CommunityWorker, UnitID: w.nancheng,
			ValidFrom: w.Clock.Now(), ValidTo: &end, CreatedAt: w.Clock.Now(),
		}))
		r, err := w.Create(t.Context(), leaving, imports.NewImport{Kind: model.ImportRoster, DryRun: true, File: crowd("虹桥小区", 1100)})
		w.Must(err)
		w.work(r)
		_, err = w.Apply(t.Context(), leaving, r.ID, imports.Application{})
		w.Must(err)
		w.Clock.Move(2 * time.Hour)
		w.work(r)
		r, err = w.Get(t.Context(), w.clerk, r.ID)
		w.Must(err)
		if r.Status != model.ImportStopped || r.Added != 0 {
			t.Fatalf("%s %s", r.Status, counts(r))
		}
		_, err = w.Apply(t.Context(), w.clerk, r.ID, imports.Application{})
		w.Must(err)
		w.work(r)
		if r, err = w.Get(t.Context(), w.clerk, r.ID); err != nil || r.Added != 1100 {
			t.Fatalf("%s %s %v", r.Status, counts(r), err)
		}
	})
}

func TestTheSameKeyIsTheSameImport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		send := func(file string) (imports.Result, error) {
			ctx := model.WithOnceKey(t.Context(), &model.OnceKey{Actor: w.clerk.User, Operation: "createImport", Key: "k1", Hash: make([]byte, 32)})
			return w.Create(ctx, w.clerk, imports.NewImport{Kind: model.ImportHouseholds, File: strings.NewReader(file)})
		}
		first, err := send(flats + "\n虹桥小区,1号楼,1,101")
		w.Must(err)
		again, err := send(flats + "\n虹桥小区,1号楼,1,101")
		w.Must(err)
		if first.ID != again.ID || first.Status != again.Status || counts(first) != counts(again) {
			t.Fatalf("%+v and %+v", first, again)
		}
		_, err = send(flats + "\n虹桥小区,1号楼,1,102")
		w.ExpectFault(err, fault.ErrKeyReused)
		all, err := w.List(t.Context(), w.clerk, w.county, model.Page{})
		w.Must(err)
		if len(all.Items) != 1 {
			t.Fatalf("%d imports", len(all.Items))
		}
	})
}

// TestTwoImportsAtOnceMakeABuildingOnce is the race for a name.
func TestTwoImportsAtOnceMakeABuildingOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.AtOnce(2, func(i int) error { // as many as are read at once
			_, err := w.Create(t.Context(), w.clerk, imports.NewImport{
				Kind: model.ImportHouseholds, File: strings.NewReader(flats + fmt.Sprintf("\n虹桥小区,1号楼,1,%d", 101+i)),
			})
			return err
		}, fault.ErrBusy)
		buildings, err := w.Store.Units.ListBelow(t.Context(), []model.UnitID{w.hongqiao}, model.Building, "2026-11-23")
		w.Must(err)
		if len(buildings) != 1 {
			t.Fatalf("%d buildings of one name", len(buildings))
		}
	})
}

// What the race above would see if nobody held the name.
func TestPowerWithoutAHeldNameABuildingIsMadeTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var looked sync.WaitGroup
		looked.Add(2)
		w.AtOnce(2, func(int) error {
			there, err := w.Store.Units.ListBelow(t.Context(), []model.UnitID{w.hongqiao}, model.Building, "2026-11-23")
			looked.Done()
			looked.Wait()
			if err != nil || len(there) > 0 {
				return err
			}
			return w.Store.Units.Add(t.Context(), &model.Unit{
				ID: model.NewID[model.Unit](w.Clock.Now()), ParentID: w.hongqiao, Kind: model.Building, Name: "1号楼", ValidFrom: "2020-01-01", CreatedAt: w.Clock.Now(),
			})
		})
		buildings, err := w.Store.Units.ListBelow(t.Context(), []model.UnitID{w.hongqiao}, model.Building, "2026-11-23")
		w.Must(err)
		if len(buildings) != 2 {
			t.Fatal("the race is too weak to see anything")
		}
	})
}

func TestWhatIsWrittenDownIsSealedAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.done(w.clerk, model.ImportHouseholds, block("虹桥小区", 4)...)
		r, err := w.send(w.worker, model.ImportRoster, true, residents, "虹桥小区,1号楼,1,101,王桂花,13800000001,业主", "虹桥小区,8号楼,1,101,李建国,13800000002,业主")
		w.Must(err)
		chunk, err := w.Store.ImportChunks.Get(t.Context(), r.ID, 0)
		w.Must(err)
		row, err := w.Store.Imports.Get(t.Context(), r.ID)
		w.Must(err)
		for _, secret := range []string{"王桂花", "13800000001", "李建国"} {
			if bytes.Contains(chunk.Content, []byte(secret)) || bytes.Contains(row.Report, []byte(secret)) {
				t.Errorf("%s can be read", secret)
			}
		}
		w.Clock.Move(8 * 24 * time.Hour)
		w.Must(w.Tidy(t.Context()))
		w.Must(w.Tidy(t.Context()))
		if _, err := w.Store.ImportChunks.Get(t.Context(), r.ID, 0); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the lines are still there: %v", err)
		}
		r, err = w.Get(t.Context(), w.worker, r.ID)
		w.Must(err)
		if r.Status != model.ImportExpired || len(r.Report.Problems) != 0 {
			t.Fatalf("%+v", r)
		}
		_, err = w.Apply(t.Context(), w.worker, r.ID, imports.Application{SkipInvalid: true})
		w.ExpectFault(err, fault.ErrIllegalTransition)
	})
}

func TestEveryTemplateCanBeSentBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, kind := range model.ImportKinds {
			for _, format := range []sheet.Format{sheet.CSV, sheet.XLSX} {
				var file bytes.Buffer
				_, err := imports.Template(kind, format, &file)
				w.Must(err)
				r, err := w.Create(t.Context(), w.clerk, imports.NewImport{Kind: kind, File: &file})
				w.Must(err)
				if r.LineCount != 0 || len(r.Report.Ignored) != 0 {
					t.Errorf("%s: %+v", kind, r)
				}
			}
		}
	})
}

func TestAFileThatIsNoneIsRefusedAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.send(w.clerk, model.ImportHouseholds, true, "小区,楼栋,单元", "虹桥小区,1号楼,1")
		w.ExpectFault(err, imports.ErrColumns)
		if fields := fault.From(err).Fields; len(fields) != 1 || fields[0].Path != "房号" {
			t.Errorf("%+v", fields)
		}
		_, err = w.send(w.clerk, model.ImportHouseholds, true, "a,b")
		w.ExpectFault(err, sheet.ErrNoHeader)
		_, err = w.Create(t.Context(), w.clerk, imports.NewImport{Kind: model.ImportHouseholds, File: io.LimitReader(zeros{}, 51<<20)})
		w.ExpectFault(err, imports.ErrTooLarge)
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestStaffAreNamedByTheirNumbers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		file := []string{
			"姓名,手机号码,所在单位,岗位,起始日期", "张三,13800000021,南城社区,社区工作者,", "李四,13800000022,虹桥小区党支部,支部书记,2027-01-01",
			"王五,13800000023,虹桥小区,支部书记,", "赵六,0350-6020000,南城社区,社区工作者,", "钱七,13800000024,南城社区,皇帝,", "孙八,13800000025,乌有社区,社区工作者,",
			"周九,13800000026,南城社区,社区工作者,2020-01-01", "张三,13800000021,南城社区,社区工作者,",
		}
		r, err := w.send(w.clerk, model.ImportStaff, true, file...)
		w.Must(err)
		w.want(r, "+2 ~0 =0 -0 !6")
		wrong := map[int]string{}
		for _, p := range r.Report.Problems {
			wrong[p.Row] = p.Code + " " + p.Column
		}
		for row, want := range map[int]string{
			4: grant.ErrWrongUnit.Code + " 单位", 5: imports.ErrMobile.Code + " 手机号", 6: imports.ErrChoice.Code + " 角色",
			7: imports.ErrUnknown.Code + " 单位", 8: grant.ErrFromPast.Code + " 起始日期", 9: imports.ErrRepeated.Code + " ",
		} {
			if wrong[row] != want {
				t.Errorf("row %d: %q instead of %q", row, wrong[row], want)
			}
		}
		_, err = w.Apply(t.Context(), w.clerk, r.ID, imports.Application{EndMissing: true, SkipInvalid: true})
		w.ExpectFault(err, imports.ErrCannotEnd)
		w.done(w.clerk, model.ImportStaff, file[:3]...)
		w.want(w.done(w.clerk, model.ImportStaff, file[:3]...), "+0 ~0 =2 -0 !0")
		file[1] = "张三丰,13800000021,南城社区,社区工作者,"
		r = w.done(w.clerk, model.ImportStaff, file[:3]...)
		w.want(r, "+0 ~1 =1 -0 !0")
		if shown := fmt.Sprint(r.Report.Preview); strings.Contains(shown, "张三丰") || strings.Contains(shown, "13800000021") || !strings.Contains(shown, "社区工作者") {
			t.Error(shown)
		}
		_, err = w.send(w.worker, model.ImportStaff, true, file...)
		w.ExpectFault(err, fault.ErrForbidden)
	})
}
