package api_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
)

// route is an operation of the description.
type route struct {
	*huma.Operation
	method, path string
}

func routesOf(d *huma.OpenAPI) (routes []route) {
	for path, item := range d.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				routes = append(routes, route{op, method, path})
			}
		}
	}
	slices.SortFunc(routes, func(a, b route) int { return cmp.Compare(a.OperationID, b.OperationID) })
	return routes
}

// try is one square of the matrix.
type try struct {
	route    route
	c        accessCase
	nth      int // case of the operation
	who      *who
	relation relation
	want     int // 0 is success
	names    names
}

func (t try) String() string {
	what := fmt.Sprintf("%s, by %s", t.route.OperationID, t.who.name)
	if t.relation != "" {
		what += ", " + string(t.relation)
	}
	return what
}

// TestWhoMayDoWhat calls every operation of the description as everybody, about what is
// theirs, another's, in their unit, in another one and in one that was dissolved. Who is
// refused changes nothing, and cannot tell what they may not see from what does not exist.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	whoMayDoWhat(t, "")
}

func whoMayDoWhat(t *testing.T, databaseURL string) {
	t.Helper()
	c := openCounty(t, databaseURL)
	m := &matrix{county: c, examiner: newExaminer(c.server.API.Description())}
	routes := routesOf(c.server.API.Description())
	requireCases(t, routes)
	tries := m.tries(routes)
	refused := slices.DeleteFunc(slices.Clone(tries), func(t try) bool { return t.want == 0 || t.want == http.StatusConflict })
	for i := range refused {
		m.prepare(&refused[i])
	}
	before := storetest.Dump(t, c.databaseURL())
	m.refuse(refused)
	for _, change := range storetest.Changes(before, storetest.Dump(t, c.databaseURL())) {
		t.Errorf("refused calls changed %s", change)
	}
	m.allow(slices.DeleteFunc(tries, func(t try) bool { return t.want != 0 && t.want != http.StatusConflict }))
	m.examiner.finish(t)
	t.Logf("%d operations, %d people, %d calls refused and %d allowed, %d answers examined", len(routes), len(c.people), len(refused), len(tries)-len(refused), m.examiner.seen)
}

func requireCases(t *testing.T, routes []route) {
	t.Helper()
	known := maps.Clone(accessCases)
	for _, r := range routes {
		if len(known[r.OperationID]) == 0 {
			t.Errorf("%s %s has no entry in the access matrix. Add %q to accessCases in api/access_cases_test.go: may (everyone, signedIn, owner or staff(access.…)), "+
				"about and at (what it is about and where that belongs), make (how to make the thing, in api/access_world_test.go), query and body of a valid call", r.method, r.path, r.OperationID)
		}
		delete(known, r.OperationID)
	}
	for id := range known {
		t.Errorf("accessCases has an entry for %s, and there is no such operation", id)
	}
	if t.Failed() {
		t.FailNow()
	}
}

type matrix struct {
	*county
	examiner *examiner
	made     map[string]names
}

// relations are those that a case has for somebody.
func relations(c accessCase, w *who) []relation {
	switch {
	case c.about == aboutNothing || c.always != 0:
		return []relation{""}
	case c.about == aboutUnit:
		return []relation{sameUnit, otherUnit, dissolved, missing}
	case w.id.IsZero():
		return []relation{sameUnit, otherUnit, dissolved, missing}
	case c.about == aboutPerson:
		return []relation{own, sameUnit, otherUnit, dissolved, missing}
	}
	return []relation{own, ownElsewhere, sameUnit, otherUnit, dissolved, missing}
}

func (m *matrix) tries(routes []route) (tries []try) {
	for _, r := range routes {
		for nth, c := range accessCases[r.OperationID] {
			for _, w := range m.people {
				for _, relation := range relations(c, w) {
					tries = append(tries, try{route: r, c: c, nth: nth, who: w, relation: relation, want: m.want(c, w, relation)})
				}
			}
		}
	}
	return tries
}

// want is the rule: what an answer's status must be; 0 is success.
func (m *matrix) want(c accessCase, w *who, r relation) int {
	passes := m.passes(c.may, c.at, w, r)
	mine := r == own || r == ownElsewhere
	switch {
	case c.always != 0:
		return c.always
	case passes != 0:
		if passes == http.StatusForbidden && (c.may.owner || c.open || c.hidden) || passes == http.StatusUnauthorized && c.open {
			return http.StatusNotFound
		}
		return passes
	case r == missing:
		return status(cmp.Or(c.none, http.StatusNotFound))
	case r == dissolved:
		return status(c.gone)
	case mine:
		return status(c.own)
	case w.role != "" && c.posted != 0:
		return status(c.posted)
	}
	return status(c.others)
}

// status is 0 for every success.
func status(s int) int {
	if s/100 == 2 {
		return 0
	}
	return s
}

// passes says whether somebody may; 0 is yes, otherwise what they hear.
func (m *matrix) passes(may may, at ground, w *who, r relation) int {
	switch {
	case may.everyone:
		return 0
	case w.id.IsZero():
		return http.StatusUnauthorized
	case may.signedIn, may.owner && (r == own || r == ownElsewhere):
		return 0
	}
	acts := slices.ContainsFunc(may.actions, func(a access.Action) bool { return slices.Contains(access.Table[a], w.role) })
	switch {
	case !acts || w.former:
		return http.StatusForbidden
	case r == missing || r == "":
		return 0
	case slices.Contains(m.placeOf(r).reach(at, m.root), w.unit):
		return 0
	}
	return http.StatusNotFound
}

func (m *matrix) placeOf(r relation) *place {
	switch r {
	case otherUnit, ownElsewhere:
		return m.there
	case dissolved:
		return m.gone
	}
	return m.here
}

// prepare makes the thing that a call is about.
func (m *matrix) prepare(t *try) {
	place := m.placeOf(t.relation)
	owner := place.neighbour
	if t.c.asOwner || t.relation == own || t.relation == ownElsewhere {
		owner = cmp.Or(t.who.id, place.neighbour)
	}
	t.names = names{
		"unit": place.branch.String(), "unitId": place.branch.String(), "id": place.branch.String(), "estate": place.estate.String(),
		"building": place.building.String(), "community": place.community.String(), "neighbour": m.here.neighbour.String(), "user": owner.String(),
	}
	if t.c.at == atStation && t.c.about == aboutUnit {
		t.names["id"], t.names["unit"] = place.station.String(), place.station.String()
	}
	if t.c.at == atCommunity {
		t.names["id"] = place.community.String()
	}
	maps.Copy(t.names, m.thingFor(t, place, owner))
	if t.relation == missing {
		for _, key := range strings.Fields(cmp.Or(t.c.key, "id unit unitId user")) {
			t.names[key] = model.NewID[model.Unit](m.Clock.Now()).String()
			if key == "code" {
				t.names[key] = "ZZZZZZZZ"
			}
		}
	}
}

// thingFor makes a thing anew where the call will change it, and once where it will not.
func (m *matrix) thingFor(t *try, p *place, owner model.UserID) names {
	if t.c.make == nil {
		return nil
	}
	again := t.want != 0 || t.route.method == http.MethodGet
	key := fmt.Sprintf("%s %d %s %s", t.route.OperationID, t.nth, p.name, owner)
	if made, known := m.made[key]; known && again {
		return made
	}
	made := t.c.make(m.county, p, owner)
	if m.made == nil {
		m.made = map[string]names{}
	}
	m.made[key] = made
	m.things[made["id"]] = thing{kind: t.c.kind, owner: owner, place: p}
	return made
}

// call makes the call.
func (m *matrix) call(t try) *apitest.Answer {
	m.serial++
	fill := func(text string) string {
		for name, value := range t.names {
			text = strings.ReplaceAll(text, "{"+name+"}", value)
		}
		text = strings.ReplaceAll(text, "{n}", strconv.Itoa(m.serial))
		if strings.Contains(text, "{day}") {
			m.days++
			text = strings.ReplaceAll(text, "{day}", string(model.DateOf(m.Clock.Now()).AddDays(m.days)))
		}
		return text
	}
	path := fill(t.route.path)
	if t.c.query != "" {
		path += "?" + fill(t.c.query)
	}
	if t.c.form != "" {
		return t.who.person.Post(path, t.c.body, "Content-Type: "+t.c.form)
	}
	return send(t.who.person, t.route.method, path, fill(t.c.body))
}

func send(p *apitest.Person, method, path, body string) *apitest.Answer {
	var content any
	if body != "" {
		content = body
	}
	switch method {
	case http.MethodPost:
		return p.Post(path, content)
	case http.MethodPut:
		return p.Put(path, content)
	case http.MethodPatch:
		return p.Patch(path, content)
	case http.MethodDelete:
		return p.Delete(path)
	}
	return p.Get(path)
}

// refuse makes the calls that must be refused. Those about something hidden must hear
// what those about nothing hear, but for the request's id.
func (m *matrix) refuse(tries []try) {
	heard := map[string]string{}
	for _, t := range tries {
		answer := m.call(t)
		m.judge(t, answer)
		key := fmt.Sprintf("%s %d %s", t.route.OperationID, t.nth, t.who.name)
		body := requestID.ReplaceAllString(string(answer.Body), "")
		if t.want == http.StatusNotFound && t.relation != "" {
			if first, known := heard[key]; known && first != body {
				m.T.Errorf("%s: hears %s and otherwise %s", t, body, first)
			}
			heard[key] = body
		}
	}
}

var requestID = regexp.MustCompile(`"requestId":"[^"]*"`)

func (m *matrix) allow(tries []try) {
	for _, t := range tries {
		m.prepare(&t)
		m.judge(t, m.call(t))
		if t.c.ends && !t.who.id.IsZero() {
			t.who.person = m.server.SignIn(m.T, t.who.name)
		}
	}
}

// judge compares the status with the rule, and reads the answer for what must not be in it.
func (m *matrix) judge(t try, answer *apitest.Answer) {
	m.T.Helper()
	got := status(answer.Status)
	if got != t.want {
		m.T.Errorf("%s: %d instead of %d: %s", t, answer.Status, t.want, answer.Body)
		return
	}
	for _, problem := range m.examiner.examine(t.route, t.c, answer) {
		m.T.Errorf("%s: %s", t, problem)
	}
	for _, id := range uuids.FindAllString(string(answer.Body), -1) {
		hidden, known := m.things[id]
		if !known || hidden.kind.name == "" || t.c.kind.name == hidden.kind.name && t.names["id"] == id && got == 0 {
			continue
		}
		if t.c.mine && hidden.owner == t.who.id {
			continue
		}
		if m.passes(hidden.kind.seen, hidden.kind.at, t.who, m.relationTo(hidden, t.who)) != 0 {
			m.T.Errorf("%s: the answer names a %s that they may not see", t, hidden.kind.name)
		}
	}
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

func (m *matrix) relationTo(t thing, w *who) relation {
	switch {
	case t.owner == w.id && t.place == m.there:
		return ownElsewhere
	case t.owner == w.id:
		return own
	case t.place == m.there:
		return otherUnit
	case t.place == m.gone:
		return dissolved
	}
	return sameUnit
}

// examiner reads answers: they must have the form that is described and not a property
// more, and carry no telephone or identity number but where that was reviewed.
type examiner struct {
	description *huma.OpenAPI
	seen        int
	succeeded   map[string]bool
	numbers     map[string]bool // reviewed operations whose answers had one
}

func newExaminer(d *huma.OpenAPI) *examiner {
	return &examiner{description: d, succeeded: map[string]bool{}, numbers: map[string]bool{}}
}

func (e *examiner) examine(r route, c accessCase, answer *apitest.Answer) (problems []string) {
	e.seen++
	if answer.Status/100 == 2 {
		e.succeeded[r.OperationID] = true
	}
	if number := storetest.PersonalNumber.FindString(string(answer.Body)); number != "" && c.personal == "" {
		problems = append(problems, "the answer has the number "+number)
	} else if number != "" {
		e.numbers[r.OperationID] = true
	}
	described := r.Responses[strconv.Itoa(answer.Status)]
	if described == nil && answer.Status/100 != 2 {
		described = r.Responses["400"]
	}
	kind, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
	if len(answer.Body) == 0 || !strings.HasSuffix(kind, "json") {
		return problems
	}
	if described == nil || described.Content[kind] == nil {
		if c.always != 0 {
			return problems
		}
		return append(problems, fmt.Sprintf("status %d with %s is not described", answer.Status, kind))
	}
	return append(problems, undescribed(e.description, described.Content[kind].Schema, answer.Body)...)
}

// undescribed says how an answer departs from its schema.
func undescribed(d *huma.OpenAPI, schema *huma.Schema, body []byte) (problems []string) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return []string{err.Error()}
	}
	result := huma.ValidateResult{}
	huma.Validate(d.Components.Schemas, schema, huma.NewPathBuffer([]byte{}, 0), huma.ModeReadFromServer, value, &result)
	for _, err := range result.Errors {
		problems = append(problems, err.Error())
	}
	return problems
}

// finish says what the matrix has not shown.
func (e *examiner) finish(t *testing.T) {
	t.Helper()
	for id, cases := range accessCases {
		if !e.succeeded[id] && cases[0].always == 0 {
			t.Errorf("%s never succeeded for anybody, so its entry is no valid call", id)
		}
		if slices.ContainsFunc(cases, func(c accessCase) bool { return c.personal != "" }) && !e.numbers[id] {
			t.Errorf("%s is said to tell numbers and never did", id)
		}
	}
}
