package app

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/residence"
)

const (
	fewHouseholds  = 1_000
	manyHouseholds = 1_000_000 // JINLIN_BENCH_HOUSEHOLDS says otherwise
	felt           = 100 * time.Microsecond
)

// BenchmarkScale asks the same of a county of 1,000 households and of one of 1,000,000 with
// 200,000 accounts, in turns, so that whatever else the machine does slows both. What it
// reports is the large county's time and how many times that of the small one it is; it fails
// where that is over two and the difference is one that can be felt. Making the counties takes
// minutes, and some 1.5 GB of disk and 1.5 GB of the database's memory for as long as it runs.
func BenchmarkScale(b *testing.B) {
	many := storetest.Many(b, "JINLIN_BENCH_HOUSEHOLDS", fewHouseholds, manyHouseholds)
	storetest.EachScale(b, func(b *testing.B, open func(string) string) {
		began := time.Now()
		small, large := newBig(b, open("small"), fewHouseholds), newBig(b, open("large"), many)
		b.Logf("%d households, %d accounts, %d units, in %s", many, len(large.users),
			many/flatsInABuilding+len(large.estates)*3+len(large.grids)+len(large.communities)*2, time.Since(began).Round(time.Second))
		for _, q := range questions {
			b.Run(q.name, func(b *testing.B) {
				random := rand.New(rand.NewPCG(1, 1))
				asked := func(c *big) func() time.Duration {
					return func() time.Duration { return measure(b, c, random, q.ask) }
				}
				storetest.Compare(b, asked(small), asked(large), felt, 50, 95)
			})
		}
	})
}

// question is something that is asked of a county, of a random place or person. What comes
// afterwards is not measured.
type question struct {
	name string
	ask  func(c *big, r *rand.Rand) (afterwards func() error, err error)
}

func nothing() error { return nil }

var questions = []question{
	{"session", func(c *big, r *rand.Rand) (func() error, error) {
		_, err := c.account.Authenticate(c.t.Context(), token(r.IntN(len(c.users))))
		return nothing, err
	}},
	{"my-branch", func(c *big, r *rand.Rand) (func() error, error) {
		actor := model.Actor{User: c.users[r.IntN(len(c.users))]}
		f, err := c.myBranch.Find(c.t.Context(), actor, model.UnitID{}, c.buildings[r.IntN(len(c.buildings))])
		if err == nil && (f.Secretary == "" || f.Worker == "" || f.Duty == nil || len(f.Duty.People) != 2) {
			err = fmt.Errorf("it is not all there: %+v", f)
		}
		return nothing, err
	}},
	{"units/kind", func(c *big, r *rand.Rand) (func() error, error) {
		return c.listed(org.Filter{Kind: model.Building}, model.Page{After: &model.Cursor{ID: c.buildings[r.IntN(len(c.buildings))/2+len(c.buildings)/2]}})
	}},
	{"units/parent", func(c *big, r *rand.Rand) (func() error, error) {
		return c.listed(org.Filter{Parent: c.estates[r.IntN(len(c.estates))], Kind: model.Building}, model.Page{})
	}},
	{"units/below", func(c *big, r *rand.Rand) (func() error, error) {
		return c.listed(org.Filter{Parent: c.communities[r.IntN(len(c.communities))]}, model.Page{})
	}},
	{"units/past", func(c *big, r *rand.Rand) (func() error, error) {
		return c.listed(org.Filter{Parent: c.communities[r.IntN(len(c.communities))], Kind: model.Estate, AsOf: "2024-05-01"}, model.Page{})
	}},
	{"units/all", func(c *big, _ *rand.Rand) (func() error, error) { return c.listed(org.Filter{}, model.Page{}) }},
	{"access/building", func(c *big, r *rand.Rand) (func() error, error) {
		building := r.IntN(len(c.buildings))
		worker := c.someone(len(c.branches) + building/buildingsOfGrid)
		return nothing, c.access.Require(c.t.Context(), model.Actor{User: worker}, access.MailboxHandle, c.buildings[building])
	}},
	{"access/estate", func(c *big, r *rand.Rand) (func() error, error) {
		estate := r.IntN(len(c.estates))
		return nothing, c.access.Require(c.t.Context(), model.Actor{User: c.someone(estate)}, access.MailboxHandle, c.estates[estate])
	}},
	{"within", func(c *big, r *rand.Rand) (func() error, error) {
		building := r.IntN(len(c.buildings))
		within, err := c.org.Within(c.t.Context(), c.buildings[building], c.communities[building/buildingsOfEstate/estatesTogether])
		if err == nil && !within {
			err = fmt.Errorf("it is not within its community")
		}
		return nothing, err
	}},
	{"estates-of-a-branch", func(c *big, r *rand.Rand) (func() error, error) {
		estates, err := c.org.EstatesOf(c.t.Context(), c.branches[r.IntN(len(c.branches))])
		if err == nil && len(estates) != 1 {
			err = fmt.Errorf("it leads %d estates", len(estates))
		}
		return nothing, err
	}},
	{"below-a-community", func(c *big, r *rand.Rand) (func() error, error) {
		_, err := c.org.Below(c.t.Context(), c.communities[r.IntN(len(c.communities))])
		return nothing, err
	}},
	{"residence", func(c *big, r *rand.Rand) (func() error, error) {
		i := r.IntN(len(c.users)/2)*2 + 1
		building, stairwell, room := flat(i * flatsAnAccount)
		actor := model.Actor{User: c.users[i]}
		home, err := c.home.Register(c.t.Context(), actor, residence.Door{BuildingID: c.buildings[building], Stairwell: stairwell, Room: room, Relation: "owner"})
		if err == nil && home.Proof != model.ProofRoster {
			err = fmt.Errorf("the roster does not prove it: %+v", home)
		}
		return func() error { return c.home.Leave(c.t.Context(), actor, home.ID) }, err
	}},
}

func (b *big) listed(f org.Filter, page model.Page) (func() error, error) {
	list, err := b.org.List(b.t.Context(), f, page)
	if err == nil && len(list.Items) == 0 {
		err = fmt.Errorf("nothing was listed")
	}
	return nothing, err
}

func measure(b *testing.B, c *big, r *rand.Rand, ask func(*big, *rand.Rand) (func() error, error)) time.Duration {
	b.Helper()
	began := time.Now()
	afterwards, err := ask(c, r)
	took := time.Since(began)
	if err == nil {
		err = afterwards()
	}
	if err != nil {
		b.Fatal(err)
	}
	return took
}
