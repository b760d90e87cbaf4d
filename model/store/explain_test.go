package store

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"jinlin/model"
)

// explained is one row of MariaDB's EXPLAIN.
type explained struct {
	Table string
	Type  string
	Key   *string
	Extra string
}

func (e explained) String() string {
	key := "no index"
	if e.Key != nil {
		key = *e.Key
	}
	return e.Table + ": " + e.Type + " by " + key + " (" + e.Extra + ")"
}

// finds says whether this step finds its rows by the index, sifting them by another one at most.
func (e explained) finds(key string) bool {
	if e.Key == nil {
		return false
	}
	used, _, _ := strings.Cut(*e.Key, "|")
	return used == key && e.Type != "ALL" && e.Type != "index"
}

// along says whether it follows the index, row by row from where it starts.
func (e explained) along(key string) bool {
	return e.finds(key) && !strings.Contains(e.Extra, "Using filesort")
}

// planner hears every query of a store on MariaDB and asks how it is run.
type planner struct {
	*Store
	t    *testing.T
	seen []query
}

type query struct {
	sql  string
	vars []any
}

func newPlanner(t *testing.T) *planner {
	t.Helper()
	c := &conn{now: model.SystemClock}
	if err := c.openMySQL(Options{URL: migratedDatabase(t), MaxConns: 4, Clock: model.SystemClock}); err != nil {
		t.Fatal(err)
	}
	p := &planner{Store: bind(c), t: t}
	t.Cleanup(func() { _ = p.Close() })
	hear := func(db *gorm.DB) { p.seen = append(p.seen, query{db.Statement.SQL.String(), whole(db.Statement.Vars)}) }
	if err := errors.Join(
		c.db.Callback().Query().After("gorm:query").Register("test:hear", hear),
		c.db.Callback().Row().After("gorm:row").Register("test:hear", hear),
	); err != nil {
		t.Fatal(err)
	}
	return p
}

// whole keeps gorm from taking bytes in brackets apart, which in IN (?) it takes for a list.
func whole(vars []any) []any {
	vars = slices.Clone(vars)
	for i, v := range vars {
		if bytes, is := v.([]byte); is {
			vars[i] = model.Digest(bytes)
		}
	}
	return vars
}

// countAnew has the planner take its figures of some tables again.
func (p *planner) countAnew(tables ...string) {
	p.t.Helper()
	for _, table := range tables {
		if err := p.db.Exec("ANALYZE TABLE " + table).Error; err != nil {
			p.t.Fatal(err)
		}
	}
}

// plan does something and gives the steps of all queries that took.
func (p *planner) plan(do func() error) (steps []explained) {
	p.t.Helper()
	p.seen = nil
	if err := do(); err != nil {
		p.t.Fatal(err)
	}
	for _, q := range slices.Clone(p.seen) {
		var plan []explained
		if err := p.db.Raw("EXPLAIN "+q.sql, q.vars...).Scan(&plan).Error; err != nil {
			p.t.Fatal(err)
		}
		steps = append(steps, plan...)
	}
	if len(steps) == 0 {
		p.t.Fatal("EXPLAIN said nothing")
	}
	return steps
}

// along fails the test unless every query that something makes goes along an index.
func (p *planner) along(name, key string, do func() error) {
	p.t.Helper()
	for _, step := range p.plan(do) {
		if !step.along(key) {
			p.t.Errorf("%s: not along %s: %s", name, key, step)
		}
	}
}

// seeks fails the test unless every query that something makes goes along an index and
// begins where the page does, however long the list is before it. One row that is found by what names
// it alone, as a cursor's is, may come before that.
func (p *planner) seeks(name, key string, do func() error) {
	p.t.Helper()
	for _, step := range p.plan(do) {
		if step.Type != "const" && (!step.along(key) || step.Type != "range") {
			p.t.Errorf("%s: does not begin within %s: %s", name, key, step)
		}
	}
}

// finds fails the test unless every query that something makes finds its rows by an index;
// it may sort them, which short lists of a few units must.
func (p *planner) finds(name, key string, do func() error) {
	p.t.Helper()
	for _, step := range p.plan(do) {
		if !step.finds(key) {
			p.t.Errorf("%s: not found by %s: %s", name, key, step)
		}
	}
}

// findsBy fails the test unless every step of every query that something makes finds its rows
// by one of the indexes, or takes what another step has found.
func (p *planner) findsBy(name string, keys []string, do func() error) {
	p.t.Helper()
	for _, step := range p.plan(do) {
		if !slices.ContainsFunc(keys, step.finds) && !strings.HasPrefix(step.Table, "<") {
			p.t.Errorf("%s: not found by %s: %s", name, strings.Join(keys, " or "), step)
		}
	}
}

// notAlongAny fails the test when a query that has no index seems to have one: then the
// test could not tell.
func (p *planner) notAlongAny(do func() error) {
	p.t.Helper()
	for _, step := range p.plan(do) {
		if step.Key != nil && step.along(*step.Key) {
			p.t.Errorf("this test cannot tell an index from none: %s", step)
		}
	}
}

// listed is listing for a list that has no pages.
func listed[T any](rows []T, err error) error {
	return listing(model.Listing[T]{Items: rows}, err)
}

// listing is do for a list of which only the way matters; an empty one proves nothing.
func listing[T any](l model.Listing[T], err error) error {
	if err == nil && len(l.Items) == 0 {
		return errors.New("nothing was listed")
	}
	return err
}
