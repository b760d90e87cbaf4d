package api

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/mailbox"
	"jinlin/service/open311"
)

const (
	open311Tag  = "Open311"
	open311Root = "/open311/v2/"
)

// open311Routes speak GeoReport v2. They stand beside huma, because their forms, answers and
// errors are the standard's and not ours.
func (a *API) open311Routes() {
	for _, format := range []string{"json", "xml"} {
		form := open311Format(format)
		name := strings.ToUpper(format)
		a.open311Route(http.MethodGet, "getOpen311Services"+name, "services."+format, "What can be asked for, as "+name, form, a.open311Services)
		a.open311Route(http.MethodGet, "getOpen311Requests"+name, "requests."+format, "What the board shows of at most 90 days, as "+name, form, a.open311Requests)
		a.open311Route(http.MethodPost, "createOpen311Request"+name, "requests."+format, "Submit a request with an api_key, as a form; answered as "+name, form, a.open311Create)
	}
	a.open311Route(http.MethodGet, "getOpen311Service", "services/{file}", "The questions of a service: its code with .json or .xml", "", a.open311Definition)
	a.open311Route(http.MethodGet, "getOpen311Request", "requests/{file}", "One request: its id with .json or .xml", "", a.open311Request)
}

// open311Format is json or xml; "" goes by the name of the file in the path.
type open311Format string

// open311Call is one call: what to answer, or what is wrong.
type open311Call func(c *gin.Context, file string) (status int, content any, err error)

func (a *API) open311Route(method, id, path, summary string, format open311Format, do open311Call) {
	a.engine.Handle(method, open311Root+strings.Replace(path, "{file}", ":file", 1), func(c *gin.Context) {
		nameOperation(c.Request.Context(), id)
		ctx, cancel := context.WithTimeout(c.Request.Context(), defaultTimeout)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		file, f := c.Param("file"), format
		if f == "" {
			file, f = open311File(file)
		}
		status, content, err := http.StatusNotFound, any(nil), error(ErrNoRoute)
		if f != "" {
			status, content, err = do(c, file)
		}
		if err != nil {
			status, content = a.open311Errors(c, err)
		}
		open311Write(c, f, status, content)
	})
	a.describeOpen311(method, id, path, summary)
}

// open311Queries are what the list can be asked, as the standard has them.
var open311Queries = map[string]string{
	"service_request_id": "At most 500 ids, with commas between; no other counts then",
	"service_code":       "Codes, with commas between",
	"status":             "open, closed or both with a comma between",
	"start_date":         "From the day of this moment in Shanghai, in W3C form",
	"end_date":           "Until the day of this moment; at most 90 days after the start",
	"jurisdiction_id":    "Of this county, or left out",
	"api_key":            "Of a program: it finds its own requests by the ids that it was given",
}

// open311Fields are those of a form; attribute[code] answers a question of the service.
var open311Fields = map[string]string{
	"api_key": "Required", "service_code": "Required", "description": "Required", "jurisdiction_id": "Of this county, or left out",
	"address_id": "The estate by its id; this or address_string is required", "address_string": "The estate by its whole name",
	"lat": "With long: where it is, beside the estate", "long": "With lat", "media_url": "https only; it is kept as a link, not fetched",
	"email": "Not kept", "device_id": "Not kept", "account_id": "Not kept", "first_name": "Not kept", "last_name": "Not kept", "phone": "Not kept",
}

func (a *API) describeOpen311(method, id, path, summary string) {
	answer := func(what string) *huma.Response {
		return &huma.Response{Description: what, Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{}}, "text/xml": {Schema: &huma.Schema{}}}}
	}
	op := &huma.Operation{
		OperationID: id, Method: method, Path: open311Root + path, Tags: []string{open311Tag}, Summary: summary,
		Responses: map[string]*huma.Response{
			"400": answer("Errors as the standard has them"), "403": answer("The api_key opens nothing, or is missing where one is needed"),
			"404": answer("No such jurisdiction, service or request"), "429": answer("Too often"), "503": answer("Busy"),
		},
	}
	parameter := func(name, in, what string) {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: name, In: in, Required: in == "path", Description: what, Schema: &huma.Schema{Type: huma.TypeString},
		})
	}
	success := http.StatusOK
	switch {
	case strings.Contains(path, "{file}"):
		parameter("file", "path", "")
		parameter("jurisdiction_id", "query", open311Queries["jurisdiction_id"])
		if strings.HasPrefix(path, "requests/") {
			parameter("api_key", "query", open311Queries["api_key"])
		}
	case method == http.MethodPost:
		success = http.StatusCreated
		op.Responses["413"], op.Responses["415"] = answer("Too large"), answer("Not a form")
		op.Responses["409"], op.Responses["422"] = answer("The first with this Idempotency-Key is under way"), answer("The Idempotency-Key was used for another form")
		op.RequestBody = open311Form()
	case strings.HasPrefix(path, "requests."):
		for _, name := range slices.Sorted(maps.Keys(open311Queries)) {
			parameter(name, "query", open311Queries[name])
		}
	}
	op.Responses[strconv.Itoa(success)] = answer(http.StatusText(success))
	a.huma.OpenAPI().AddOperation(op)
}

func open311Form() *huma.RequestBody {
	form := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, Required: []string{"api_key", "description", "service_code"}}
	for name, what := range open311Fields {
		form.Properties[name] = &huma.Schema{Type: huma.TypeString, Description: what}
	}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/x-www-form-urlencoded": {Schema: form}}}
}

// open311File parts a name from its format, which is "" where it has none.
func open311File(file string) (string, open311Format) {
	for _, f := range []open311Format{"json", "xml"} {
		if name, is := strings.CutSuffix(file, "."+string(f)); is {
			return name, f
		}
	}
	return file, ""
}

func open311Write(c *gin.Context, f open311Format, status int, content any) {
	if f == "xml" {
		c.Writer.Header().Set("Content-Type", "text/xml; charset=utf-8")
		c.Status(status)
		_, _ = c.Writer.WriteString(xml.Header)
		_ = xml.NewEncoder(c.Writer).Encode(content)
		return
	}
	if whole, is := content.(interface{ list() any }); is { // the standard's JSON has no root
		content = whole.list()
	}
	c.PureJSON(status, content)
}

type open311Errors struct {
	XMLName xml.Name       `xml:"errors"`
	Errors  []open311Error `xml:"error"`
}

func (e open311Errors) list() any { return e.Errors }

type open311Error struct {
	Code        int    `xml:"code" json:"code"`
	Description string `xml:"description" json:"description"`
}

// open311Errors are an error in the standard's form, one for each field that is wrong. The
// standard answers 403 for the key, and our Retry-After goes with what is too often.
func (a *API) open311Errors(c *gin.Context, err error) (int, any) {
	s := &scope{language: languageOf(c.GetHeader("Accept-Language")), requestID: requestIDOf(c.Request.Context()), header: c.Header}
	p := failed(c.Request.Context(), s, err)
	var answer open311Errors
	for _, field := range p.Fields {
		answer.Errors = append(answer.Errors, open311Error{p.Status, field.Path + ": " + field.Message})
	}
	if len(answer.Errors) == 0 {
		answer.Errors = []open311Error{{p.Status, p.Code + ": " + p.Message}}
	}
	return p.Status, answer
}

type open311ServiceList struct {
	XMLName  xml.Name             `xml:"services"`
	Services []open311ServiceItem `xml:"service"`
}

func (l open311ServiceList) list() any { return l.Services }

type open311ServiceItem struct {
	Code        string `xml:"service_code" json:"service_code"`
	Name        string `xml:"service_name" json:"service_name"`
	Description string `xml:"description" json:"description"`
	Metadata    bool   `xml:"metadata" json:"metadata"`
	Type        string `xml:"type" json:"type"`
	Keywords    string `xml:"keywords" json:"keywords"`
	Group       string `xml:"group" json:"group"`
}

func (a *API) open311Services(c *gin.Context, _ string) (int, any, error) {
	if err := a.Open311.Jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return 0, nil, err
	}
	language := languageOf(c.GetHeader("Accept-Language"))
	var list open311ServiceList
	for _, category := range a.Open311.Services() {
		list.Services = append(list.Services, open311ServiceItem{
			Code: category.Code, Name: language.of(category.Name), Description: language.of(category.Name), Metadata: len(category.Questions) > 0,
			Type: "realtime", Group: language.of(fault.Text{ZH: "红色信箱", EN: "Red mailbox"}),
		})
	}
	return http.StatusOK, list, nil
}

type open311DefinitionOut struct {
	XMLName    xml.Name           `xml:"service_definition" json:"-"`
	Code       string             `xml:"service_code" json:"service_code"`
	Attributes []open311Attribute `xml:"attributes>attribute" json:"attributes"`
}

type open311Attribute struct {
	Variable    bool   `xml:"variable" json:"variable"`
	Code        string `xml:"code" json:"code"`
	DataType    string `xml:"datatype" json:"datatype"`
	Required    bool   `xml:"required" json:"required"`
	DataHint    string `xml:"datatype_description" json:"datatype_description"`
	Order       int    `xml:"order" json:"order"`
	Description string `xml:"description" json:"description"`
}

func (a *API) open311Definition(c *gin.Context, code string) (int, any, error) {
	if err := a.Open311.Jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return 0, nil, err
	}
	category, err := a.Open311.Definition(code)
	if err != nil {
		return 0, nil, err
	}
	out := open311DefinitionOut{Code: category.Code, Attributes: []open311Attribute{}}
	for n, question := range category.Questions {
		out.Attributes = append(out.Attributes, open311Attribute{
			Variable: true, Code: open311.AttributeOf(n), DataType: "string", Order: n + 1, Description: languageOf(c.GetHeader("Accept-Language")).of(question.Text),
		})
	}
	return http.StatusOK, out, nil
}

type open311RequestList struct {
	XMLName  xml.Name             `xml:"service_requests"`
	Requests []open311RequestItem `xml:"request"`
}

func (l open311RequestList) list() any { return l.Requests }

type open311RequestItem struct {
	ID          open311.RequestID `xml:"service_request_id" json:"service_request_id"`
	Status      string            `xml:"status" json:"status"`
	StatusNotes string            `xml:"status_notes" json:"status_notes"`
	ServiceName string            `xml:"service_name" json:"service_name"`
	ServiceCode string            `xml:"service_code" json:"service_code"`
	Description string            `xml:"description" json:"description"`
	Requested   string            `xml:"requested_datetime" json:"requested_datetime"`
	Updated     string            `xml:"updated_datetime" json:"updated_datetime"`
	Expected    string            `xml:"expected_datetime,omitempty" json:"expected_datetime,omitempty"` // readers take it for a time
	Address     string            `xml:"address" json:"address"`
	AddressID   model.UnitID      `xml:"address_id" json:"address_id"`
}

// open311Listed renders requests. Times are told to the day, as on the board.
func (a *API) open311Listed(c *gin.Context, found []open311.Request) (any, error) {
	estates := make([]model.UnitID, len(found))
	for i, r := range found {
		estates[i] = r.EstateID
	}
	units, err := a.Org.Units(c.Request.Context(), estates)
	if err != nil {
		return nil, err
	}
	language := languageOf(c.GetHeader("Accept-Language"))
	names := map[string]string{}
	for _, category := range a.Open311.Services() {
		names[category.Code] = language.of(category.Name)
	}
	list := open311RequestList{Requests: []open311RequestItem{}}
	for _, r := range found {
		item := open311RequestItem{
			ID: r.ServiceID, Status: "open", StatusNotes: string(r.Status), ServiceCode: r.Category, ServiceName: names[r.Category],
			Requested: open311Time(r.CameOn.At(0, 0)), Updated: open311Time(r.Updated), Address: units[r.EstateID].Name, AddressID: r.EstateID,
		}
		if r.Closed {
			item.Status = "closed"
		}
		if r.ExpectedOn != "" { // its last minute
			item.Expected = open311Time(r.ExpectedOn.At(23, 59))
		}
		if r.Public {
			item.Description = strings.TrimSpace(r.Title + "\n" + r.Text)
		}
		if r.Answer != "" {
			item.StatusNotes += ": " + r.Answer
		}
		list.Requests = append(list.Requests, item)
	}
	return list, nil
}

func open311Time(t time.Time) string { return t.In(model.Shanghai).Format(time.RFC3339) }

func (a *API) open311Requests(c *gin.Context, _ string) (int, any, error) {
	if err := a.Open311.Jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return 0, nil, err
	}
	if ids := c.Query("service_request_id"); ids != "" {
		return a.open311Named(c, strings.Split(ids, ","))
	}
	f := open311.Filter{}
	if codes := c.Query("service_code"); codes != "" {
		f.Codes = strings.Split(codes, ",")
	}
	var err error
	if f.Open, f.Closed, err = open311Statuses(c.Query("status")); err != nil {
		return 0, nil, err
	}
	if f.From, err = open311Moment(c, "start_date"); err != nil {
		return 0, nil, err
	}
	if f.To, err = open311Moment(c, "end_date"); err != nil {
		return 0, nil, err
	}
	found, err := a.Open311.Requests(c.Request.Context(), f)
	if err != nil {
		return 0, nil, err
	}
	list, err := a.open311Listed(c, found)
	return http.StatusOK, list, err
}

// open311Statuses are those of a list; none is any.
func open311Statuses(list string) (open, closed bool, err error) {
	if list == "" {
		return false, false, nil
	}
	for status := range strings.SplitSeq(list, ",") {
		switch strings.TrimSpace(status) {
		case "open":
			open = true
		case "closed":
			closed = true
		default:
			return false, false, open311.ErrBadForm.WithFields(fault.Field{Path: "status", Code: "unknown", Message: fault.Text{ZH: "status 只能是 open 或 closed。", EN: "A status is open or closed."}})
		}
	}
	return open, closed, nil
}

// open311Moment is a time of the query; nil where it is left out.
func open311Moment(c *gin.Context, name string) (*time.Time, error) {
	text := strings.ReplaceAll(c.Query(name), " ", "+") // a plus that nobody escaped
	if text == "" {
		return nil, nil
	}
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, open311.ErrBadForm.WithFields(fault.Field{Path: name, Code: "invalid_time", Message: fault.Text{ZH: "时间格式应为 RFC 3339。", EN: "Not an RFC 3339 time."}})
	}
	moment = moment.UTC()
	return &moment, nil
}

func (a *API) open311Request(c *gin.Context, id string) (int, any, error) {
	if err := a.Open311.Jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return 0, nil, err
	}
	return a.open311Named(c, []string{id})
}

// open311Named answers requests by their ids; of those that may not be read it says nothing,
// and not_found where none is left.
func (a *API) open311Named(c *gin.Context, texts []string) (int, any, error) {
	var ids []open311.RequestID
	for _, text := range texts {
		if id, err := model.ParseID[open311.Request](strings.TrimSpace(text)); err == nil {
			ids = append(ids, id)
		}
	}
	var client *model.Open311Client
	if key := c.Query("api_key"); key != "" {
		known, err := a.Open311.Client(c.Request.Context(), key)
		if err != nil {
			return 0, nil, err
		}
		client = &known
	}
	found, err := a.Open311.Named(c.Request.Context(), client, ids)
	if err == nil && len(found) == 0 {
		err = fault.ErrNotFound
	}
	if err != nil {
		return 0, nil, err
	}
	list, err := a.open311Listed(c, found)
	return http.StatusOK, list, err
}

type open311CreatedList struct {
	XMLName  xml.Name         `xml:"service_requests"`
	Requests []open311Created `xml:"request"`
}

func (l open311CreatedList) list() any { return l.Requests }

type open311Created struct {
	ID      model.RequestID `xml:"service_request_id" json:"service_request_id"`
	Notice  string          `xml:"service_notice" json:"service_notice"`
	Account string          `xml:"account_id" json:"account_id"`
}

var open311Notice = fault.Text{
	ZH: "已收到（编号 %s），等待工作人员核实。姓名、电话等联系方式未保存，请凭编号查询进展。",
	EN: "Received (%s). It waits for the staff to look at it. Names and contacts were not kept; ask by the id how it goes on.",
}

func (a *API) open311Create(c *gin.Context, _ string) (int, any, error) {
	if kind, _, _ := strings.Cut(c.ContentType(), ";"); kind != "application/x-www-form-urlencoded" {
		return 0, nil, ErrUnsupported
	}
	content, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, open311.MaxForm+1))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return 0, nil, ErrTooLarge
	}
	if err != nil {
		return 0, nil, ErrMalformed.Because(err)
	}
	form, err := open311.Parse(content)
	if err != nil {
		return 0, nil, err
	}
	if form.APIKey == "" {
		form.APIKey = c.Query("api_key")
	}
	if err := a.Open311.Jurisdiction(form.Jurisdiction); err != nil {
		return 0, nil, err
	}
	client, err := a.Open311.Client(c.Request.Context(), form.APIKey)
	if err != nil {
		return 0, nil, err
	}
	state, err := a.open311Submit(c, client, form)
	if err != nil {
		return 0, nil, err
	}
	notice := fmt.Sprintf(languageOf(c.GetHeader("Accept-Language")).of(open311Notice), state.Receipt)
	return http.StatusCreated, open311CreatedList{Requests: []open311Created{{ID: state.ID, Notice: notice}}}, nil
}

// open311Submit submits once for an Idempotency-Key, which the standard does not have and does
// not forbid.
func (a *API) open311Submit(c *gin.Context, client model.Open311Client, form open311.Form) (mailbox.State, error) {
	ctx := c.Request.Context()
	if err := allow(ctx, a.settings.PerPerson, client.UserID.String()); err != nil {
		return mailbox.State{}, err
	}
	s := &scope{actor: model.Actor{User: client.UserID}, once: c.GetHeader(idempotencyHeader)}
	form.APIKey = ""
	key, err := onceKey(operation{id: "createOpen311Request", once: true}, s, form)
	if err != nil {
		return mailbox.State{}, err
	}
	if key != nil {
		ctx = model.WithOnceKey(ctx, key)
	}
	state, err := a.Open311.Submit(ctx, client, form)
	if key != nil && key.Replayed {
		c.Header("Idempotency-Replayed", "true")
	}
	return state, err
}
