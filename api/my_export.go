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

func (a *API) myExportRoutes() {
	handle(a, operation{
		id: "exportMyData", method: http.MethodGet, path: "/v1/me/export", tag: accountTag, timeout: -1,
		summary: "Everything that is kept about me, table by table, with the files I sent",
	}, a.exportMyData)
	describeIDs(a.huma.OpenAPI().Components.Schemas, reflect.TypeFor[myExportOut](), map[reflect.Type]bool{})
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
	Files      []myExportFile `json:"files" doc:"Photos and recordings, newest first"`
}

type myExportFile struct {
	ID          model.UploadID `json:"id"`
	Name        string         `json:"name" doc:"To save it under"`
	ContentType string         `json:"contentType"`
	Data        []byte         `json:"data" doc:"In base64"`
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
		ctx, cancel := context.WithTimeout(c.Context(), exportLimit)
		defer cancel()
		if err := export.Write(ctx, c.BodyWriter(), func(t fault.Text) string { return l.of(t) }); err != nil {
			a.settings.Log.Warn("an export of one's own data broke off", "request", requestIDOf(ctx), "error", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
