package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/gin-gonic/gin"

	"jinlin/model"
	"jinlin/model/fault"
)

// Faults of the edge itself.
var (
	ErrNoRoute = fault.Define(fault.NotFound, "no_route",
		"没有这个接口。", "There is no such path.")
	ErrWrongMethod = fault.Define(fault.WrongMethod, "wrong_method",
		"该接口不支持这种请求方法。", "This path does not take that method.")
	ErrMalformed = fault.Define(fault.Invalid, "malformed",
		"请求内容无法解析。", "The request cannot be read.")
	ErrUnknownField = fault.Define(fault.Invalid, "unknown_field",
		"请求中有不认识的字段。", "The request has a field we do not know.")
	ErrTooLarge = fault.Define(fault.TooLarge, "too_large",
		"内容超过大小限制。", "The body is too large.")
	ErrUnsupported = fault.Define(fault.Unsupported, "unsupported_media_type",
		"不支持这种内容格式。", "This content type is not supported.")
)

// statuses is the one place where a kind of fault becomes an HTTP status.
var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Mismatch:        http.StatusUnprocessableEntity,
	fault.Stale:           http.StatusPreconditionFailed,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unsupported:     http.StatusUnsupportedMediaType,
	fault.WrongMethod:     http.StatusMethodNotAllowed,
	fault.RateLimited:     http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

const defaultRetry = 5 * time.Second

// problem is an RFC 9457 answer. Code is what a client switches on.
type problem struct {
	Type      string         `json:"type" doc:"A URI that names the code"`
	Title     string         `json:"title" doc:"The HTTP status in words"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"Stable; see the catalogue x-faults"`
	Message   string         `json:"message" doc:"A sentence to show to the person, in their language"`
	RequestID string         `json:"requestId"`
	Fields    []problemField `json:"fields,omitempty" doc:"Which parts of the input are wrong"`
	Current   string         `json:"current,omitempty" doc:"illegal_transition: the state it is in"`
	Allowed   *[]string      `json:"allowed,omitempty" doc:"illegal_transition: the moves that are legal now, of a request named like the ends of their paths, with _ for -; none where nothing can be done any more"`

	retry time.Duration
	cause error // for the log only
}

type problemField struct {
	Path    string `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error is for the log.
func (p *problem) Error() string { return p.Code }

// Unwrap gives what went wrong underneath, for the log.
func (p *problem) Unwrap() error { return p.cause }

// GetStatus tells huma the status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType tells huma the content type.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// problemOf renders any error for one request, and leaves it for the log.
func problemOf(s *scope, err error) *problem {
	var done *problem
	if errors.As(err, &done) {
		return done
	}
	f := fault.From(err)
	p := &problem{
		Type: "urn:jinlin:fault:" + f.Code, Title: http.StatusText(statuses[f.Kind]), Status: statuses[f.Kind],
		Code: f.Code, Message: s.language.of(f.Message), RequestID: s.requestID,
		Current: f.Current, retry: f.RetryAfter, cause: err,
	}
	if f.Current != "" {
		p.Allowed = new(append([]string{}, f.Allowed...))
	}
	for _, field := range f.Fields {
		p.Fields = append(p.Fields, problemField{Path: field.Path, Code: field.Code, Message: s.language.of(field.Message)})
	}
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		seconds := int64((positive(p.retry, defaultRetry) + time.Second - 1) / time.Second)
		s.header("Retry-After", strconv.FormatInt(seconds, 10))
	}
	return p
}

// refuse renders a fault outside any operation.
func (a *API) refuse(c *gin.Context, err error) {
	ctx := c.Request.Context()
	s := &scope{language: languageOf(c.GetHeader("Accept-Language")), requestID: requestIDOf(ctx), header: c.Header}
	p := failed(ctx, s, err)
	c.Header("Content-Type", p.ContentType(""))
	c.AbortWithStatusJSON(p.Status, p)
}

func init() {
	huma.DefaultArrayNullable = false // a list without rows is [], never null
	huma.ValidateStrictCasing = true  // or "RATING" is read as "rating", past what the schema says of that
	// huma has one hook for every error it makes itself. It answers 422 with English
	// messages and echoes values; we answer 400 with codes and echo nothing.
	huma.NewErrorWithContext = func(c huma.Context, status int, message string, details ...error) huma.StatusError {
		s := &scope{header: func(string, string) {}}
		if c != nil {
			s = scopeOf(c.Context())
		}
		for _, detail := range details {
			var p *problem
			if errors.As(detail, &p) {
				return p
			}
		}
		return problemOf(s, edgeFault(status, message, details))
	}
	huma.NewError = func(status int, message string, details ...error) huma.StatusError {
		return problemOf(&scope{header: func(string, string) {}}, edgeFault(status, message, details))
	}
}

// bodyBroken is what huma says, with a 500, of a body that breaks off or is not in the chunks
// it claims to be in.
const bodyBroken = "cannot read request body"

// edgeFault names what huma found wrong with a request.
func edgeFault(status int, message string, details []error) error {
	if message == bodyBroken {
		status = http.StatusBadRequest
	}
	switch status {
	case http.StatusRequestEntityTooLarge:
		return ErrTooLarge
	case http.StatusUnsupportedMediaType:
		return ErrUnsupported
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestTimeout:
		return invalidInput(details)
	}
	return fault.ErrInternal.Because(errors.Join(details...))
}

// invalidInput collects the details into one fault whose code is the most telling one.
func invalidInput(details []error) error {
	var fields []fault.Field
	answer := fault.ErrInvalid
	for _, detail := range details {
		var d *huma.ErrorDetail
		if !errors.As(detail, &d) {
			continue
		}
		field := fieldOf(d)
		fields = append(fields, field)
		switch field.Code {
		case ErrUnknownField.Code:
			answer = ErrUnknownField
		case ErrMalformed.Code:
			answer = ErrMalformed
		}
	}
	if len(fields) == 0 {
		return ErrMalformed
	}
	return answer.WithFields(fields...)
}

// fieldOf turns huma's English message into a code and a sentence. It drops the value.
func fieldOf(d *huma.ErrorDetail) fault.Field {
	path := strings.TrimPrefix(strings.TrimPrefix(d.Location, "body."), "body")
	path = strings.TrimSuffix(path, ". is missing") // huma's own slip for required parameters
	for _, known := range details {
		prefix, _, _ := strings.Cut(known.message, "%")
		if strings.HasPrefix(d.Message, prefix) {
			if known.message == validation.MsgExpectedRequiredProperty {
				path = joinPath(path, requiredName(d.Message, known.message))
			}
			return fault.Field{Path: path, Code: known.code, Message: known.text}
		}
	}
	if strings.HasPrefix(path, "path.") {
		return fault.Field{Path: path, Code: model.ErrInvalidID.Code, Message: model.ErrInvalidID.Message}
	}
	return fault.Field{Path: path, Code: ErrMalformed.Code, Message: ErrMalformed.Message}
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// requiredName takes the property's name, which comes from our schema, out of the message.
func requiredName(message, pattern string) string {
	before, after, _ := strings.Cut(pattern, "%s")
	return strings.TrimSuffix(strings.TrimPrefix(message, before), after)
}

// details maps huma's messages to codes. Order matters where one begins like another.
var details = []struct {
	message, code string
	text          fault.Text
}{
	{validation.MsgUnexpectedProperty, "unknown_field", fault.Text{ZH: "不认识的字段。", EN: "Unknown field."}},
	{validation.MsgExpectedRequiredProperty, "required", fault.Text{ZH: "必填。", EN: "Required."}},
	{"required query parameter", "required", fault.Text{ZH: "必填。", EN: "Required."}},
	{"required header parameter", "required", fault.Text{ZH: "必填。", EN: "Required."}},
	{validation.MsgExpectedMinLength, "too_short", fault.Text{ZH: "太短。", EN: "Too short."}},
	{validation.MsgExpectedMaxLength, "too_long", fault.Text{ZH: "太长。", EN: "Too long."}},
	{validation.MsgExpectedMinItems, "too_few", fault.Text{ZH: "数量太少。", EN: "Too few."}},
	{validation.MsgExpectedMaxItems, "too_many", fault.Text{ZH: "数量太多。", EN: "Too many."}},
	{validation.MsgExpectedMinimumNumber, "too_small", fault.Text{ZH: "数值太小。", EN: "Too small."}},
	{validation.MsgExpectedExclusiveMinimumNumber, "too_small", fault.Text{ZH: "数值太小。", EN: "Too small."}},
	{validation.MsgExpectedMaximumNumber, "too_large", fault.Text{ZH: "数值太大。", EN: "Too large."}},
	{validation.MsgExpectedExclusiveMaximumNumber, "too_large", fault.Text{ZH: "数值太大。", EN: "Too large."}},
	{validation.MsgExpectedOneOf, "not_allowed", fault.Text{ZH: "不在可选范围内。", EN: "Not one of the allowed values."}},
	{validation.MsgExpectedRFC3339DateTime, "invalid_time", fault.Text{ZH: "时间格式应为 RFC 3339。", EN: "Not an RFC 3339 time."}},
	{validation.MsgExpectedRFC3339Date, "invalid_date", fault.Text{ZH: "日期格式应为 2006-01-02。", EN: "Not a date like 2006-01-02."}},
	{"invalid date/time", "invalid_time", fault.Text{ZH: "时间格式应为 RFC 3339。", EN: "Not an RFC 3339 time."}},
	{validation.MsgExpectedRFC4122UUID, "invalid_id", fault.Text{ZH: "编号格式不正确。", EN: "Not a valid id."}},
	{validation.MsgExpectedNotMatchSchema, "invalid_id", fault.Text{ZH: "编号格式不正确。", EN: "Not a valid id."}}, // only ids forbid a value
	{"invalid_id", "invalid_id", fault.Text{ZH: "编号格式不正确。", EN: "Not a valid id."}},
	{validation.MsgExpectedMatchPattern, "invalid_format", fault.Text{ZH: "格式不正确。", EN: "Not in the expected form."}},
	{validation.MsgExpectedBePattern, "invalid_format", fault.Text{ZH: "格式不正确。", EN: "Not in the expected form."}},
	{validation.MsgExpectedArrayItemsUnique, "repeated", fault.Text{ZH: "有重复。", EN: "Has repeats."}},
	{validation.MsgExpectedInteger, "wrong_type", fault.Text{ZH: "应为整数。", EN: "Must be a whole number."}},
	{validation.MsgExpectedNumber, "wrong_type", fault.Text{ZH: "应为数字。", EN: "Must be a number."}},
	{validation.MsgExpectedBoolean, "wrong_type", fault.Text{ZH: "应为 true 或 false。", EN: "Must be true or false."}},
	{validation.MsgExpectedArray, "wrong_type", fault.Text{ZH: "应为数组。", EN: "Must be a list."}},
	{validation.MsgExpectedObject, "wrong_type", fault.Text{ZH: "应为对象。", EN: "Must be an object."}},
	{validation.MsgExpectedString, "wrong_type", fault.Text{ZH: "应为文字。", EN: "Must be text."}},
	{"invalid integer", "wrong_type", fault.Text{ZH: "应为整数。", EN: "Must be a whole number."}},
	{"invalid boolean", "wrong_type", fault.Text{ZH: "应为 true 或 false。", EN: "Must be true or false."}},
}
