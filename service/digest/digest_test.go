package digest_test

import (
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/digest"
	"jinlin/service/org"
)

// world is a branch in a county, with what is published and planned there.
type world struct {
	storetest.World
	*digest.Service
	county, branch, elsewhere model.UnitID
	secretary                 model.Actor
}

func newWorld(t *testing.T, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	units := org.New(s)
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, Service: digest.New(s, access.New(s, units), units)}
	w.county = w.Unit(model.County, model.UnitID{})
	w.branch, w.elsewhere = w.Unit(model.Branch, w.county), w.Unit(model.Branch, w.county)
	w.secretary = w.Staff(model.Secretary, w.branch)
	return w
}

func (w *world) article(unit model.UnitID, title, cover string, at time.Time, status model.ArticleStatus) {
	w.T.Helper()
	w.Must(w.Store.Articles.Add(w.T.Context(), &model.Article{
		ID: model.NewID[model.Article](at), UnitID: unit, AuthorID: w.secretary.User, Title: title, Summary: "摘要\n第二行", Body: "正文", Cover: cover,
		Status: status, PublishedAt: &at, CreatedAt: at, UpdatedAt: at, Version: 1,
	}))
}

func (w *world) activity(unit model.UnitID, title string, start time.Time, change ...func(*model.Activity)) {
	w.T.Helper()
	a := model.Activity{
		ID: model.NewID[model.Activity](start), UnitID: unit, Title: title, Place: "3 号楼", StartsAt: start, EndsAt: start.Add(time.Hour),
		SignUpOpensAt: start.Add(-time.Hour), SignUpClosesAt: start, Capacity: 8, PlacesLeft: 3, Audience: model.OpenAudience,
		State: model.ActivityPublished, CreatedBy: w.secretary.User, CreatedAt: start, UpdatedAt: start, Version: 1,
	}
	for _, c := range change {
		c(&a)
	}
	w.Must(w.Store.Activities.Add(w.T.Context(), &a))
}

const whole = `【branch】11月23日

今日动态：
1. 义诊进小区
   摘要 第二行
2. 全县卫生日
   摘要 第二行

近期活动：
1. 11月23日 15:00 清扫楼道
   3 号楼，余 3 个名额
2. 11月24日 09:00 书法课
   3 号楼，名额已满，可候补
3. 11月29日 23:59 茶话会
   名额已满

点开“晋邻”小程序，查看详情和报名。`

const nothing = `【branch】11月24日

今日动态：
暂无新的动态。

近期活动：
暂无近期活动。

点开“晋邻”小程序，查看详情和报名。`

func TestADigestIsTheDayOfAUnit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := newWorld(t, s, clock)
		day := model.DateOf(clock.Now())
		w.article(w.branch, "义诊进小区", "", day.At(0, 0), model.ArticlePublished)
		w.article(w.county, "全县卫生日", "cover-2", day.At(8, 0), model.ArticlePublished)
		w.article(w.branch, "昨天的", "cover-1", day.At(0, 0).Add(-time.Millisecond), model.ArticlePublished)
		w.article(w.branch, "撤回的", "cover-3", day.At(8, 0), model.ArticleWithdrawn)
		w.article(w.elsewhere, "别处的", "cover-4", day.At(8, 0), model.ArticlePublished)
		full := func(a *model.Activity) { a.PlacesLeft = 0 }
		w.activity(w.branch, "茶话会", day.AddDays(6).At(23, 59), full, func(a *model.Activity) { a.Place = "" })
		w.activity(w.branch, "清扫楼道", day.At(15, 0))
		w.activity(w.county, "书法课", day.AddDays(1).At(9, 0), full, func(a *model.Activity) { a.WaitingList = true })
		w.activity(w.branch, "已开始的", day.At(9, 30))
		w.activity(w.branch, "太远的", day.AddDays(7).At(0, 0))
		w.activity(w.branch, "取消的", day.At(16, 0), func(a *model.Activity) { a.State = model.ActivityCancelled })
		w.activity(w.elsewhere, "别处的", day.At(16, 0))
		d, err := w.Of(t.Context(), w.secretary, w.branch, "")
		w.Must(err)
		if d.Text != whole || d.Cover != "cover-2" || d.Page != "pages/index/index?unitId="+w.branch.String() {
			t.Errorf("%s\n%q %q", d.Text, d.Cover, d.Page)
		}
	})
}

func TestADayWithNothingSaysSo(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	d, err := w.Of(t.Context(), w.secretary, w.branch, "2026-11-24")
	w.Must(err)
	if d.Text != nothing || d.Cover != "" {
		t.Errorf("%s\n%q", d.Text, d.Cover)
	}
}

func TestADigestIsForStaffOfTheUnit(t *testing.T) {
	t.Parallel()
	s, clock := storetest.OpenSQLite(t)
	w := newWorld(t, s, clock)
	for _, refusal := range []struct {
		who  model.Actor
		unit model.UnitID
		day  model.Date
		want error
	}{
		{model.Actor{}, w.branch, "", fault.ErrUnauthenticated},
		{w.Person("王女士"), w.branch, "", fault.ErrForbidden},
		{w.secretary, w.elsewhere, "", fault.ErrNotFound},
		{w.secretary, w.county, "", fault.ErrNotFound},
		{w.secretary, w.branch, "2026-02-30", fault.ErrInvalid},
	} {
		_, err := w.Of(t.Context(), refusal.who, refusal.unit, refusal.day)
		w.ExpectFault(err, refusal.want)
	}
}
