package board_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/board"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/moderation/moderationtest"
	"jinlin/service/org"
	"jinlin/service/push"
	"jinlin/service/suggestion"
)

const (
	fewRequests  = 1_000
	manyRequests = 1_000_000 // JINLIN_BENCH_REQUESTS says otherwise
	felt         = 200 * time.Microsecond
	span         = 694 * 24 * time.Hour // from the first request to the last, few or many
	openOf       = 20                   // one of so many requests is open
	refusedOf    = 25                   // and one of so many was refused
)

// BenchmarkAMillionRequests asks the same of a county with a thousand requests and of one with
// a million, in turns: inboxes of every level, the public board and suggestions, first pages
// and pages in the middle. It reports the times of the large one and how many times those of the
// small one they are, and fails where p95 is over twice that and the difference can be felt.
// Making the large one takes minutes and some 3 GB for as long as it runs.
func BenchmarkAMillionRequests(b *testing.B) {
	many := storetest.Many(b, "JINLIN_BENCH_REQUESTS", fewRequests, manyRequests)
	storetest.EachScale(b, func(b *testing.B, open func(string) string) {
		began := time.Now()
		small, large := newCrowd(b, open("small"), fewRequests), newCrowd(b, open("large"), many)
		b.Logf("%d requests in %s", many, time.Since(began).Round(time.Second))
		for _, q := range questions {
			b.Run(q.name, func(b *testing.B) {
				random, found := rand.New(rand.NewPCG(1, 1)), 0
				storetest.Compare(b, func() time.Duration { took, _ := small.measure(b, q.ask, random); return took }, func() time.Duration {
					took, n := large.measure(b, q.ask, random)
					found += n
					return took
				}, felt, 95)
				if found == 0 {
					b.Error("nothing was found among many")
				}
			})
		}
	})
}

// crowd is a county with many requests. A third of them came to one estate of its 204.
type crowd struct {
	storetest.World
	mailbox                                *mailbox.Service
	board                                  *board.Service
	suggestion                             *suggestion.Service
	county                                 model.UnitID
	towns, communities, branches, estates  []model.UnitID
	buildings                              [][2]model.UnitID // of an estate
	clerk, committee, secretary, community model.Actor
	n                                      int
}

func newCrowd(b *testing.B, databaseURL string, n int) *crowd {
	b.Helper()
	clock := storetest.NewClock()
	s := storetest.Open(b, databaseURL, clock)
	c := &crowd{World: storetest.World{T: b, Store: s, Clock: clock}, n: n}
	c.county = c.Unit(model.County, model.UnitID{})
	for range 8 {
		c.towns = append(c.towns, c.Unit(model.Town, c.county))
	}
	for i := range 40 {
		c.communities = append(c.communities, c.Unit(model.Community, c.towns[i%len(c.towns)]))
	}
	for i := range 204 {
		at := c.communities[i%len(c.communities)]
		c.estates, c.branches = append(c.estates, c.Unit(model.Estate, at)), append(c.branches, c.Unit(model.Branch, at))
		c.buildings = append(c.buildings, [2]model.UnitID{c.Unit(model.Building, c.estates[i]), c.Unit(model.Building, c.estates[i])})
		c.Cover(c.branches[i], c.estates[i])
	}
	c.clerk, c.committee = c.Staff(model.CountyClerk, c.county), c.Staff(model.TownCommittee, c.towns[0])
	c.secretary, c.community = c.Staff(model.Secretary, c.branches[0]), c.Staff(model.CommunityWorker, c.communities[0])
	c.fill()
	units := org.New(s)
	rights := access.New(s, units)
	texts, pushes := moderation.New(s, rights, units, moderationtest.Markers{}), push.New(s, rights, units, nil, push.Settings{})
	c.mailbox = mailbox.New(s, rights, units, texts, nil, pushes, mailbox.Defaults())
	c.board = board.New(s, rights, units, texts, pushes)
	c.suggestion = suggestion.New(s, units, c.board)
	return c
}

var matters = []string{"楼道灯不亮", "电梯经常停运", "垃圾清运不及时", "地下车库积水", "暖气不热", "井盖缺失", "树枝挡住路灯", "电动车占用消防通道", "自来水水压低", "外墙瓷砖脱落"}

// here is a point within half a kilometre of the middle of town.
func here(random *rand.Rand) model.Position {
	return model.PositionAt(38.48+random.Float64()/200, 112.96+random.Float64()/200)
}

// fill adds the requests, evenly, the last one now.
func (c *crowd) fill() {
	random := rand.New(rand.NewPCG(1, uint64(c.n)))
	start, every := c.Clock.Now().Add(-span), span/time.Duration(c.n)
	const part = 10_000
	for first := 0; first < c.n; first += part {
		var requests []*model.Request
		var shown []*model.PublicVersion
		var grams []*model.PublicGram
		var clocks []*model.RequestClock
		for i := first; i < min(first+part, c.n); i++ {
			r := c.request(i, start.Add(time.Duration(i)*every), random)
			v := c.version(i, r)
			requests, shown = append(requests, r), append(shown, v)
			if !r.Open {
				continue
			}
			for _, gram := range append(model.Fewest(model.Grams(v.ShownTitle+" "+v.ShownText), model.KeptGrams), model.SpotsOf(v.Category, v.ShownBuildingID, r.Position.Roughly())...) {
				grams = append(grams, &model.PublicGram{CommunityID: r.CommunityID, Gram: gram, RequestID: r.ID})
			}
			clocks = append(clocks, &model.RequestClock{ID: model.NewID[model.RequestClock](r.CreatedAt), RequestID: r.ID, Name: model.ClockReply, StartedAt: r.CreatedAt, DueAt: r.DueAt})
		}
		c.Must(c.Store.InTx(c.T.Context(), func(tx *store.Store) error {
			if err := tx.Requests.Add(c.T.Context(), requests...); err != nil {
				return err
			}
			if err := tx.PublicVersions.Add(c.T.Context(), shown...); err != nil {
				return err
			}
			if err := tx.PublicGrams.Add(c.T.Context(), grams...); err != nil {
				return err
			}
			return tx.RequestClocks.Add(c.T.Context(), clocks...)
		}))
	}
}

func (c *crowd) request(i int, at time.Time, random *rand.Rand) *model.Request {
	estate := 0
	if i%3 > 0 {
		estate = random.IntN(len(c.estates))
	}
	community := estate % len(c.communities)
	r := &model.Request{
		ID: model.NewID[model.Request](at), Receipt: strconv.Itoa(i), SubmitterID: c.clerk.User, Identity: model.IdentityNamed, Category: "facilities", Text: matters[i%len(matters)],
		EstateID: c.estates[estate], BuildingID: c.buildings[estate][i/openOf/2%2], Position: here(random), BranchID: c.branches[estate], CommunityID: c.communities[community], TownID: c.towns[community%len(c.towns)],
		Level: model.LevelBranch, Status: model.RequestClosed, Outcome: model.OutcomeFixed, Priority: model.PriorityNormal, DueAt: at, CreatedAt: at, UpdatedAt: at, Version: 5,
	}
	if i%openOf == 0 {
		r.Status, r.Outcome, r.Open, r.WaitsFor, r.DueAt = model.RequestAccepted, "", true, model.PartyStaff, at.Add(time.Duration(random.IntN(300))*time.Hour)
	}
	if i%refusedOf == 1 {
		r.Status, r.Outcome = model.RequestRefused, ""
	}
	return r
}

// version is what the board shows of a request, where every second names its building.
func (c *crowd) version(i int, r *model.Request) *model.PublicVersion {
	v := &model.PublicVersion{
		RequestID: r.ID, PublicID: model.RandomID[model.PublicVersion](), EstateID: r.EstateID, Category: r.Category, Status: model.PublicApproved, Shown: true, ShownTitle: matters[i%len(matters)],
		ShownText: fmt.Sprintf("%d号楼%s，%s", i%40, matters[i%len(matters)], matters[i/7%len(matters)]),
		AuthorID:  c.clerk.User, CameAt: r.CreatedAt, PublishedAt: r.CreatedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.CreatedAt, Version: 2,
	}
	if i/openOf%2 == 0 {
		v.ShownBuildingID = r.BuildingID
	}
	return v
}

// question is something that is asked of a county.
type question struct {
	name string
	ask  func(c *crowd, r *rand.Rand) (found int, err error)
}

func (c *crowd) inbox(who model.Actor, f mailbox.InboxFilter, r *rand.Rand) (int, error) {
	page := model.Page{}
	if r.IntN(2) == 0 { // from the middle on
		half := c.Clock.Now().Add(-span / 2)
		page.After = &model.Cursor{At: half, ID: model.NewID[model.Request](half)}
	}
	l, err := c.mailbox.Inbox(c.T.Context(), who, f, page)
	return len(l.Items), err
}

func (c *crowd) public(estate model.UnitID, r *rand.Rand) (int, error) {
	page := model.Page{}
	if r.IntN(2) == 0 {
		half := c.Clock.Now().Add(-span / 2)
		page.After = &model.Cursor{At: half, ID: model.NewID[model.Request](half)}
	}
	l, err := c.board.Public(c.T.Context(), board.Filter{EstateID: estate}, page)
	return len(l.Items), err
}

var questions = []question{
	{"inbox/branch", func(c *crowd, r *rand.Rand) (int, error) { return c.inbox(c.secretary, mailbox.InboxFilter{}, r) }},
	{"inbox/community", func(c *crowd, r *rand.Rand) (int, error) { return c.inbox(c.community, mailbox.InboxFilter{}, r) }},
	{"inbox/town", func(c *crowd, r *rand.Rand) (int, error) { return c.inbox(c.committee, mailbox.InboxFilter{}, r) }},
	{"inbox/county", func(c *crowd, r *rand.Rand) (int, error) { return c.inbox(c.clerk, mailbox.InboxFilter{}, r) }},
	{"inbox/overdue", func(c *crowd, r *rand.Rand) (int, error) {
		return c.inbox(c.secretary, mailbox.InboxFilter{Overdue: true}, r)
	}},
	{"inbox/closed", func(c *crowd, r *rand.Rand) (int, error) {
		return c.inbox(c.secretary, mailbox.InboxFilter{Status: model.RequestClosed}, r)
	}},
	{"inbox/refused/town", func(c *crowd, r *rand.Rand) (int, error) {
		return c.inbox(c.committee, mailbox.InboxFilter{Status: model.RequestRefused}, r)
	}},
	{"inbox/refused/county", func(c *crowd, r *rand.Rand) (int, error) {
		return c.inbox(c.clerk, mailbox.InboxFilter{Status: model.RequestRefused}, r)
	}},
	{"board/estate", func(c *crowd, r *rand.Rand) (int, error) { return c.public(c.estates[0], r) }},
	{"board/county", func(c *crowd, r *rand.Rand) (int, error) { return c.public(model.UnitID{}, r) }},
	{"suggestions", func(c *crowd, r *rand.Rand) (int, error) {
		found, err := c.suggestion.Suggest(c.T.Context(), c.clerk, suggestion.Draft{
			Text: fmt.Sprintf("%d号楼%s，请尽快处理", r.IntN(40), matters[r.IntN(len(matters))]), Category: "facilities", EstateID: c.estates[0],
			BuildingID: c.buildings[0][r.IntN(2)], Position: here(r),
		})
		return len(found), err
	}},
}

// measure asks once, and says how long that took and how much was found.
func (c *crowd) measure(b *testing.B, ask func(*crowd, *rand.Rand) (int, error), r *rand.Rand) (time.Duration, int) {
	b.Helper()
	began := time.Now()
	n, err := ask(c, r)
	took := time.Since(began)
	if err != nil {
		b.Fatal(err)
	}
	return took, n
}
