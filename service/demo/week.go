package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/activity"
	"jinlin/service/identity"
	"jinlin/service/jobs"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/news"
	"jinlin/service/org"
	"jinlin/service/points"
	"jinlin/service/push"
	"jinlin/service/shop"
	"jinlin/service/signup"
	"jinlin/service/wechat"
)

// Week is what happened in the week before the load.
type Week struct {
	Articles, Activities, Requests, Shown, Pools, Awards, Goods, Redemptions int
}

// scene is one thing that happens in it.
type scene struct {
	at   time.Time
	what string
	do   func(ctx context.Context) error
}

// teller lets that week happen, through the services themselves and under a clock that
// goes from scene to scene, so that events, clocks, ledger and audit agree about what was
// when. The scenes are written down first, story by story, and played in order of time.
type teller struct {
	*County
	Week
	past   *store.Store // under the clock below
	load   time.Time    // the present
	clock  time.Time    // of the scene that is played
	scenes []scene
	next   map[*Branch]int // whose turn it is among neighbours

	trouble error // of the worker
	told    map[string]told

	mailroom
	letters  identity.Courier
	mailbox  *mailbox.Service
	activity *activity.Service
	signUp   *signup.Service
	points   *points.Service
	shop     *shop.Service
	news     *news.Service
	push     *push.Service
	worker   *jobs.Runner
}

// trusted is the text check of texts that stand in this package.
type trusted struct{}

func (trusted) CheckText(context.Context, wechat.TextCheck) wechat.Verdict {
	return wechat.Verdict{Suggest: wechat.Pass}
}

// tell plays the week before the load, in the transaction of the load.
func (c *County) tell(ctx context.Context, tx *store.Store) (Week, error) {
	t := &teller{County: c, load: tx.Now(), clock: tx.Now(), next: map[*Branch]int{}, told: map[string]told{}}
	past := tx.At(func() time.Time { return t.clock })
	units := org.New(past)
	rights := access.New(past, units)
	texts := moderation.New(past, rights, units, trusted{})
	t.push = push.New(past, rights, units, &postman{}, push.Settings{Concurrency: 1, TemplateIDs: templates()})
	t.letters = identity.NewCourier(past, t.push)
	t.mailbox = mailbox.New(past, rights, units, texts, nil, t.letters, mailbox.Defaults())
	t.openMailroom(past, rights, units, texts)
	t.points = points.New(past, rights, t.push, true)
	t.shop = shop.New(past, rights, units, t.points, t.push)
	t.activity = activity.New(past, rights, units, texts, t.points)
	t.signUp = signup.New(past, rights, units, t.points, t.push)
	t.news = news.New(past, rights, units, texts)
	t.employ(past)
	for _, write := range []func(){
		t.writePoints, t.writeRequests, t.writeSealed, t.writePaper, t.writeEntered, t.writeBoard, t.writePromises, t.writeRouting, t.writePrograms,
		t.writeShop, t.writeNews, t.writeActivities, t.writeWork,
	} {
		write()
	}
	return t.Week, t.play(ctx)
}

// play plays the scenes in order of time.
func (t *teller) play(ctx context.Context) error {
	slices.SortStableFunc(t.scenes, func(a, b scene) int { return a.at.Compare(b.at) })
	for _, scene := range t.scenes {
		if err := t.ring(ctx, scene.at); err != nil {
			return err
		}
		t.clock = scene.at
		if err := scene.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", scene.what, err)
		}
	}
	return t.ring(ctx, t.load)
}

// ring lets the clocks of requests do what they would have done until a moment, each at its minute.
func (t *teller) ring(ctx context.Context, until time.Time) error {
	for {
		due, err := t.past.RequestAlarms.ListDue(ctx, until, 1)
		if err != nil || len(due) == 0 {
			return err
		}
		t.clock = due[0].At
		if _, err := t.mailbox.Ring(ctx); err != nil {
			return err
		}
	}
}

// on writes a scene down for a time of a day, counted from the day of the load.
func (t *teller) on(day, hour, minute int, what string, do func(ctx context.Context) error) {
	at := model.DateOf(t.load).AddDays(day).At(hour, minute)
	if at.Before(t.load) {
		t.scenes = append(t.scenes, scene{at, what, do})
	}
}

// justNow writes a scene down for so many minutes before the load.
func (t *teller) justNow(minutes int, what string, do func(ctx context.Context) error) {
	t.scenes = append(t.scenes, scene{t.load.Add(-time.Duration(minutes) * time.Minute), what, do})
}

func (t *teller) actor(persona string) model.Actor { return model.Actor{User: t.People[persona]} }

// secretary is who leads the branch of an estate, and a clerk for the county.
func (t *teller) secretary(estate string) model.Actor {
	if estate == "" {
		return t.actor("clerk-02")
	}
	branch := t.Branch(estate)
	i := slices.IndexFunc(t.Secretaries, func(s Secretary) bool { return s.Branch == branch })
	return model.Actor{User: t.Secretaries[i].User}
}

// neighbour is a verified resident of an estate's branch, another one at each call until
// all have had their turn.
func (t *teller) neighbour(estate string) model.Actor {
	branch := t.Branch(estate)
	people := t.Neighbours(branch)
	t.next[branch]++
	return model.Actor{User: people[t.next[branch]%len(people)].User}
}

// somebody is a persona, or a neighbour where none is named.
func (t *teller) somebody(persona, estate string) model.Actor {
	if persona != "" {
		return t.actor(persona)
	}
	return t.neighbour(estate)
}

// unitOf is where something belongs: the branch of an estate, or the county.
func (t *teller) unitOf(estate string) model.UnitID {
	if estate == "" {
		return t.Units[0].ID
	}
	return t.Branch(estate).ID
}
