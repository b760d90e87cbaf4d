// Package demo makes the demo county: Dingxiang as the source article counts it, with
// invented people, so that a newcomer meets a county and not an empty database.
//
// The figures are the article's: 204 estates, of which 127 have a branch of their own and
// 77 small ones share 32 joint branches; 198 organisations before the restructuring
// (estates handed over just before it had none); 159 branches and as many secretaries, 136 of
// them retired cadres and 23 resident members; 27 grid workers who became community workers and
// lead the grids; 52 stations. Names that
// are not in the article are invented.
//
// A week of its life comes with it, told through the services themselves under a clock
// that goes from scene to scene: requests by every way in, what the public reads of them and
// what was promised, articles and their pushes, activities, points and goods, each list with
// something in it. What was due has been done; the first worker
// finds nothing of the past.
//
// The county is generated the same every time and written into an empty database only,
// in one transaction: a load that is killed leaves nothing, and of two at once the second
// finds the first's county and leaves it as it is.
package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Report says what is in the county that was loaded.
type Report struct {
	AlreadyLoaded bool // there were units or people: nothing was changed, nothing counted

	Towns, Communities, Estates, SmallEstates, Buildings int
	FormerOrganisations                                  int
	Branches, SingleBranches, JointBranches              int
	Secretaries, RetiredCadres, ResidentMembers          int
	Groups, Grids, Stations, Residents                   int
	GridWorkers                                          int // who became community workers
	Stairwells, Households                               int

	Week
}

// String is the report in one line.
func (r Report) String() string {
	if r.AlreadyLoaded {
		return "the database holds a county already; left as it is"
	}
	return fmt.Sprintf("%d estates, %d buildings and %d households in %d communities; %d former organisations became %d branches (%d single, %d joint); "+
		"%d secretaries, %d grid workers who became community workers, %d stations, %d residents; a week of %d requests (%d on the board), %d articles, %d activities, %d redemptions",
		r.Estates, r.Buildings, r.Households, r.Communities, r.FormerOrganisations, r.Branches, r.SingleBranches, r.JointBranches,
		r.Secretaries, r.GridWorkers, r.Stations, r.Residents, r.Requests, r.Shown, r.Articles, r.Activities, r.Redemptions)
}

// errTaken says that there is something in the database.
var errTaken = errors.New("demo: the database is not empty")

// patience is how long a second loader waits for the first.
const patience = time.Minute

// Load writes the county into an empty database. Errors: what the database says.
func Load(ctx context.Context, s *store.Store) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	county, week := Generate(), Week{}
	for {
		err := s.InTx(ctx, func(tx *store.Store) (err error) {
			if err := county.write(ctx, tx); err != nil {
				return err
			}
			week, err = county.tell(ctx, tx)
			return err
		})
		switch {
		case errors.Is(err, errTaken):
			return Report{AlreadyLoaded: true}, nil
		case errors.Is(err, fault.ErrBusy), errors.Is(err, store.ErrOutcomeUnknown):
			if ctx.Err() == nil { // another process is loading, and each try waits for it
				continue
			}
		}
		if err != nil {
			return Report{}, fmt.Errorf("the demo county cannot be loaded: %w", err)
		}
		report := county.report()
		report.Week = week
		return report, nil
	}
}

// write adds everything. The county comes first: its id is the same everywhere, so a
// second loader waits there until the first has committed.
func (c *County) write(ctx context.Context, tx *store.Store) error {
	if err := empty(ctx, tx); err != nil {
		return err
	}
	err := tx.Units.Add(ctx, c.Units[0])
	if errors.Is(err, store.ErrDuplicate) {
		return errTaken
	}
	for _, add := range []func() error{
		func() error { return tx.Units.Add(ctx, c.Units[1:]...) },
		func() error { return tx.Covers.Add(ctx, c.Covers...) },
		func() error { return tx.Stairwells.Add(ctx, c.Stairwells...) },
		func() error { return tx.Households.Add(ctx, c.Households...) },
		func() error { return tx.Users.Add(ctx, c.Users...) },
		func() error { return tx.WeChat.Add(ctx, c.Accounts...) },
		func() error { return tx.Grants.Add(ctx, c.Grants...) },
		func() error { return tx.GridLeads.Add(ctx, c.Leads...) },
		func() error { return tx.Tenures.Add(ctx, c.Tenures...) },
		func() error { return tx.TenureJudgements.Add(ctx, c.Judgements...) },
		func() error { return tx.TenureEvents.Add(ctx, c.TenureSteps...) },
		func() error { return c.writeReorganisation(ctx, tx) },
		func() error { return c.writeHomes(ctx, tx) },
		func() error { return c.writeEmployments(ctx, tx) },
		func() error { return c.writeChildren(ctx, tx) },
		func() error { return c.writeStations(ctx, tx) },
		func() error { return c.writeTeams(ctx, tx) },
	} {
		if err == nil {
			err = add()
		}
	}
	return err
}

// empty refuses a database in which somebody has begun to work.
func empty(ctx context.Context, tx *store.Store) error {
	units, err := tx.Units.Count(ctx, store.UnitFilter{AsOf: model.DateOf(tx.Now())})
	if err != nil {
		return err
	}
	users, err := tx.Users.Count(ctx)
	if err == nil && units+users > 0 {
		err = errTaken
	}
	return err
}

func (c *County) report() Report {
	r := Report{
		Communities: len(c.Communities), Secretaries: len(c.Secretaries), Residents: len(c.Residents),
		Stairwells: len(c.Stairwells), Households: len(c.Households),
	}
	kinds := map[model.UnitKind]*int{
		model.Town: &r.Towns, model.Estate: &r.Estates, model.Building: &r.Buildings,
		model.Grid: &r.Grids, model.Station: &r.Stations, model.Group: &r.Groups,
	}
	for _, unit := range c.Units {
		if n := kinds[unit.Kind]; n != nil {
			*n++
		}
		if unit.BranchType == model.FormerBranch {
			r.FormerOrganisations++
		}
	}
	for _, s := range c.Secretaries {
		r.countBranch(s)
	}
	workers := map[model.UserID]bool{}
	for _, g := range c.Grants {
		if g.Role == model.GridWorker && g.ValidTo != nil {
			workers[g.UserID] = true
		}
	}
	r.GridWorkers = len(workers)
	return r
}

func (r *Report) countBranch(s Secretary) {
	r.Branches++
	if s.Branch.BranchType == model.JointBranch {
		r.JointBranches++
		r.SmallEstates += len(s.Branch.Estates)
	} else {
		r.SingleBranches++
	}
	if s.Source == model.ResidentMember {
		r.ResidentMembers++
	} else {
		r.RetiredCadres++
	}
}
