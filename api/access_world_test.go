package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strconv"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/app"
	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/points"
	"jinlin/service/shop"
)

// The small county of the access tests. Two towns; in the first a community with an estate
// of ours and one whose branch and estate were dissolved; in the second another community.

// place is an estate with all that leads and covers it, and people who work and live there.
type place struct {
	name                                                     string
	town, community, estate, branch, building, grid, station model.UnitID
	group                                                    model.UnitID
	secretary, keeper, neighbour                             model.UserID
}

// ground is where a thing belongs, which says whose authority reaches it.
type ground string

const (
	atBranch    ground = "branch"   // an article, an activity, goods
	atEstate    ground = "estate"   // a resident's home
	atBuilding  ground = "building" // a residence that names its building
	atHome      ground = "home"     // a request: estate, grid, branch, community and town of when it was made
	atStation   ground = "station"
	atGrid      ground = "grid" // who leads it
	atCommunity ground = "community"
	atBox       ground = "box" // of tin: estate and branch
)

// reach are the units whose authority covers a ground of this place. It repeats in words of
// its own what the organisation's tree says.
func (p *place) reach(at ground, county model.UnitID) []model.UnitID {
	units := []model.UnitID{p.community, p.town, county}
	gone := p.name == "gone"
	switch at {
	case atBranch:
		units = append(units, p.branch, p.station)
	case atEstate:
		units = append(units, p.estate)
		if !gone {
			units = append(units, p.branch, p.station)
		}
	case atBuilding:
		units = append(units, p.estate, p.building)
		if !gone {
			units = append(units, p.branch, p.station, p.grid, p.group)
		}
	case atBox:
		units = append(units, p.estate, p.branch, p.station)
	case atHome:
		units = append(units, p.estate, p.branch, p.station, p.grid, p.group)
	case atGrid:
		units = append(units, p.grid, p.group)
	case atStation:
		units = append(units, p.station)
	case atCommunity:
	}
	return units
}

// relation is how a thing stands to who asks for it.
type relation string

const (
	own          relation = "own"
	ownElsewhere relation = "own, in another unit"
	sameUnit     relation = "another person's in the same unit"
	otherUnit    relation = "another person's in another unit"
	dissolved    relation = "another person's in a dissolved unit"
	missing      relation = "missing"
)

// who asks.
type who struct {
	name   string
	role   model.Role
	unit   model.UnitID
	person *apitest.Person
	id     model.UserID
	former bool // the unit of the role has ended
}

// county is the world and its people.
type county struct {
	server *apitest.Server
	storetest.World
	root, bureau      model.UnitID
	clerk             model.UserID // who works in the background and is nobody of the matrix
	here, there, gone *place
	people            []*who
	things            map[string]thing            // by id, for the search of answers
	members           map[string]model.DutyMember // by place and person
	serial, days      int
}

// thing is what was made for a case.
type thing struct {
	kind  kind
	owner model.UserID
	place *place
}

func openCounty(t *testing.T, databaseURL string, settings ...string) *county {
	t.Helper()
	return countyOf(t, apitest.Start(t, databaseURL, append(settings, "JINLIN_ROLES=api")...))
}

func countyOf(t *testing.T, server *apitest.Server) *county {
	t.Helper()
	c := &county{server: server, World: storetest.World{T: t, Store: server.Store, Clock: server.Clock}, things: map[string]thing{}}
	c.root = c.Unit(model.County, model.UnitID{})
	mine, other := c.Unit(model.Town, c.root), c.Unit(model.Town, c.root)
	c.bureau = c.Unit(model.Department, c.root)
	community := c.community(mine)
	c.clerk = c.Staff(model.CountyClerk, c.root).User
	c.here, c.there, c.gone = c.place("here", mine, community), c.place("there", other, c.community(other)), c.place("gone", mine, community)
	c.dissolve(c.gone)
	c.addPeople()
	_, err := c.server.API.Points.Fill(t.Context(), model.Actor{User: c.clerk}, points.Filling{Sponsor: "红星超市", UnitID: c.root, Points: 1_000_000, Backing: "大米"})
	c.Must(err)
	return c
}

// community is one with its Party organisation.
func (c *county) community(town model.UnitID) model.UnitID {
	id := c.Unit(model.Community, town)
	c.Cover(c.Unit(model.Organisation, id), id)
	return id
}

// number is an 11-digit mobile number, so that answers with one can be found.
func (c *county) number() string {
	c.serial++
	return fmt.Sprintf("139%08d", c.serial)
}

func (c *county) place(name string, town, community model.UnitID) *place {
	p := &place{name: name, town: town, community: community}
	p.estate = c.Unit(model.Estate, community)
	p.building = c.Unit(model.Building, p.estate)
	p.grid = c.Unit(model.Grid, community)
	p.station = c.Unit(model.Station, community)
	p.branch = c.dutyUnit(model.Branch, community)
	p.group = c.Unit(model.Group, p.branch)
	c.Cover(p.branch, p.estate)
	c.Cover(p.grid, p.building)
	c.Cover(p.group, p.grid)
	c.Cover(p.station, p.branch)
	p.secretary, p.keeper = c.Staff(model.Secretary, p.branch).User, c.Staff(model.ShopKeeper, p.branch).User
	p.neighbour = c.resident(p).User
	return p
}

// dutyUnit is a unit with a telephone on duty, which everybody may see.
func (c *county) dutyUnit(kind model.UnitKind, parent model.UnitID) model.UnitID {
	now := c.Clock.Now()
	u := model.Unit{ID: model.NewID[model.Unit](now), ParentID: parent, Kind: kind, Name: string(kind), BranchType: model.SingleBranch, Phone: c.number(), ValidFrom: "2020-01-01", CreatedAt: now}
	c.Must(c.Store.Units.Add(c.T.Context(), &u))
	return u.ID
}

func (c *county) dissolve(p *place) {
	today := model.DateOf(c.Clock.Now())
	for _, id := range []model.UnitID{p.estate, p.building, p.grid, p.branch, p.group, p.station} {
		unit := c.Read(id)
		unit.ValidTo = &today
		saved, err := c.Store.Units.SaveChanged(c.T.Context(), unit)
		if c.Must(err); !saved {
			c.T.Fatal("the unit was not ended")
		}
		c.Must(c.Store.Covers.SaveAllEnded(c.T.Context(), id, today))
	}
}

func (c *county) resident(p *place) model.Actor {
	who := c.Person("居民")
	c.LivesIn(who, p.estate, p.building)
	return who
}

// addPeople are everybody of the matrix: nobody, a resident, each role once at the level at
// which the county has it, one whose unit has been dissolved and one whose grant has ended.
func (c *county) addPeople() {
	c.people = []*who{{name: "anonymous", person: c.server.Anybody(c.T)}}
	add := func(name string, role model.Role, unit model.UnitID) *who {
		w := &who{name: name, role: role, unit: unit, person: c.server.SignIn(c.T, name)}
		id, err := model.ParseID[model.User](w.person.ID)
		c.Must(err)
		w.id = id
		c.LivesIn(model.Actor{User: id}, c.here.estate, c.here.building)
		if role != "" {
			c.Grant(model.Actor{User: id}, role, unit)
		}
		c.people = append(c.people, w)
		return w
	}
	add("resident", "", model.UnitID{})
	for _, role := range model.Roles {
		add(string(role), role, c.postOf(role))
	}
	add("secretary of a dissolved branch", model.Secretary, c.gone.branch).former = true
	former := add("former clerk", "", model.UnitID{})
	now := c.Clock.Now()
	c.Must(c.Store.Grants.Add(c.T.Context(), &model.Grant{
		ID: model.NewID[model.Grant](now), UserID: former.id, Role: model.CountyClerk, UnitID: c.root,
		ValidFrom: now.Add(-time.Hour), ValidTo: &now, CreatedAt: now,
	}))
}

// postOf is where each role has its post here.
func (c *county) postOf(role model.Role) model.UnitID {
	unit, known := map[model.Role]model.UnitID{
		model.CountyClerk: c.root, model.DepartmentOfficer: c.root, model.Auditor: c.root, model.TownCommittee: c.here.town,
		model.PartTimeMember: c.here.community, model.CommunityWorker: c.here.community, model.GridWorker: c.here.grid,
		model.Secretary: c.here.branch, model.GroupLeader: c.here.group, model.BranchMember: c.here.branch, model.ShopKeeper: c.here.branch,
	}[role]
	if !known {
		c.T.Fatalf("the role %s has no post in the county of the access tests: give it one in postOf, api/access_world_test.go", role)
	}
	return unit
}

func (c *county) databaseURL() string { return app.DatabaseURL(c.server.Config) }

// names are what a case's path, query and body may mention, as in {id}.
type names map[string]string

// maker makes a thing of somebody's at a place, for one case.
type maker func(c *county, p *place, owner model.UserID) names

func newID[T any](c *county) model.ID[T] { return model.NewID[T](c.Clock.Now()) }

func activityIn(state model.ActivityState, startsIn time.Duration) maker {
	return func(c *county, p *place, owner model.UserID) names {
		return names{"id": c.activity(p, owner, state, startsIn).String()}
	}
}

func (c *county) activity(p *place, by model.UserID, state model.ActivityState, startsIn time.Duration) model.ActivityID {
	now := c.Clock.Now()
	a := model.Activity{
		ID: newID[model.Activity](c), UnitID: p.branch, State: state, Title: "义诊", Place: "党群服务站", StartsAt: now.Add(startsIn),
		EndsAt: now.Add(startsIn + 2*time.Hour), SignUpOpensAt: now.Add(-time.Hour), SignUpClosesAt: now.Add(startsIn + time.Hour), CheckInMinutes: 60,
		Capacity: 10, PlacesLeft: 9, WaitingList: true, Audience: model.OpenAudience, CreatedBy: by, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	c.Must(c.Store.Activities.Add(c.T.Context(), &a))
	return a.ID
}

// signedUp is an activity about to begin, with a sign-up of the owner and the code of the moment.
func signedUp(state model.SignUpState) maker {
	return func(c *county, p *place, owner model.UserID) names {
		now, activity := c.Clock.Now(), c.activity(p, p.secretary, model.ActivityPublished, 10*time.Minute)
		until := now.Add(time.Hour)
		row := model.SignUp{ID: newID[model.SignUp](c), ActivityID: activity, UserID: owner, State: state, Places: 1, Details: []byte{}, OfferedUntil: &until, CreatedAt: now, UpdatedAt: now}
		if state != model.SignUpOffered {
			row.OfferedUntil = nil
		}
		c.Must(c.Store.SignUps.Add(c.T.Context(), &row))
		out := names{"id": activity.String(), "signUp": row.ID.String()}
		if p != c.gone {
			code, err := c.server.API.SignUp.CheckInCode(c.T.Context(), model.Actor{User: p.secretary}, activity)
			c.Must(err)
			out["code"] = code.Code
		} else {
			out["code"] = "ABCDEFGHIJ"
		}
		return out
	}
}

// offered is a sign-up of the owner's that was offered a place.
func offered(c *county, p *place, owner model.UserID) names {
	return names{"id": signedUp(model.SignUpOffered)(c, p, owner)["signUp"]}
}

// checkedIn is signedUp, with staff's or the person's word that they came.
func checkedIn(c *county, p *place, owner model.UserID) names {
	out := signedUp(model.SignUpCheckedIn)(c, p, owner)
	id, err := model.ParseID[model.SignUp](out["signUp"])
	c.Must(err)
	activity, err := model.ParseID[model.Activity](out["id"])
	c.Must(err)
	c.Must(c.Store.Attendances.Add(c.T.Context(), &model.Attendance{
		ID: newID[model.Attendance](c), ActivityID: activity, SignUpID: id, Kind: model.CameIn, Source: model.ByCode, At: c.Clock.Now(), RecordedBy: owner, Outcome: model.NoPoints, CreatedAt: c.Clock.Now(),
	}))
	return out
}

func articleIn(status model.ArticleStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		return names{"id": c.article(p, owner, status).String()}
	}
}

func (c *county) article(p *place, author model.UserID, status model.ArticleStatus) model.ArticleID {
	now := c.Clock.Now()
	a := model.Article{
		ID: newID[model.Article](c), UnitID: p.branch, AuthorID: author, Title: "停水通知", Summary: "周二停水", Body: "周二上午停水。",
		Status: status, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if status == model.ArticlePublished {
		a.PublishedAt = &now
	}
	c.Must(c.Store.Articles.Add(c.T.Context(), &a))
	return a.ID
}

// untold is a unit with news that no push has told yet.
func untold(c *county, p *place, _ model.UserID) names {
	c.article(p, p.secretary, model.ArticlePublished)
	return names{}
}

func pushIn(status model.PushStatus) maker {
	return func(c *county, p *place, _ model.UserID) names {
		now := c.Clock.Now()
		push := model.Push{
			ID: newID[model.Push](c), UnitID: p.branch, Date: c.freshDay(), Status: status, Title: "今日动态", Summary: "停水", Link: "pages/news",
			QuietFrom: model.DefaultQuietFrom, QuietUntil: model.DefaultQuietUntil, CreatedAt: now, Version: 1,
		}
		if status.Over() {
			push.FinishedAt = &now
		}
		c.Must(c.Store.Pushes.Add(c.T.Context(), &push))
		return names{"id": push.ID.String()}
	}
}

// freshDay is a day that nothing has happened on; the days of pushes asked for by hand are
// within a year.
func (c *county) freshDay() model.Date {
	c.serial++
	return model.DateOf(c.Clock.Now()).AddDays(1000 + c.serial)
}

func requestIn(status model.RequestStatus) maker { return requestAs(status, model.IdentityNamed) }

func requestAs(status model.RequestStatus, identity model.RequestIdentity) maker {
	return func(c *county, p *place, owner model.UserID) names {
		now := c.Clock.Now()
		c.serial++
		r := model.Request{
			ID: newID[model.Request](c), Receipt: fmt.Sprintf("R%06d", c.serial), SubmitterID: owner, Identity: identity, Category: "other", Text: "路灯坏了",
			EstateID: p.estate, BuildingID: p.building, GridID: p.grid, BranchID: p.branch, CommunityID: p.community, TownID: p.town,
			Level: model.LevelBranch, Status: status, Priority: model.PriorityNormal, WaitsFor: model.PartyStaff, DueAt: now.Add(time.Hour), Open: true,
			CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		c.Must(c.Store.Requests.Add(c.T.Context(), &r))
		c.Must(c.Store.RequestEvents.Add(c.T.Context(), &model.RequestEvent{
			ID: newID[model.RequestEvent](c), RequestID: r.ID, Seq: 1, Kind: model.MoveSubmission, To: model.RequestSubmitted, Level: r.Level, ActorID: owner, Party: model.PartyResident, At: now,
		}))
		return names{"id": r.ID.String()}
	}
}

func messageTo(c *county, _ *place, owner model.UserID) names {
	m := model.Message{ID: newID[model.Message](c), UserID: owner, Kind: "news", Title: "今日动态", Text: "停水", CreatedAt: c.Clock.Now()}
	c.Must(c.Store.Messages.Add(c.T.Context(), &m))
	return names{"id": m.ID.String()}
}

func heldText(c *county, p *place, owner model.UserID) names {
	item := model.ModerationItem{
		ID: newID[model.ModerationItem](c), Kind: model.ModeratedActivity, ObjectID: model.ID[any](c.activity(p, owner, model.ActivityDraft, 24*time.Hour)),
		ObjectVersion: 1, UnitID: p.branch, WriterID: owner, Text: "义诊", Status: model.TextHeld, HeldAt: c.Clock.Now(),
	}
	c.Must(c.Store.ModerationItems.Add(c.T.Context(), &item))
	return names{"id": item.ID.String()}
}

func onePixel() []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1)))
	return out.Bytes()
}

// uploadIn is a photo of the owner's that came with a request of theirs, and a link to it.
func uploadIn(status model.UploadStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		ctx, uploads := c.T.Context(), c.server.API.Upload
		request, err := model.ParseID[any](requestIn(model.RequestScreened)(c, p, owner)["id"])
		c.Must(err)
		u, err := uploads.Keep(ctx, model.Actor{User: owner}, bytes.NewReader(onePixel()))
		c.Must(err)
		place := model.UploadPlace{Kind: model.HeldByRequest, ID: request, Part: 1}
		c.Must(c.Store.InTx(ctx, func(tx *store.Store) error {
			if err := uploads.Attach(ctx, tx, model.Actor{User: owner}, []model.UploadID{u.ID}, place); err != nil {
				return err
			}
			_, err := tx.Uploads.SaveMoved(ctx, u, status)
			return err
		}))
		if status == model.UploadHeld {
			c.Must(c.Store.ModerationItems.Add(ctx, &model.ModerationItem{
				ID: newID[model.ModerationItem](c), Kind: model.ModeratedUpload, ObjectID: model.ID[any](u.ID), ObjectVersion: 1, UnitID: p.branch,
				WriterID: owner, Text: "〔照片〕", Status: model.TextHeld, HeldAt: c.Clock.Now(),
			}))
		}
		link := uploads.Kept(u).Full
		return names{"id": u.ID.String(), "expires": strconv.FormatInt(link.Expires, 10), "signature": link.Signature}
	}
}

func pendingAward(c *county, p *place, owner model.UserID) names {
	c.serial++
	award := model.PointsAward{
		ID: newID[model.PointsAward](c), UserID: owner, UnitID: p.estate, Points: 1, Cause: "抗洪", Reference: fmt.Sprintf("flood-%d", c.serial),
		Status: model.AwardPending, AwardedBy: p.secretary, CreatedAt: c.Clock.Now(),
	}
	c.Must(c.Store.PointsAwards.Add(c.T.Context(), &award))
	return names{"id": award.ID.String()}
}

// earned has points given to the owner and names the entry.
func earned(c *county, p *place, owner model.UserID) names {
	c.award(p, owner, 1)
	account := model.AccountOf(model.VolunteerAccount, owner)
	entries, err := c.Store.LedgerEntries.List(c.T.Context(), account, model.Page{Limit: 1})
	c.Must(err)
	return names{"id": account.String(), "entry": entries.Items[0].ID.String()}
}

// award gives points in the name of the place: its secretary's where that still is somebody.
func (c *county) award(p *place, to model.UserID, n int64) {
	c.serial++
	by := p.secretary
	if p == c.gone {
		by = c.clerk
	}
	_, err := c.server.API.Points.Award(c.T.Context(), model.Actor{User: by}, points.Awarding{User: to, Points: n, Cause: "巡逻", Reference: fmt.Sprintf("patrol-%d", c.serial)})
	c.Must(err)
}

func goods(c *county, p *place, _ model.UserID) names {
	return names{"id": c.goods(p).String()}
}

func (c *county) goods(p *place) model.GoodsID {
	g := model.Goods{ID: newID[model.Goods](c), UnitID: p.branch, Name: "洗衣液", Price: 1, Stock: 100, CreatedAt: c.Clock.Now()}
	c.Must(c.Store.Goods.Add(c.T.Context(), &g))
	return g.ID
}

// affordable are goods, and who asks has the points for them.
func affordable(c *county, p *place, owner model.UserID) names {
	c.award(c.here, owner, 1)
	return goods(c, p, owner)
}

// reserved is a redemption of the owner's; handedOver is one that was fetched.
func reserved(c *county, p *place, owner model.UserID) names {
	r := c.reserve(p, owner)
	return names{"id": r.Redemption.ID.String(), "code": r.PickupCode}
}

func (c *county) reserve(p *place, owner model.UserID) shop.Reservation {
	c.award(p, owner, 1)
	r, err := c.server.API.Shop.Redeem(c.T.Context(), model.Actor{User: owner}, c.goods(p), 1)
	c.Must(err)
	return r
}

func handedOver(c *county, p *place, owner model.UserID) names {
	r := c.reserve(p, owner)
	if p != c.gone {
		_, err := c.server.API.Shop.HandOver(c.T.Context(), model.Actor{User: p.keeper}, r.PickupCode)
		c.Must(err)
	}
	return names{"id": r.Redemption.ID.String()}
}

// loginCode is what wx.login gives.
func loginCode(c *county, _ *place, _ model.UserID) names {
	c.serial++
	var code struct{ Code string }
	c.server.Sandbox(c.T, "POST", "/_sandbox/codes", map[string]string{"persona": fmt.Sprintf("stranger-%d", c.serial)}).Into(&code)
	return names{"code": code.Code}
}

// atDesk is a desktop page that asks to be let in, perhaps confirmed by the place's secretary.
func atDesk(confirmed bool) maker {
	return func(c *county, p *place, _ model.UserID) names {
		asked, err := c.server.API.Desk.Ask(c.T.Context(), "Edge · Windows", "203.0.113.7")
		c.Must(err)
		if confirmed {
			_, err = c.server.API.Desk.Confirm(c.T.Context(), model.Actor{User: p.secretary}, asked.ID)
			c.Must(err)
		}
		return names{"id": asked.ID.String(), "secret": asked.Secret}
	}
}

// newUnit is a unit that nothing hangs on.
func newUnit(c *county, p *place, _ model.UserID) names {
	return names{"id": c.Unit(model.Grid, p.community).String()}
}

// newGrid covers nothing yet; newBuilding lies in no grid.
func newGrid(c *county, p *place, _ model.UserID) names {
	return names{"id": c.Unit(model.Grid, p.community).String(), "newBuilding": c.Unit(model.Building, p.estate).String()}
}

func coveringGrid(c *county, p *place, _ model.UserID) names {
	grid, building := c.Unit(model.Grid, p.community), c.Unit(model.Building, p.estate)
	c.Cover(grid, building)
	return names{"id": grid.String(), "coveredId": building.String()}
}

// sessionOf is a session of the owner's on another device.
func sessionOf(c *county, _ *place, owner model.UserID) names {
	now, id := c.Clock.Now(), newID[model.Session](c)
	c.Must(c.Store.Sessions.Add(c.T.Context(), &model.Session{
		ID: id, UserID: owner, TokenHash: append(id[:], id[:]...), CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour),
	}))
	return names{"id": id.String()}
}

// phoneButton is what the getPhoneNumber button gives the owner.
func phoneButton(c *county, _ *place, owner model.UserID) names {
	var code struct{ Code string }
	for _, w := range c.people {
		if w.id == owner {
			c.server.Sandbox(c.T, "POST", "/_sandbox/phone-codes", map[string]string{"persona": w.name, "phone": c.number()}).Into(&code)
		}
	}
	return names{"code": code.Code}
}

func freshDate(c *county, _ *place, _ model.UserID) names {
	return names{"date": string(c.freshDay())}
}

func dayOff(c *county, _ *place, _ model.UserID) names {
	day := model.CalendarDay{Date: c.freshDay(), Kind: "holiday", Name: "庙会", ChangedBy: c.clerk, UpdatedAt: c.Clock.Now(), Version: 1}
	c.Must(c.Store.CalendarDays.Add(c.T.Context(), &day))
	return names{"date": string(day.Date)}
}

func otherHours(c *county, p *place, _ model.UserID) names {
	day := model.StationDay{StationID: p.station, Date: c.freshDay(), Reason: "停电", ChangedBy: c.clerk, UpdatedAt: c.Clock.Now(), Version: 1}
	day.SetSpans(nil)
	c.Must(c.Store.StationDays.Add(c.T.Context(), &day))
	return names{"date": string(day.Date)}
}

// offer is a service that a station gives.
func offer(c *county, p *place, _ model.UserID) names {
	c.serial++
	item := model.ServiceItem{
		ID: newID[model.ServiceItem](c), Version: 1, UnitID: p.station, Name: fmt.Sprintf("办证%d", c.serial), Steps: "登记", Answers: "民政协理员", Contact: "一号窗口",
		ValidFrom: "2026-01-01", Live: model.Lasting(), ChangedBy: c.clerk, CreatedAt: c.Clock.Now(),
	}
	item.SetDocuments(nil)
	c.Must(c.Store.ServiceItems.Add(c.T.Context(), &item))
	return names{"id": item.ID.String()}
}

// colleague is somebody who works where the station lies.
func colleague(c *county, p *place, _ model.UserID) names {
	return names{"user": c.Staff(model.GridWorker, p.grid).User.String()}
}

// member takes turns on duty at the place's station; nobody does so twice.
func (c *county) member(p *place, who model.UserID) model.DutyMember {
	key := p.name + who.String()
	if known, is := c.members[key]; is {
		return known
	}
	m := model.DutyMember{
		ID: newID[model.DutyMember](c), StationID: p.station, UserID: who, Name: "老郭", ValidFrom: "2026-01-01", Live: model.Lasting(), AddedBy: c.clerk, CreatedAt: c.Clock.Now(),
	}
	c.Must(c.Store.DutyMembers.Add(c.T.Context(), &m))
	if c.members == nil {
		c.members = map[string]model.DutyMember{}
	}
	c.members[key] = m
	return m
}

func freshMember(c *county, p *place, _ model.UserID) names {
	return names{"id": c.member(p, c.Person("值班").User).ID.String()}
}

// pool are two who take turns, and a day.
func pool(c *county, p *place, _ model.UserID) names {
	return names{
		"one": c.member(p, c.Person("值班").User).ID.String(), "two": c.member(p, c.Person("值班").User).ID.String(), "date": string(c.freshDay()),
	}
}

func (c *county) shift(p *place, who model.UserID) model.DutyShift {
	now, day := c.Clock.Now(), c.freshDay()
	s := model.DutyShift{
		ID: newID[model.DutyShift](c), StationID: p.station, Date: day, MemberID: c.member(p, who).ID, UserID: who, Name: "老郭", StartsAt: day.At(8, 30), EndsAt: day.At(17, 0),
		Status: model.ShiftPlanned, Live: model.Lasting(), Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	c.Must(c.Store.DutyShifts.Add(c.T.Context(), &s))
	c.Must(c.Store.DutyDays.Add(c.T.Context(), &model.DutyDay{StationID: p.station, Date: day, DecidedBy: c.clerk, UpdatedAt: now, Version: 1}))
	return s
}

func shift(c *county, p *place, owner model.UserID) names {
	return names{"id": c.shift(p, owner).ID.String(), "other": c.member(p, p.keeper).ID.String()}
}

func (c *county) swap(p *place, asker, other model.UserID, status model.SwapStatus) names {
	now := c.Clock.Now()
	s := model.DutySwap{
		ID: newID[model.DutySwap](c), StationID: p.station, ShiftID: c.shift(p, asker).ID, AskerID: asker, OtherID: other, MemberID: c.member(p, other).ID,
		Status: status, Open: true, CreatedAt: now, UpdatedAt: now,
	}
	c.Must(c.Store.DutySwaps.Add(c.T.Context(), &s))
	return names{"id": s.ID.String()}
}

func swapAsked(c *county, p *place, owner model.UserID) names {
	return c.swap(p, p.keeper, owner, model.SwapAsked)
}

func swapAskedBy(c *county, p *place, owner model.UserID) names {
	return c.swap(p, owner, p.keeper, model.SwapAsked)
}

func swapAgreed(c *county, p *place, _ model.UserID) names {
	return c.swap(p, p.keeper, p.neighbour, model.SwapAgreed)
}

// tenureIn is a tenure of the owner's at a branch of the place that nobody else leads.
func tenureIn(status model.TenureStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		now := c.Clock.Now()
		t := model.Tenure{
			ID: newID[model.Tenure](c), BranchID: c.dutyUnit(model.Branch, p.community), UserID: owner, Name: "郭志强", Source: model.ResidentMember,
			Status: status, StartsOn: model.DateOf(now), ProposedBy: p.secretary, CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		if status == model.TenureInPost || status == model.TenureSuspended {
			t.PostBranchID = t.BranchID
		}
		c.Must(c.Store.Tenures.Add(c.T.Context(), &t))
		return names{"id": t.ID.String()}
	}
}

// ledEstate is an estate of its own with a branch.
func ledEstate(c *county, p *place, _ model.UserID) names {
	estate, branch := c.Unit(model.Estate, p.community), c.Unit(model.Branch, p.community)
	c.Cover(branch, estate)
	return names{"newEstate": estate.String(), "oldBranch": branch.String()}
}

// batchIn is a restructuring that the owner drafted and whose day is today.
func batchIn(status model.RestructuringStatus) maker {
	return func(c *county, p *place, owner model.UserID) names {
		now, estate := c.Clock.Now(), c.Unit(model.Estate, p.community)
		r := model.Restructuring{
			ID: newID[model.Restructuring](c), UnitID: p.community, Title: "组织设置调整", EffectiveOn: model.DateOf(now), DraftedBy: owner, CreatedAt: now,
		}
		r.SetPlan(model.RestructuringPlan{Branches: []model.PlannedBranch{
			{ID: newID[model.Unit](c), New: true, Name: "新建党支部", Type: model.SingleBranch, Estates: []model.UnitID{estate}},
		}})
		event, err := r.Step(model.DraftRestructuring, owner, "", now)
		c.Must(err)
		r.Status = status
		c.Must(c.Store.Restructurings.Add(c.T.Context(), &r))
		c.Must(c.Store.RestructuringEvents.Add(c.T.Context(), event))
		made := ledEstate(c, p, owner)
		made["id"], made["community"] = r.ID.String(), p.community.String()
		return made
	}
}
