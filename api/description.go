package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui/v5emb"

	"jinlin/model/fault"
)

// description is huma's configuration: no links to schemas, no page from a network.
func (a *API) description() huma.Config {
	config := huma.DefaultConfig("Jinlin 晋邻", "v1")
	config.DocsPath, config.SchemasPath = "", ""
	config.OpenAPIPath = "/openapi"
	config.CreateHooks = nil // the hook adds $schema links
	config.Transformers = nil
	config.Info.Description = "Backend of a county's neighbourhood-service mini-program. " +
		"Errors are application/problem+json; switch on `code`."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "http", Scheme: "bearer", Description: "The token of POST /v1/sessions/wechat"},
	}
	return config
}

// faultEntry is one line of the catalogue in the description.
type faultEntry struct {
	Code   string `json:"code" yaml:"code"`
	Status int    `json:"status" yaml:"status"`
	ZH     string `json:"zh" yaml:"zh"`
	EN     string `json:"en" yaml:"en"`
}

// describeFaults puts the whole catalogue into the description, as x-faults.
func (a *API) describeFaults() {
	faults := fault.All()
	entries := make([]faultEntry, len(faults))
	for i, f := range faults {
		entries[i] = faultEntry{Code: f.Code, Status: statuses[f.Kind], ZH: f.Message.ZH, EN: f.Message.EN}
	}
	d := a.huma.OpenAPI()
	if d.Extensions == nil {
		d.Extensions = map[string]any{}
	}
	d.Extensions["x-faults"] = entries
}

// documentRoutes serves the page that shows the description, from inside the binary.
func (a *API) documentRoutes() {
	page := v5emb.New("Jinlin 晋邻", "/openapi.json", "/docs/")
	show := func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=3600")
		page.ServeHTTP(c.Writer, c.Request)
	}
	a.engine.GET("/docs/*asset", show)
	a.engine.GET("/docs", func(c *gin.Context) { c.Redirect(http.StatusFound, "/docs/") })
}

// healthRoutes say whether the process lives and whether it can serve.
func (a *API) healthRoutes() {
	a.engine.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "alive"}) })
	a.engine.GET("/readyz", func(c *gin.Context) {
		if err := a.settings.Ready(c.Request.Context()); err != nil {
			a.refuse(c, fault.ErrBusy.Because(err))
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "ready"})
	})
}
