package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jinlin/model"
	"jinlin/service/exports"
	"jinlin/service/sheet"
)

// exportLimit is how long a table may take to leave.
const exportLimit = 10 * time.Minute

func (a *API) exportRoutes() {
	handle(a, operation{
		id: "createExport", method: http.MethodPost, path: "/v1/exports", tag: importsTag, timeout: -1,
		summary: "A table of a unit as a file, masked unless a right and a reason say otherwise",
	}, a.createExport)
	file := a.huma.OpenAPI().Paths["/v1/exports"].Post.Responses["200"]
	file.Description = "The file"
	file.Content = fileContent()
}

type createExportIn struct {
	Body struct {
		Kind     string       `json:"kind" enum:"units,households,roster,members"`
		UnitID   model.UnitID `json:"unitId"`
		Format   string       `json:"format,omitempty" enum:"csv,xlsx" default:"xlsx"`
		Unmasked bool         `json:"unmasked,omitempty" doc:"Needs a right of its own"`
		Reason   string       `json:"reason" minLength:"4" maxLength:"100" doc:"Kept in the record"`
	}
}

// createExport answers before it streams, so that who may not export gets an ordinary
// refusal. A table that breaks off halfway ends the connection, or it would look whole.
func (a *API) createExport(ctx context.Context, actor model.Actor, in *createExportIn) (*huma.StreamResponse, error) {
	table, err := a.Exports.Order(ctx, actor, exports.Order{
		Kind: exports.Kind(in.Body.Kind), UnitID: in.Body.UnitID, Format: sheet.Format(in.Body.Format),
		Unmasked: in.Body.Unmasked, Reason: in.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", table.Format.ContentType())
		c.SetHeader("Content-Disposition", attachment(table.Title, in.Body.Kind, table.Format))
		ctx, cancel := context.WithTimeout(c.Context(), exportLimit)
		defer cancel()
		if err := table.Write(ctx, c.BodyWriter()); err != nil {
			a.settings.Log.Warn("an export broke off", "kind", in.Body.Kind, "request", requestIDOf(ctx), "error", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
