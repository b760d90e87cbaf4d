package tour

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

const (
	poolPoints     = 500
	activityPoints = 20
)

// signUp is somebody's place in an activity.
type signUp struct {
	ID       string `json:"id"`
	Status   string `json:"status"`
	Position int    `json:"position"`
}

// gathering is the activity of this tour and who came.
type gathering struct {
	*day
	id         string
	volunteers []*person
	signUps    []signUp // one each
}

func (d *day) activity(ctx context.Context) error {
	g := &gathering{day: d}
	d.gathering = g
	return d.chapter(ctx, both("三 活动", "3 An activity"),
		step{d.clerk, both("为支部设立积分池", "creates a pool of points for the branch"), g.createPool},
		step{d.secretary, both("发布活动：清洁家园，名额 2", "publishes a clean-up day for two"), g.publish},
		step{d.newcomers, both("第一次登录", "sign in for the first time"), g.gather},
		step{d.newcomers, both("同时报名", "sign up at once"), g.signUp},
		step{d.secretary, both("登记签到", "records who came"), g.recordAttendance},
	)
}

func (g *gathering) createPool(ctx context.Context) (text, error) {
	var pool struct {
		ID string `json:"id"`
	}
	a := g.clerk.post(ctx, "/v1/points/pools", map[string]any{
		"sponsor": "县委组织部", "unitId": g.branch().ID, "points": poolPoints, "backing": "巡展演示 " + g.mark,
	}).want(http.StatusCreated, &pool)
	a.expect(pool.ID != "", "an id")
	g.clerk.acknowledged(a, fact{Kind: "pool", ID: pool.ID, Within: g.branch().ID})
	g.pool = pool.ID
	return both("%s，%d 分", "%s, %d points", g.branch().Name, poolPoints), a.err
}

func (g *gathering) publish(ctx context.Context) (text, error) {
	now := time.Now().UTC().Truncate(time.Second)
	var made struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	a := g.secretary.post(ctx, "/v1/activities", map[string]any{
		"title": "清洁家园 " + g.mark, "description": "一起打扫小区花坛，工具由支部准备。", "unitId": g.branch().ID,
		"startsAt": now.Add(30 * time.Minute), "endsAt": now.Add(2 * time.Hour),
		"signUpOpensAt": now.Add(-time.Minute), "signUpClosesAt": now.Add(25 * time.Minute),
		"capacity": 2, "waitingList": true, "place": "党群服务站门前", "points": activityPoints, "poolId": g.pool,
		"requiresCheckOut": false, "audience": "open",
	}).want(http.StatusCreated, &made)
	a.expect(made.ID != "" && made.Status == "draft", "an id and status draft")
	if a.err != nil {
		return text{}, a.err
	}
	g.id = made.ID
	a = g.secretary.post(ctx, "/v1/activities/"+g.id+"/publication", nil).want(http.StatusOK, &made)
	a.expect(made.Status == "published", "status published")
	g.secretary.acknowledged(a, fact{Kind: "activity", ID: g.id, Reached: "published"})
	if a.err != nil {
		return text{}, a.err
	}
	_, listed, a := find(ctx, g.wang, "/v1/activities", url.Values{"estateId": {g.wang.estate()}},
		func(i struct{ ID string }) bool { return i.ID == g.id })
	a.expect(listed, "activity %s in the list of the estate", g.id)
	return both("已发布，半小时后开始", "published, begins in half an hour"), a.err
}

func (g *gathering) gather(ctx context.Context) (text, error) {
	for number := range 3 {
		g.volunteers = append(g.volunteers, g.volunteer(number+1))
	}
	err := together(3, func(i int) error { return g.volunteers[i].signIn(ctx) })
	return both("3 人", "3 people"), err
}

func (g *gathering) path(rest string) string { return "/v1/activities/" + g.id + rest }

// signUp sends the three at the same moment; two may get a place.
func (g *gathering) signUp(ctx context.Context) (text, error) {
	g.signUps = make([]signUp, 3)
	err := together(3, func(i int) error {
		p := g.volunteers[i]
		a := p.post(ctx, g.path("/sign-ups"), map[string]any{}).want(http.StatusCreated, &g.signUps[i])
		a.expect(g.signUps[i].ID != "", "an id")
		return p.acknowledged(a, fact{Kind: "sign-up", ID: g.signUps[i].ID, Within: g.id, Reached: g.signUps[i].Status}).err
	})
	if err != nil {
		return text{}, err
	}
	count := map[string]int{}
	for _, s := range g.signUps {
		count[s.Status]++
	}
	var seen struct {
		PlacesLeft int    `json:"placesLeft"`
		MySignUp   signUp `json:"mySignUp"`
	}
	a := g.volunteers[0].get(ctx, g.path("")).want(http.StatusOK, &seen)
	a.expect(count["registered"] == 2 && count["waitlisted"] == 1, "two registered and one on the waiting list, not %v", count)
	a.expect(seen.PlacesLeft == 0, "no place left")
	a.expect(seen.MySignUp.ID == g.signUps[0].ID, "the volunteer's own sign-up")
	if a.err != nil {
		return text{}, a.err
	}
	again := g.volunteers[0].post(ctx, g.path("/sign-ups"), map[string]any{})
	return both("2 人有名额，1 人候补", "2 have a place, 1 waits"), again.refused(http.StatusConflict, "already_signed_up")
}

// present are those with a place.
func (g *gathering) present() (people []*person, signUps []signUp) {
	for i, s := range g.signUps {
		if s.Status == "registered" {
			people, signUps = append(people, g.volunteers[i]), append(signUps, s)
		}
	}
	return people, signUps
}

// recordAttendance writes each down, the first one twice, as an offline list sent again would.
func (g *gathering) recordAttendance(ctx context.Context) (text, error) {
	people, signUps := g.present()
	for i, s := range signUps {
		body := map[string]any{"signUpId": s.ID, "at": time.Now().UTC(), "kind": "in", "clientId": randomHex(8)}
		for range 2 - i {
			a := g.secretary.post(ctx, g.path("/attendance"), body)
			a.expect(a.status == http.StatusOK || a.status == http.StatusCreated, "success")
			if a.err != nil {
				return text{}, a.err
			}
			people[i].acknowledged(a, fact{Kind: "sign-up", ID: s.ID, Within: g.id, Reached: "checked_in"})
		}
	}
	return both("2 人到场", "2 came"), nil
}
