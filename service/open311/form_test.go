package open311_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"jinlin/model/fault"
	"jinlin/model/plaintext"
	"jinlin/service/open311"
)

func TestAFormIsReadWhole(t *testing.T) {
	t.Parallel()
	form, err := open311.Parse([]byte(url.Values{
		"api_key": {"k"}, "service_code": {"safety"}, "description": {" 井盖丢了 "}, "address_string": {"虹桥小区东门"}, "lat": {"35.4907"}, "long": {"112.85"},
		"attribute[q2]": {"没有"}, "attribute[q1]": {"东门外"}, "phone": {"13912345678"}, "media_url": {"https://example.com/a.jpg"},
	}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form.Description != "井盖丢了" || form.Coordinates != "35.490700,112.850000" || len(form.Attributes) != 2 || form.Attributes[0].Value != "东门外" {
		t.Errorf("%+v", form)
	}
}

func TestWhatIsWrongWithAFormIsNamed(t *testing.T) {
	t.Parallel()
	right := url.Values{"service_code": {"safety"}, "description": {"井盖丢了"}, "address_string": {"虹桥小区"}}
	for path, change := range map[string]func(url.Values){
		"service_code":   func(v url.Values) { v.Del("service_code") },
		"description":    func(v url.Values) { v.Set("description", strings.Repeat("字", 1801)) },
		"address_id":     func(v url.Values) { v.Del("address_string") },
		"lat":            func(v url.Values) { v.Set("lat", "91"); v.Set("long", "1") },
		"long":           func(v url.Values) { v.Set("lat", "1"); v.Set("long", "NaN") },
		"media_url":      func(v url.Values) { v.Set("media_url", "javascript:alert(1)") },
		"status":         func(v url.Values) { v.Set("status", "closed") },
		"attribute[A-1]": func(v url.Values) { v.Set("attribute[A-1]", "x") },
		"email":          func(v url.Values) { v["email"] = []string{"a@b.c", "d@e.f"} },
		"first_name":     func(v url.Values) { v.Set("first_name", "a\x00b") },
		"last_name":      func(v url.Values) { v.Set("last_name", "\xff") },
		"address_string": func(v url.Values) { v.Set("address_string", "虹桥\u202e小区") },
		"attribute[q1]":  func(v url.Values) { v.Set("attribute[q1]", "\u200b井盖") },
	} {
		values := url.Values{}
		for k, v := range right {
			values[k] = v
		}
		change(values)
		_, err := open311.Parse([]byte(values.Encode()))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != "open311_invalid" || len(f.Fields) != 1 || f.Fields[0].Path != path {
			t.Errorf("%s: %v, %+v", path, err, f)
		}
	}
	if _, err := open311.Parse([]byte(right.Encode())); err != nil {
		t.Error(err)
	}
	right.Set("description", "\u2800\u3164") // nothing to see in it
	if _, err := open311.Parse([]byte(right.Encode())); !errors.Is(err, open311.ErrBadForm) {
		t.Error(err)
	}
	for _, body := range []string{"a=%zz", "a;b=c", strings.Repeat("a", open311.MaxForm+1), "", "<xml/>", `{"service_code":"safety"}`} {
		if _, err := open311.Parse([]byte(body)); !errors.Is(err, open311.ErrBadForm) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}

// FuzzParse holds that whatever is taken is bounded, is text, and has what a request needs.
func FuzzParse(f *testing.F) {
	f.Add([]byte("api_key=k&service_code=safety&description=%E4%BA%95%E7%9B%96&address_string=%E8%99%B9%E6%A1%A5&lat=1&long=-180"))
	f.Add([]byte("attribute[q1]=1&attribute[q1]=2&service_code=a&description=b&address_id=c"))
	f.Add([]byte("a=%zz&;=\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		form, err := open311.Parse(body)
		if err != nil {
			if !errors.Is(err, open311.ErrBadForm) {
				t.Errorf("%v", err)
			}
			return
		}
		if form.ServiceCode == "" || plaintext.Blank(form.Description) || form.AddressID == "" && form.AddressString == "" {
			t.Errorf("%+v", form)
		}
		for _, text := range []string{form.ServiceCode, form.Description, form.AddressID, form.AddressString, form.Coordinates, form.MediaURL} {
			if len([]rune(text)) > 1800 || plaintext.Problem("", text) != nil {
				t.Errorf("%q", text)
			}
		}
		for _, a := range form.Attributes {
			if a.Code == "" || len(a.Code) > 32 {
				t.Errorf("%+v", a)
			}
		}
	})
}
