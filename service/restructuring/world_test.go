package restructuring_test

import (
	"context"
	"testing"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/activity"
	"jinlin/service/county"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/news"
	"jinlin/service/org"
	"jinlin/service/points"
	"jinlin/service/push"
	"jinlin/service/restructuring"
	"jinlin/service/roster"
	"jinlin/service/shop"
	"jinlin/service/wechat"
)

// trusted is a text check that passes everything.
type trusted struct{}

func (trusted) CheckText(context.Context, wechat.TextCheck) wechat.Verdict {
	return wechat.Verdict{Suggest: wechat.Pass}
}

// services are those with work that stands with branches.
type services struct {
	*restructuring.Service
	org        *org.Service
	rights     *access.Service
	county     *county.Service
	mailbox    *mailbox.Service
	activity   *activity.Service
	news       *news.Service
	points     *points.Service
	shop       *shop.Service
	restarting func() *restructuring.Service // as another process would make it
}

func serve(s *store.Store) services {
	units := org.New(s)
	rights := access.New(s, units)
	pushes := push.New(s, rights, units, nil, push.Settings{})
	texts := moderation.New(s, rights, units, trusted{})
	ledger := points.New(s, rights, pushes, false)
	settings := mailbox.Defaults()
	settings.DailyLimit = 0
	v := services{
		org: units, rights: rights, county: county.New(s, rights, units), points: ledger, shop: shop.New(s, rights, units, ledger, pushes),
		mailbox:  mailbox.New(s, rights, units, texts, nil, pushes, settings),
		activity: activity.New(s, rights, units, texts, ledger), news: news.New(s, rights, units, texts),
	}
	v.restarting = func() *restructuring.Service {
		return restructuring.New(s, rights, units, pushes, v.mailbox, texts, v.activity, v.news, ledger, v.shop, roster.New(s))
	}
	v.Service = v.restarting()
	return v
}

// world is a community with three small estates, each with an organisation of its own, a
// building and a grid; the first has a group and is served by a station.
type world struct {
	storetest.World
	services

	county, town, here, there          model.UnitID
	estates, branches, buildings, grid []model.UnitID
	group, station                     model.UnitID
	clerk, other, committee, secretary model.Actor
	wang                               model.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, services: serve(s)}
	w.county = w.Unit(model.County, model.UnitID{})
	w.town = w.Unit(model.Town, w.county)
	w.here, w.there = w.addCommunity(), w.addCommunity()
	w.station = w.Unit(model.Station, w.here)
	for _, name := range []string{"东辰小区", "东辰西院", "农机局宿舍"} {
		w.addEstate(name)
	}
	w.group = w.add(model.Unit{ParentID: w.branches[0], SuperiorID: w.branches[0], Kind: model.Group, Name: "第一党小组"})
	w.Cover(w.group, w.grid[0])
	w.Cover(w.station, w.branches[0])
	w.clerk, w.other = w.Staff(model.CountyClerk, w.county), w.Staff(model.CountyClerk, w.county)
	w.committee, w.secretary = w.Staff(model.TownCommittee, w.town), w.Staff(model.Secretary, w.branches[0])
	w.wang = w.Person("王女士")
	return w
}

// addCommunity adds a community with its Party organisation.
func (w *world) addCommunity() model.UnitID {
	w.T.Helper()
	community := w.Unit(model.Community, w.town)
	w.Cover(w.add(model.Unit{ParentID: community, Kind: model.Organisation, Name: "社区党组织"}), community)
	return community
}

func (w *world) add(u model.Unit) model.UnitID {
	w.T.Helper()
	u.ID, u.ValidFrom, u.CreatedAt = model.NewID[model.Unit](w.Clock.Now()), "2020-01-01", w.Clock.Now()
	w.Must(w.Store.Units.Add(w.T.Context(), &u))
	return u.ID
}

// addEstate adds an estate with its organisation.
func (w *world) addEstate(name string) {
	w.T.Helper()
	estate := w.add(model.Unit{ParentID: w.here, Kind: model.Estate, Name: name})
	building := w.add(model.Unit{ParentID: estate, Kind: model.Building, Name: "1号楼"})
	grid := w.add(model.Unit{ParentID: w.here, Kind: model.Grid, Name: name + "网格"})
	branch := w.add(model.Unit{ParentID: w.here, Kind: model.Branch, BranchType: model.FormerBranch, Name: name + "原党组织"})
	w.Cover(branch, estate)
	w.Cover(grid, building)
	w.estates, w.branches = append(w.estates, estate), append(w.branches, branch)
	w.buildings, w.grid = append(w.buildings, building), append(w.grid, grid)
}

// join is a plan that joins the first two estates and gives the third a branch of its own.
func (w *world) join(on model.Date, handOver ...string) restructuring.Form {
	return restructuring.Form{
		UnitID: w.here, Title: "组建东辰小区联合党支部", EffectiveOn: on, HandOver: handOver,
		Branches: []restructuring.BranchForm{
			{Ref: "joint", Name: "东辰小区联合党支部", Type: model.JointBranch, Estates: w.estates[:2], GridID: w.grid[0]},
			{Ref: "single", Name: "农机局宿舍党支部", Type: model.SingleBranch, Estates: w.estates[2:3]},
		},
		Dissolved: []restructuring.DissolutionForm{{BranchID: w.branches[0], SuccessorRef: "joint"}, {BranchID: w.branches[1]}, {BranchID: w.branches[2]}},
	}
}

func (w *world) drafted(f restructuring.Form) model.Restructuring {
	w.T.Helper()
	r, err := w.Draft(w.T.Context(), w.clerk, f)
	w.Must(err)
	return r
}

func (w *world) submitted(f restructuring.Form) model.Restructuring {
	w.T.Helper()
	r, err := w.Submit(w.T.Context(), w.clerk, w.drafted(f).ID)
	w.Must(err)
	return r
}

func (w *world) approved(f restructuring.Form) model.Restructuring {
	w.T.Helper()
	r, err := w.Approve(w.T.Context(), w.other, w.submitted(f).ID, "部务会研究同意")
	w.Must(err)
	return r
}

// leader is the branch that leads an estate today.
func (w *world) leader(estate model.UnitID) model.Unit {
	w.T.Helper()
	w.org.Forget()
	b, err := w.org.BranchOf(w.T.Context(), estate)
	w.Must(err)
	return b
}

// request is one about an estate.
func (w *world) request(estate model.UnitID) (model.Request, error) {
	state, err := w.mailbox.Submit(w.T.Context(), w.wang, mailbox.Submission{
		Category: "facilities", Text: "楼道灯坏了", Identity: model.IdentityNamed, EstateID: estate,
	})
	if err != nil {
		return model.Request{}, err
	}
	return w.Store.Requests.Get(w.T.Context(), state.ID)
}

// names are what a fault names: where and with which code.
func names(err error) (found []string) {
	for _, f := range fault.From(err).Fields {
		found = append(found, f.Path+" "+f.Code)
	}
	return found
}
