package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"jinlin/model/store/storetest"
)

// serverOwned are fields that only the server sets. Each is tried in every form, and beside
// them whatever an operation answers and does not take.
var serverOwned = []string{
	"id", "role", "roles", "grants", "org", "unit", "unitId", "branchId", "userId", "user", "openid", "openId", "unionid", "sessionId",
	"points", "balance", "held", "stock", "placesLeft", "status", "state", "level", "priority", "verified", "version", "changes",
	"audit", "actorId", "createdAt", "updatedAt", "createdBy", "approvedBy", "publishedAt", "validFrom", "validTo", "deletedAt", "phone", "phoneMasked",
}

// TestNoFormTakesWhatTheServerOwns sends each of those fields, one at a time, in every form
// of every operation of the description, beside a body that is valid without it.
func TestNoFormTakesWhatTheServerOwns(t *testing.T) {
	t.Parallel()
	c := openCounty(t, "")
	m := &matrix{county: c, examiner: newExaminer(c.server.API.Description())}
	routes := routesOf(c.server.API.Description())
	requireCases(t, routes)
	valid := m.validBodies(routes)
	before := storetest.Dump(t, c.databaseURL())
	sent := 0
	for _, v := range valid {
		for _, spoilt := range spoil(t, c.server.API.Description(), v) {
			v.c.body = spoilt.body
			sent++
			var problem struct{ Code string }
			if answer := m.call(v); answer.Status != 400 || json.Unmarshal(answer.Body, &problem) != nil || problem.Code != "unknown_field" {
				t.Errorf("%s takes %s: %d %s", v.route.OperationID, spoilt.field, answer.Status, answer.Body)
			}
		}
	}
	for _, change := range storetest.Changes(before, storetest.Dump(t, c.databaseURL())) {
		t.Errorf("refused forms changed %s", change)
	}
	if len(valid) < 25 || sent < 500 {
		t.Errorf("only %d forms were sent to %d operations", sent, len(valid))
	}
	t.Logf("%d forms sent to %d operations", sent, len(valid))
}

// validBodies are one allowed call of each operation that takes JSON, its thing made.
func (m *matrix) validBodies(routes []route) (valid []try) {
	tries := m.tries(routes)
	for _, r := range routes {
		if bodySchema(r) == nil {
			continue
		}
		i := slices.IndexFunc(tries, func(t try) bool {
			return t.route.OperationID == r.OperationID && t.want == 0 && t.relation != missing && t.c.body != ""
		})
		if i < 0 {
			m.T.Errorf("%s takes a body and no case in api/access_cases_test.go has a valid one", r.OperationID)
			continue
		}
		m.prepare(&tries[i])
		valid = append(valid, tries[i])
	}
	return valid
}

func bodySchema(r route) *huma.Schema {
	if r.RequestBody == nil || r.RequestBody.Content["application/json"] == nil {
		return nil
	}
	return r.RequestBody.Content["application/json"].Schema
}

// spoilt is a body with one field too many.
type spoilt struct{ field, body string }

// spoil puts each field that a form does not have into it, and into the forms within.
func spoil(t *testing.T, d *huma.OpenAPI, v try) (bodies []spoilt) {
	t.Helper()
	schema := bodySchema(v.route)
	answered := answerOf(d, v.route.Operation).Properties
	var whole any
	if err := json.Unmarshal([]byte(v.c.body), &whole); err != nil {
		t.Fatalf("%s: %v", v.route.OperationID, err)
	}
	forms := walk(t, d, schema, whole, "", v.route.OperationID)
	for form, at := range forms {
		known := at.schema.Properties
		for _, field := range slices.Concat(serverOwned, slices.Sorted(maps.Keys(answered))) {
			if known[field] != nil {
				continue
			}
			at.value[field] = "county_clerk"
			text, err := json.Marshal(whole)
			if err != nil {
				t.Fatal(err)
			}
			delete(at.value, field)
			bodies = append(bodies, spoilt{form + "." + field, string(text)})
		}
	}
	return bodies
}

// node is one form within a body.
type node struct {
	schema *huma.Schema
	value  map[string]any
}

// walk finds every form in a body by its path. A form that the valid body leaves out would
// go untried, so it may not.
func walk(t *testing.T, d *huma.OpenAPI, schema *huma.Schema, value any, path, operation string) map[string]node {
	t.Helper()
	if schema.Ref != "" {
		schema = d.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	found := map[string]node{}
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			if i == 0 {
				maps.Copy(found, walk(t, d, schema.Items, item, path+"[0]", operation))
			}
		}
	case map[string]any:
		if len(schema.Properties) == 0 && schema.AdditionalProperties != false {
			break // a dictionary takes any name
		}
		found[path] = node{schema, value}
		for name, property := range schema.Properties {
			if within, given := value[name]; given {
				maps.Copy(found, walk(t, d, property, within, path+"."+name, operation))
			} else if isForm(d, property) {
				t.Errorf("%s: the valid body in api/access_cases_test.go leaves %s.%s out, whose fields then go untried", operation, path, name)
			}
		}
	}
	return found
}

func isForm(d *huma.OpenAPI, schema *huma.Schema) bool {
	if schema.Ref != "" {
		schema = d.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	if schema.Items != nil {
		return isForm(d, schema.Items)
	}
	return len(schema.Properties) > 0
}

// files are write operations whose body is a file.
var files = map[string]string{"createImport": "a table", "createUpload": "a photo or a recording", "submitOpen311Request": "a form of its own standard"}

// TestWhatTakesNoFormHeedsNone sends what the server owns to every write operation that takes
// no form at all, with a call that is allowed: none of it is heeded, and nothing of it is kept.
func TestWhatTakesNoFormHeedsNone(t *testing.T) {
	t.Parallel()
	c := openCounty(t, "")
	m := &matrix{county: c, examiner: newExaminer(c.server.API.Description())}
	routes := routesOf(c.server.API.Description())
	requireCases(t, routes)
	const planted = "planted by a form"
	form := map[string]string{}
	for _, field := range serverOwned {
		form[field] = planted
	}
	body, err := json.Marshal(form)
	c.Must(err)
	sent := map[string]bool{}
	for _, v := range m.tries(routes) {
		r := v.route
		if r.method == http.MethodGet || bodySchema(r) != nil || files[r.OperationID] != "" || sent[r.OperationID] || v.want != 0 || v.relation == missing || v.relation == dissolved {
			continue
		}
		sent[r.OperationID] = true
		m.prepare(&v)
		v.c.body = string(body)
		if answer := m.call(v); answer.Status/100 != 2 || strings.Contains(string(answer.Body), planted) {
			t.Errorf("%s: %d %s", v, answer.Status, answer.Body)
		}
		if v.c.ends {
			v.who.person = c.server.SignIn(t, v.who.name)
		}
	}
	for column, values := range storetest.Values(t, c.databaseURL()) {
		if slices.ContainsFunc(values, func(value string) bool { return strings.Contains(value, planted) }) {
			t.Errorf("%s has what was planted", column)
		}
	}
	if len(sent) < 50 {
		t.Errorf("only %d operations were tried", len(sent))
	}
	t.Logf("%d operations without a form", len(sent))
}
