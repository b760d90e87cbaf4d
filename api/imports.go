package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jinlin/model"
	"jinlin/service/imports"
	"jinlin/service/sheet"
)

const importsTag = "Imports and exports"

// fileTimeout is for whoever sends or gets a large file.
const fileTimeout = 60 * time.Second

func (a *API) importRoutes() {
	handle(a, operation{
		id: "createImport", method: http.MethodPost, path: "/v1/imports", tag: importsTag, once: true, file: true, status: http.StatusCreated,
		timeout: fileTimeout, summary: "Send a CSV or XLSX file; a long one is answered with 202 and worked on",
	}, a.createImport)
	handle(a, operation{
		id: "listImports", method: http.MethodGet, path: "/v1/imports", tag: importsTag,
		summary: "The imports of a unit, newest first",
	}, a.listImports)
	handle(a, operation{
		id: "getImport", method: http.MethodGet, path: "/v1/imports/{id}", tag: importsTag,
		summary: "One import, what is wrong with which line, and a masked preview of what it changes",
	}, a.getImport)
	handle(a, operation{
		id: "applyImport", method: http.MethodPost, path: "/v1/imports/{id}/application", tag: importsTag, once: true,
		timeout: fileTimeout, summary: "Bring in what was checked; a long one is answered with 202 and worked on",
	}, a.applyImport)
	handle(a, operation{
		id: "getImportTemplate", method: http.MethodGet, path: "/v1/imports/templates/{kind}", tag: importsTag,
		summary: "An empty file to fill in, with an example and notes",
	}, a.getImportTemplate)
	a.describeFiles()
}

// describeFiles says in the description what huma cannot see: bodies that are files.
func (a *API) describeFiles() {
	paths := a.huma.OpenAPI().Paths
	create := paths["/v1/imports"].Post
	create.RequestBody = &huma.RequestBody{Required: true, Description: "The file, at most 50 MiB", Content: fileContent()}
	for _, op := range []*huma.Operation{create, paths["/v1/imports/{id}/application"].Post} {
		accepted := *op.Responses[statusText(op.DefaultStatus)]
		accepted.Description = "Accepted; a job works on it"
		op.Responses["202"] = &accepted
	}
	paths["/v1/imports/templates/{kind}"].Get.Responses["200"].Content = fileContent()
}

// fileContent describes a body that is a table.
func fileContent() map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, name := range []string{"text/csv", sheet.XLSX.ContentType()} {
		content[name] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return content
}

func statusText(status int) string {
	if status == http.StatusCreated {
		return "201"
	}
	return "200"
}

type createImportIn struct {
	Kind   string       `query:"kind" required:"true" enum:"units,households,roster,members,staff"`
	UnitID model.UnitID `query:"unitId" doc:"All lines must lie within it; the top of your authority if left out"`
	DryRun bool         `query:"dryRun" default:"true" doc:"false applies it once it is checked, if nothing is wrong with it"`
	file   io.Reader
}

// Resolve keeps the body for the service, which reads it as a stream.
func (in *createImportIn) Resolve(c huma.Context) []error {
	in.file = sentBody{c.BodyReader()}
	return nil
}

// sentBody is a body that is read as a stream: what keeps it from being read is its sender's
// doing, and no fault of ours.
type sentBody struct{ io.Reader }

// Read reads on. Faults: malformed, too_large.
func (b sentBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = notRead(err)
	}
	return n, err
}

type importOut struct {
	ID        model.ImportID     `json:"id"`
	Kind      model.ImportKind   `json:"kind"`
	UnitID    model.UnitID       `json:"unitId"`
	Status    model.ImportStatus `json:"status" enum:"checking,checked,applying,applied,stopped,expired"`
	Counts    importCountsOut    `json:"counts"`
	CreatedAt time.Time          `json:"createdAt"`
	AppliedAt *time.Time         `json:"appliedAt" nullable:"true"`
}

type importCountsOut struct {
	Lines     int `json:"lines"`
	Invalid   int `json:"invalid"`
	Added     int `json:"added" doc:"Foreseen; what was done, once it is applied. So are changed and unchanged"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Missing   int `json:"missing" doc:"In force where the file belongs, and not in the file"`
	Ended     int `json:"ended" doc:"Of those, what was ended on demand"`
}

// ImportOut is an import beside other things.
// It is exported because huma looks into exported embedded structs only.
type ImportOut = importOut

type importReportOut struct {
	ImportOut
	Rows           []importRowOut     `json:"rows" doc:"What is wrong, at most 1,000"`
	MoreRows       int                `json:"moreRows" doc:"What is wrong beyond those"`
	Preview        []importPreviewOut `json:"preview" doc:"Some of what it changes, names and numbers masked"`
	IgnoredColumns []string           `json:"ignoredColumns"`
}

type importRowOut struct {
	Row      int    `json:"row" doc:"As a spreadsheet counts"`
	Column   string `json:"column" doc:"As in the template; empty for the whole line"`
	Code     string `json:"code" doc:"See the catalogue x-faults"`
	Message  string `json:"message"`
	OtherRow int    `json:"otherRow,omitempty" doc:"line_repeated: which line it repeats"`
}

type importPreviewOut struct {
	Row    int               `json:"row,omitempty" doc:"Left out for what the file does not have"`
	Change imports.Change    `json:"change" enum:"added,changed,missing"`
	Before map[string]string `json:"before,omitempty"`
	After  map[string]string `json:"after,omitempty"`
}

func importFrom(i model.Import) importOut {
	return importOut{
		ID: i.ID, Kind: i.Kind, UnitID: i.UnitID, Status: i.Status, CreatedAt: i.CreatedAt, AppliedAt: i.AppliedAt,
		Counts: importCountsOut{i.LineCount, i.Invalid, i.Added, i.Changed, i.Unchanged, i.Missing, i.Ended},
	}
}

// importAnswer is an import with its report. Its status is 202 while a job works on it.
type importAnswer struct {
	Status int
	Body   importReportOut
}

func reported(ctx context.Context, r imports.Result, status int, err error) (*importAnswer, error) {
	if err != nil {
		return nil, err
	}
	if r.Working() && status != http.StatusOK {
		status = http.StatusAccepted
	}
	out := importReportOut{
		ImportOut: importFrom(r.Import), Rows: []importRowOut{}, MoreRows: r.Report.More, Preview: []importPreviewOut{}, IgnoredColumns: []string{},
	}
	out.IgnoredColumns = append(out.IgnoredColumns, r.Report.Ignored...)
	for _, p := range r.Report.Problems {
		out.Rows = append(out.Rows, importRowOut{p.Row, p.Column, p.Code, scopeOf(ctx).language.of(p.Text()), p.Other})
	}
	for _, p := range r.Report.Preview {
		out.Preview = append(out.Preview, importPreviewOut(p))
	}
	return &importAnswer{Status: status, Body: out}, nil
}

func (a *API) createImport(ctx context.Context, actor model.Actor, in *createImportIn) (*importAnswer, error) {
	r, err := a.Imports.Create(ctx, actor, imports.NewImport{
		Kind: model.ImportKind(in.Kind), UnitID: in.UnitID, DryRun: in.DryRun, File: in.file,
	})
	return reported(ctx, r, http.StatusCreated, err)
}

type listImportsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"The unit they were sent for; the top of your authority if left out"`
}

func (a *API) listImports(ctx context.Context, actor model.Actor, in *listImportsIn) (*body[list[importOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Imports.List(ctx, actor, in.UnitID, page)
	if err != nil {
		return nil, err
	}
	return listed(found, importFrom), nil
}

type importIn struct {
	ID model.ImportID `path:"id"`
}

func (a *API) getImport(ctx context.Context, actor model.Actor, in *importIn) (*importAnswer, error) {
	r, err := a.Imports.Get(ctx, actor, in.ID)
	return reported(ctx, r, http.StatusOK, err)
}

type applyImportIn struct {
	ID   model.ImportID `path:"id"`
	Body struct {
		SkipInvalid bool `json:"skipInvalid,omitempty" doc:"Leave wrong lines out"`
		EndMissing  bool `json:"endMissing,omitempty" doc:"End what the file does not have, in the places it is about"`
	}
}

func (a *API) applyImport(ctx context.Context, actor model.Actor, in *applyImportIn) (*importAnswer, error) {
	r, err := a.Imports.Apply(ctx, actor, in.ID, imports.Application{SkipInvalid: in.Body.SkipInvalid, EndMissing: in.Body.EndMissing})
	answer, err := reported(ctx, r, http.StatusCreated, err)
	if err == nil && answer.Status == http.StatusCreated {
		answer.Status = http.StatusOK
	}
	return answer, err
}

type getImportTemplateIn struct {
	Kind   string `path:"kind" enum:"units,households,roster,members,staff"`
	Format string `query:"format" enum:"csv,xlsx" default:"xlsx"`
}

type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (a *API) getImportTemplate(_ context.Context, _ model.Actor, in *getImportTemplateIn) (*fileOut, error) {
	var file bytes.Buffer
	format := sheet.Format(in.Format)
	title, err := imports.Template(model.ImportKind(in.Kind), format, &file)
	if err != nil {
		return nil, err
	}
	return &fileOut{ContentType: format.ContentType(), Disposition: attachment(title+"模板", in.Kind, format), Body: file.Bytes()}, nil
}

// attachment names a file, in Chinese where the client can read that.
func attachment(title, plain string, format sheet.Format) string {
	return "attachment; filename=\"" + plain + "." + string(format) + "\"; filename*=UTF-8''" + url.PathEscape(title) + "." + string(format)
}
