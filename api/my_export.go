package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jinlin/model"
	"jinlin/model/fault"
)

// myExportLimit is how long somebody's data may take to leave.
const myExportLimit = time.Minute

func (a *API) myExportRoutes() {
	handle(a, operation{
		id: "exportMyData", method: http.MethodGet, path: "/v1/me/export", tag: accountTag, timeout: -1,
		summary: "Everything that is kept about me, table by table",
	}, a.exportMyData)
	answer := a.huma.OpenAPI().Paths["/v1/me/export"].Get.Responses["200"]
	answer.Description = "The data, in parts that say what they are"
	answer.Content = map[string]*huma.MediaType{"application/json": {
		Schema: huma.SchemaFromType(a.huma.OpenAPI().Components.Schemas, reflect.TypeFor[myExportOut]()),
	}}
}

// myExportOut only describes the answer: it is written row by row.
type myExportOut struct {
	ExportedAt time.Time      `json:"exportedAt"`
	Parts      []myExportPart `json:"parts" doc:"Only those with rows"`
	Files      []string       `json:"files" doc:"Ids of uploads; none are kept yet"`
}

type myExportPart struct {
	Name  string           `json:"name"`
	Title string           `json:"title" doc:"What it is, in a sentence"`
	Items []map[string]any `json:"items" doc:"People are me or other"`
}

// exportMyData breaks the connection when it cannot go on: half an export must not look whole.
func (a *API) exportMyData(ctx context.Context, actor model.Actor, _ *none) (*huma.StreamResponse, error) {
	export, err := a.Privacy.Export(ctx, actor)
	if err != nil {
		return nil, err
	}
	l := scopeOf(ctx).language
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/json")
		c.SetHeader("Content-Disposition", `attachment; filename="jinlin-my-data.json"`)
		ctx, cancel := context.WithTimeout(c.Context(), myExportLimit)
		defer cancel()
		if err := export.Write(ctx, c.BodyWriter(), func(t fault.Text) string { return l.of(t) }); err != nil {
			a.settings.Log.Warn("an export of one's own data broke off", "request", requestIDOf(ctx), "error", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
