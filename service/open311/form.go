package open311

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jinlin/model/fault"
	"jinlin/model/plaintext"
	"jinlin/service/mailbox"
)

// Form is what a client submits.
type Form struct {
	APIKey        string
	Jurisdiction  string
	ServiceCode   string
	Description   string
	AddressID     string
	AddressString string
	Coordinates   string // as in 35.490712,112.851230; "" for none
	MediaURL      string
	Attributes    []Attribute // in order of their codes
}

// Attribute answers one of a service's questions.
type Attribute struct{ Code, Value string }

// MaxForm is the most bytes that are parsed.
const MaxForm = 64 << 10

// limits are the parameters that the standard has, with the most characters each may have.
// Whatever is not kept is checked all the same.
var limits = map[string]int{
	"api_key": 128, "jurisdiction_id": 64, "service_code": 32, "lat": 32, "long": 32, "address_string": 150, "address_id": 36,
	"email": 254, "device_id": 128, "account_id": 128, "first_name": 64, "last_name": 64, "phone": 32, "description": 1800, "media_url": 500,
}

// Parse reads a form, strictly: a parameter that the standard does not have, one given twice,
// text that is not UTF-8 or has control characters, and numbers out of their range are refused,
// each by name. Fault: open311_invalid.
func Parse(body []byte) (Form, error) {
	if len(body) > MaxForm {
		return Form{}, bad("body", "提交的内容过长。", "The form is too long.")
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return Form{}, bad("body", "须为 application/x-www-form-urlencoded 格式。", "The form is not application/x-www-form-urlencoded.")
	}
	var f Form
	var fields []fault.Field
	text := func(name string) string {
		if len(values[name]) == 0 {
			return ""
		}
		return strings.TrimSpace(values[name][0])
	}
	for name, given := range values {
		if problem := judge(name, given); problem != nil {
			fields = append(fields, *problem)
		} else if code, is := attributeCode(name); is {
			f.Attributes = append(f.Attributes, Attribute{Code: code, Value: strings.TrimSpace(given[0])})
		}
	}
	f.APIKey, f.Jurisdiction, f.ServiceCode = text("api_key"), text("jurisdiction_id"), text("service_code")
	f.Description, f.AddressID, f.AddressString, f.MediaURL = text("description"), text("address_id"), text("address_string"), text("media_url")
	f.Coordinates, fields = coordinates(text("lat"), text("long"), fields)
	fields = append(fields, missing(f)...)
	if len(fields) > 0 {
		slices.SortFunc(fields, func(a, b fault.Field) int { return strings.Compare(a.Path, b.Path) })
		return Form{}, ErrBadForm.WithFields(fields...)
	}
	slices.SortFunc(f.Attributes, func(a, b Attribute) int { return strings.Compare(a.Code, b.Code) })
	return f, nil
}

// judge looks at one parameter by itself.
func judge(name string, given []string) *fault.Field {
	_, attribute := attributeCode(name)
	limit, known := limits[name]
	if attribute {
		limit, known = mailbox.MaxAnswer, true
	}
	switch {
	case !known:
		return wrong(shown(name), "unknown", "标准中没有这个参数。", "The standard has no such parameter.")
	case len(given) != 1:
		return wrong(name, "repeated", "参数重复。", "The parameter is given more than once.")
	case utf8.RuneCountInString(given[0]) > limit:
		return wrong(name, "too_long", fmt.Sprintf("最多 %d 个字符。", limit), fmt.Sprintf("At most %d characters.", limit))
	case name == "media_url" && given[0] != "" && !webAddress(given[0]):
		return wrong(name, "invalid", "须为 https 网址。", "It must be an https address.")
	}
	return plaintext.Problem(name, given[0])
}

// shown is a client's word that may be said back: short and plain.
func shown(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= '!' && r <= '~' {
			return r
		}
		return '?'
	}, name)
	return plain[:min(len(plain), 32)]
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// attributeCode is the code in attribute[code].
func attributeCode(name string) (string, bool) {
	inner, found := strings.CutPrefix(name, "attribute[")
	if !found {
		return "", false
	}
	code, found := strings.CutSuffix(inner, "]")
	plain := !strings.ContainsFunc(code, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' })
	return code, found && code != "" && len(code) <= 32 && plain
}

// coordinates are both or neither.
func coordinates(lat, long string, fields []fault.Field) (string, []fault.Field) {
	if lat == "" && long == "" {
		return "", fields
	}
	var parts []string
	for _, c := range []struct {
		name, text string
		most       float64
	}{{"lat", lat, 90}, {"long", long, 180}} {
		n, err := strconv.ParseFloat(c.text, 64)
		if err != nil || n != n || n < -c.most || n > c.most {
			fields = append(fields, *wrong(c.name, "invalid", "坐标不正确。", "It is not a coordinate."))
			continue
		}
		parts = append(parts, strconv.FormatFloat(n, 'f', 6, 64))
	}
	return strings.Join(parts, ","), fields
}

// missing are the parameters without which there is no request.
func missing(f Form) (fields []fault.Field) {
	if f.ServiceCode == "" {
		fields = append(fields, *wrong("service_code", "required", "缺少 service_code。", "A service_code is required."))
	}
	if plaintext.Blank(f.Description) {
		fields = append(fields, *wrong("description", "required", "缺少 description。", "A description is required."))
	}
	if f.AddressID == "" && plaintext.Blank(f.AddressString) {
		fields = append(fields, *wrong("address_id", "required", "请用 address_id 或 address_string 指明小区。", "Name the estate by address_id or address_string."))
	}
	return fields
}

func wrong(path, code, zh, en string) *fault.Field {
	return &fault.Field{Path: path, Code: code, Message: fault.Text{ZH: zh, EN: en}}
}

func bad(path, zh, en string) error { return ErrBadForm.WithFields(*wrong(path, "invalid", zh, en)) }
