package board_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
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
	"jinlin/service/org"
	"jinlin/service/push"
	"jinlin/service/suggestion"
)

const (
	fewRequests  = 1_000
	manyRequests = 1_000_000 // JINLIN_BENCH_REQUESTS says otherwise
	slower       = 2.0       // how many times as slow a thousand times as many may be
	felt         = 200 * time.Microsecond
	openOf       = 20 // one of so many requests is open
)

// BenchmarkAMillionRequests asks the same of a county with a thousand requests and of one with
// a million, in turns: inboxes of every level, the public board and suggestions, first pages
// and pages in the middle. It reports the times of the large one and how many times those of the
// small one they are, and fails where p95 is over twice that and the difference can be felt.
// Making the large one takes minutes and some 3 GB for as long as it runs.
func BenchmarkAMillionRequests(b *testing.B) {
	many := manyRequests
	if text := os.Getenv("JINLIN_BENCH_REQUESTS"); text != "" {
		var err error
		if many, err = strconv.Atoi(text); err != nil || many < fewRequests {
			b.Fatalf("JINLIN_BENCH_REQUESTS is %q and must be %d or more", text, fewRequests)
		}
	}
	for name, open := range map[string]func(testing.TB, string) string{
		"sqlite":  func(t testing.TB, _ string) string { return storetest.SQLiteURL(t) },
		"mariadb": storetest.OwnMySQLURL,
	} {
		b.Run(name, func(b *testing.B) {
			began := time.Now()
			small, large := newCrowd(b, open(b, "small"), fewRequests), newCrowd(b, open(b, "large"), many)
			b.Logf("%d requests in %s", many, time.Since(began).Round(time.Second))
			for _, q := range questions {
				b.Run(q.name, func(b *testing.B) { compare(b, small, large, q.ask) })
			}
		})
	}
}

// crowd is a county with many requests. A third of them came to one estate of its 204.
type crowd struct {
	storetest.World
	mailbox                                *mailbox.Service
	board                                  *board.Service
	suggestion                             *suggestion.Service
	county                                 model.UnitID
	towns, communities, branches, estates  []model.UnitID
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
		c.Cover(c.branches[i], c.estates[i])
	}
	c.clerk, c.committee = c.Staff(model.CountyClerk, c.county), c.Staff(model.TownCommittee, c.towns[0])
	c.secretary, c.community = c.Staff(model.Secretary, c.branches[0]), c.Staff(model.CommunityWorker, c.communities[0])
	c.fill()
	units := org.New(s)
	rights := access.New(s, units)
	texts, pushes := moderation.New(s, rights, units, markers{}), push.New(s, rights, units, nil, push.Settings{})
	c.mailbox = mailbox.New(s, rights, units, texts, nil, pushes, mailbox.Defaults())
	c.board = board.New(s, rights, units, texts, pushes)
	c.suggestion = suggestion.New(s, units, c.board)
	return c
}

var matters = []string{"楼道灯不亮", "电梯经常停运", "垃圾清运不及时", "地下车库积水", "暖气不热", "井盖缺失", "树枝挡住路灯", "电动车占用消防通道", "自来水水压低", "外墙瓷砖脱落"}

// fill adds the requests, one a minute, the last one now.
func (c *crowd) fill() {
	random := rand.New(rand.NewPCG(1, uint64(c.n)))
	start := c.Clock.Now().Add(-time.Duration(c.n) * time.Minute)
	const part = 10_000
	for first := 0; first < c.n; first += part {
		var requests []*model.Request
		var shown []*model.PublicVersion
		var grams []*model.PublicGram
		var clocks []*model.RequestClock
		for i := first; i < min(first+part, c.n); i++ {
			r := c.request(i, start.Add(time.Duration(i)*time.Minute), random)
			v := &model.PublicVersion{
				RequestID: r.ID, EstateID: r.EstateID, Category: r.Category, Status: model.PublicApproved, Shown: true, ShownTitle: matters[i%len(matters)],
				ShownText: fmt.Sprintf("%d号楼%s，%s", i%40, matters[i%len(matters)], matters[i/7%len(matters)]), AuthorID: c.clerk.User, PublishedAt: r.CreatedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.CreatedAt, Version: 2,
			}
			requests, shown = append(requests, r), append(shown, v)
			if !r.Open {
				continue
			}
			for _, gram := range model.Fewest(model.Grams(v.ShownTitle+" "+v.ShownText), model.KeptGrams) {
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
		EstateID: c.estates[estate], BranchID: c.branches[estate], CommunityID: c.communities[community], TownID: c.towns[community%len(c.towns)],
		Level: model.LevelBranch, Status: model.RequestClosed, Outcome: model.OutcomeFixed, Priority: model.PriorityNormal, DueAt: at, CreatedAt: at, UpdatedAt: at, Version: 5,
	}
	if i%openOf == 0 {
		r.Status, r.Outcome, r.Open, r.WaitsFor, r.DueAt = model.RequestAccepted, "", true, model.PartyStaff, at.Add(time.Duration(random.IntN(300))*time.Hour)
	}
	return r
}

// question is something that is asked of a county.
type question struct {
	name string
	ask  func(c *crowd, r *rand.Rand) (found int, err error)
}

func (c *crowd) inbox(who model.Actor, f mailbox.InboxFilter, r *rand.Rand) (int, error) {
	page := model.Page{}
	if r.IntN(2) == 0 { // from the middle on
		half := c.Clock.Now().Add(-time.Duration(c.n) * time.Minute / 2)
		page.After = &model.Cursor{At: half, ID: model.NewID[model.Request](half)}
	}
	l, err := c.mailbox.Inbox(c.T.Context(), who, f, page)
	return len(l.Items), err
}

func (c *crowd) public(estate model.UnitID, r *rand.Rand) (int, error) {
	page := model.Page{}
	if r.IntN(2) == 0 {
		half := c.Clock.Now().Add(-time.Duration(c.n) * time.Minute / 2)
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
	{"board/estate", func(c *crowd, r *rand.Rand) (int, error) { return c.public(c.estates[0], r) }},
	{"board/county", func(c *crowd, r *rand.Rand) (int, error) { return c.public(model.UnitID{}, r) }},
	{"suggestions", func(c *crowd, r *rand.Rand) (int, error) {
		found, err := c.suggestion.Suggest(c.T.Context(), c.clerk, suggestion.Draft{
			Text: fmt.Sprintf("%d号楼%s，请尽快处理", r.IntN(40), matters[r.IntN(len(matters))]), Category: "facilities", EstateID: c.estates[0],
		})
		return len(found), err
	}},
}

// compare asks both counties in turns, so that whatever else the machine does slows both.
func compare(b *testing.B, small, large *crowd, ask func(*crowd, *rand.Rand) (int, error)) {
	counties, took, found := []*crowd{small, large}, make([][]time.Duration, 2), make([]int, 2)
	random := rand.New(rand.NewPCG(1, 1))
	measure := func(i int) time.Duration {
		began := time.Now()
		n, err := ask(counties[i], random)
		if err != nil {
			b.Fatal(err)
		}
		found[i] += n
		return time.Since(began)
	}
	for range 20 { // what comes first pays for connections and statements
		for i := range counties {
			measure(i)
		}
	}
	for b.Loop() {
		for i := range counties {
			took[i] = append(took[i], measure(i))
		}
	}
	if found[1] == 0 {
		b.Error("nothing was found among many")
	}
	for i := range took {
		slices.Sort(took[i])
	}
	for _, part := range []int{50, 95} {
		few, many := took[0][len(took[0])*part/100], took[1][len(took[1])*part/100]
		times := float64(many) / float64(few)
		b.ReportMetric(float64(many.Microseconds()), fmt.Sprintf("p%d-µs", part))
		b.ReportMetric(times, fmt.Sprintf("p%d-times", part))
		if part == 95 && times > slower && many-few > felt && len(took[0]) >= 50 {
			b.Errorf("p%d: %s among %d requests, %s among %d", part, few, small.n, many, large.n)
		}
	}
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
}
