package api_test

import (
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"jinlin/api/apitest"
)

// unspoken are the routes that are no operations of the API, and why.
var unspoken = map[string]string{
	"GET /healthz":          "for whoever keeps the process running",
	"GET /readyz":           "for the balancer",
	"GET /docs":             "leads to the page below",
	"GET /docs/*asset":      "the page that shows the description",
	"GET /openapi.json":     "the description itself",
	"GET /openapi.yaml":     "the description itself",
	"GET /openapi-3.0.json": "the description itself, for older tools",
	"GET /openapi-3.0.yaml": "the description itself, for older tools",
}

var routeParameter = regexp.MustCompile(`:(\w+)`)

// servedRoutes are what the engine answers, written like paths of the description.
func servedRoutes(t *testing.T, handler http.Handler) map[string]bool {
	t.Helper()
	engine, ok := handler.(*gin.Engine)
	if !ok {
		t.Fatalf("the handler is a %T", handler)
	}
	found := map[string]bool{}
	for _, route := range engine.Routes() {
		found[route.Method+" "+routeParameter.ReplaceAllString(route.Path, "{$1}")] = true
	}
	return found
}

// operationsOf are the operations of the description.
func operationsOf(d *huma.OpenAPI) map[string]bool {
	found := map[string]bool{}
	for path, item := range d.Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
			http.MethodHead: item.Head, http.MethodOptions: item.Options, http.MethodTrace: item.Trace,
		} {
			if op != nil {
				found[method+" "+path] = true
			}
		}
	}
	return found
}

// differences names the routes that are not described, nor excepted, and what is described or
// excepted and has no route.
func differences(routes, described map[string]bool, excepted map[string]string) (wrong []string) {
	for route := range routes {
		if _, known := excepted[route]; described[route] == known {
			wrong = append(wrong, route+" is described and excepted, or neither")
		}
	}
	for operation := range described {
		if !routes[operation] {
			wrong = append(wrong, operation+" is described and leads nowhere")
		}
	}
	for exception := range excepted {
		if !routes[exception] {
			wrong = append(wrong, exception+" needs no exception: there is no such route")
		}
	}
	return wrong
}

func TestEveryRouteIsDescribedAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	a := apitest.Start(t, "").API
	served, operations := servedRoutes(t, a.Handler()), operationsOf(a.Description())
	if len(operations) < 100 {
		t.Fatalf("only %d operations were found", len(operations))
	}
	for _, wrong := range differences(served, operations, unspoken) {
		t.Error(wrong)
	}
	for name, broken := range map[string]func(served, operations map[string]bool, excepted map[string]string){
		"a hidden route":     func(served, _ map[string]bool, _ map[string]string) { served["POST /v1/backdoor"] = true },
		"a lost route":       func(served, _ map[string]bool, _ map[string]string) { delete(served, "GET /v1/units/{id}") },
		"a lost description": func(_, operations map[string]bool, _ map[string]string) { delete(operations, "GET /v1/units/{id}") },
		"another parameter": func(served, _ map[string]bool, _ map[string]string) {
			rename(served, "GET /v1/units/{id}", "GET /v1/units/{unit}")
		},
		"an empty exception":  func(_, _ map[string]bool, excepted map[string]string) { excepted["GET /v1/gone"] = "it was there once" },
		"a needless one":      func(_, _ map[string]bool, excepted map[string]string) { excepted["GET /v1/units"] = "it is described" },
		"an exception missed": func(_, _ map[string]bool, excepted map[string]string) { delete(excepted, "GET /healthz") },
	} {
		s, o, e := maps.Clone(served), maps.Clone(operations), maps.Clone(unspoken)
		broken(s, o, e)
		if len(differences(s, o, e)) == 0 {
			t.Errorf("%s went unnoticed", name)
		}
	}
	for route, why := range unspoken {
		if strings.TrimSpace(why) == "" {
			t.Errorf("nobody says why %s is not described", route)
		}
	}
}

func rename(set map[string]bool, from, to string) {
	delete(set, from)
	set[to] = true
}
