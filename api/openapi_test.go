package api_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"jinlin/api/apitest"
	"jinlin/model/fault"
)

func TestTheCommittedDescriptionIsTheCodes(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	generated, err := s.API.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(generated) != string(committed) {
		t.Error("openapi.yaml is stale; write it anew with `make openapi`")
	}
}

// TestEveryFaultIsInTheCatalogue: codes are unique and both sentences exist because
// fault.Define panics otherwise; here they must also reach the description.
func TestEveryFaultIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	committed, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	faults := fault.All()
	if len(faults) < 20 {
		t.Fatalf("only %d faults are defined", len(faults))
	}
	for _, f := range faults {
		if !strings.Contains(string(committed), "code: "+f.Code+"\n") {
			t.Errorf("%s is not in openapi.yaml", f.Code)
		}
		if strings.ContainsAny(f.Message.EN, "，。") || !strings.ContainsAny(f.Message.ZH, "。！") {
			t.Errorf("%s: the sentences are in the wrong language: %q, %q", f.Code, f.Message.ZH, f.Message.EN)
		}
	}
}

func TestEveryIDIsDescribedAsAUUID(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	for name, schema := range s.API.Description().Components.Schemas.Map() {
		for property, p := range schema.Properties {
			if p.Format == "uuid" && p.Not == nil {
				t.Errorf("%s.%s takes the id of zeros", name, property)
			}
			if (property == "id" || strings.HasSuffix(property, "Id")) && property != "requestId" && property != "templateId" && property != "clientId" && p.Format != "uuid" {
				t.Errorf("%s.%s is not described as a UUID", name, property)
			}
		}
	}
}

// keyless are the POSTs that need no Idempotency-Key, and why a repeat does no harm.
var keyless = map[string]string{
	"signIn":                   "nobody is signed in yet to own a key; the same code gives the same session for 60 seconds",
	"askDeskLogin":             "nobody is signed in yet to own a key; each page that asks is another one, and those not used are gone in two minutes",
	"openDeskSession":          "nobody is signed in yet to own a key; the secret gives one session, ever",
	"createExport":             "changes nothing; every file that leaves is in the record, a repeat too",
	"forecastPush":             "counts and changes nothing",
	"suggestRequests":          "looks and changes nothing",
	"readMyMessage":            "a message is read once, a repeat finds it read",
	"createOpen311RequestJSON": "the standard has no such header; where a client sends one it is honoured",
	"createOpen311RequestXML":  "the standard has no such header; where a client sends one it is honoured",
	"receiveWeChatPush":        "WeChat names its events, and an event heard before is not acted on",
}

func TestEveryPOSTTakesAnIdempotencyKeyOrNeedsNone(t *testing.T) {
	t.Parallel()
	reasons := maps.Clone(keyless)
	for path, item := range apitest.Start(t, "").API.Description().Paths {
		if item.Post == nil {
			continue
		}
		takes := slices.ContainsFunc(item.Post.Parameters, func(p *huma.Param) bool { return p.Name == "Idempotency-Key" && p.In == "header" })
		if _, excepted := reasons[item.Post.OperationID]; takes == excepted {
			t.Errorf("POST %s: takes a key: %t, is said to need none: %t", path, takes, excepted)
		}
		delete(reasons, item.Post.OperationID)
	}
	for id := range reasons {
		t.Errorf("%s needs no exception: there is no such POST", id)
	}
}

// sheets have items and are no lists: each is one document with its totals, bounded by
// what it is about, and is read whole or not at all.
var sheets = []string{"getDaySheet", "getDutyRoster"}

func TestEveryListIsPaged(t *testing.T) {
	t.Parallel()
	d := apitest.Start(t, "").API.Description()
	lists := 0
	for path, item := range d.Paths {
		if item.Get == nil || slices.Contains(sheets, item.Get.OperationID) {
			continue
		}
		answer := answerOf(d, item.Get)
		if answer.Properties["items"] == nil && !strings.HasPrefix(item.Get.OperationID, "list") && answer.Type != huma.TypeArray {
			continue
		}
		lists++
		for _, parameter := range []string{"limit", "cursor"} {
			if !slices.ContainsFunc(item.Get.Parameters, func(p *huma.Param) bool { return p.Name == parameter && p.In == "query" }) {
				t.Errorf("GET %s is a list without ?%s=", path, parameter)
			}
		}
		for _, property := range []string{"items", "next"} {
			if answer.Properties[property] == nil || !slices.Contains(answer.Required, property) {
				t.Errorf("GET %s is a list without %s", path, property)
			}
		}
	}
	if lists < 15 {
		t.Errorf("only %d lists were found", lists)
	}
}

// answerOf is the schema of what an operation answers in JSON; an empty one for none.
func answerOf(d *huma.OpenAPI, op *huma.Operation) *huma.Schema {
	ok := op.Responses["200"]
	if ok == nil || ok.Content["application/json"] == nil {
		return &huma.Schema{}
	}
	schema := ok.Content["application/json"].Schema
	if schema.Ref != "" {
		schema = d.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	return schema
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	for path, item := range s.API.Description().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op == nil {
				continue
			}
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s lacks an id, a summary or a tag", method, path)
			}
			if !strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/wechat/") && !strings.HasPrefix(path, "/open311/v2/") {
				t.Errorf("%s is outside /v1", path)
			}
		}
	}
}

// TestOperationsSayHowTheyFail: by what a client sends with them.
func TestOperationsSayHowTheyFail(t *testing.T) {
	t.Parallel()
	for path, item := range apitest.Start(t, "").API.Description().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op == nil || !strings.HasPrefix(path, "/v1/") {
				continue
			}
			header := func(name string) bool {
				return slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == name && p.In == "header" })
			}
			for code, want := range map[string]bool{
				"412": header("If-Match"), "413": op.RequestBody != nil, "415": op.RequestBody != nil, "422": header("Idempotency-Key"), "401": true,
			} {
				if _, says := op.Responses[code]; says != want {
					t.Errorf("%s %s says that it may answer %s: %t", method, path, code, says)
				}
			}
		}
	}
}
