package sandbox

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
)

// Template is a subscribe message template as approved in WeChat's console.
type Template struct {
	ID       string              `json:"id"`
	Title    string              `json:"title,omitempty"`
	Fields   []string            `json:"fields"`            // keys in the order of the card: "thing1", "time2"
	Labels   map[string]string   `json:"labels,omitempty"`  // what the card prints before each value
	Options  map[string][]string `json:"options,omitempty"` // the listed values of each enum field
	LongTerm bool                `json:"longTerm"`
}

// Label is what the card prints before the value of a field.
func (t Template) Label(field string) string {
	if label := t.Labels[field]; label != "" {
		return label
	}
	return field
}

// firstTemplates are those every sandbox starts with.
func firstTemplates() []Template {
	return []Template{
		oneTime("reply", "诉求办理进度", "thing1", "事项", "phrase2", "办理状态", "time3", "时间"),
		oneTime("news", "党建动态", "thing1", "标题", "thing2", "摘要", "date3", "日期"),
		oneTime("place_offered", "候补名额通知", "thing1", "活动", "time2", "请在此前确认"),
		oneTime("reminder", "活动提醒", "thing1", "活动", "time2", "时间", "thing3", "地点"),
		oneTime("redemption", "积分兑换通知", "thing1", "物品", "character_string2", "取货码", "date3", "有效期至"),
	}
}

func oneTime(id, title string, fieldsAndLabels ...string) Template {
	t := Template{ID: id, Title: title, Labels: map[string]string{}}
	for pair := range slices.Chunk(fieldsAndLabels, 2) {
		t.Fields = append(t.Fields, pair[0])
		t.Labels[pair[0]] = pair[1]
	}
	return t
}

var templateID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// check refuses what WeChat's console would not let anybody define.
func (t Template) check() error {
	if !templateID.MatchString(t.ID) {
		return invalid("id", "a template id is 1 to 64 letters, digits, - or _")
	}
	if len(t.Fields) == 0 || len(t.Fields) > 10 {
		return invalid("fields", "a template has 1 to 10 fields")
	}
	for i, field := range t.Fields {
		if !knownField(field) {
			return invalid("fields", "a field is a type of WeChat and a number, such as thing1")
		}
		if slices.Contains(t.Fields[:i], field) {
			return invalid("fields", "a field is listed twice")
		}
		if fieldType(field) == "enum" && len(t.Options[field]) == 0 {
			return invalid("options", "an enum field needs its listed values")
		}
	}
	return nil
}

// card checks the data of a message and returns what the card shows. A fault
// names the field, in the words of WeChat.
func (t Template) card(data map[string]any) (map[string]Value, error) {
	shown := make(map[string]Value, len(t.Fields))
	for _, field := range t.Fields {
		value, err := valueOf(data[field])
		if err != nil {
			return nil, err
		}
		if value == "" {
			return nil, refuse(47003, "data."+field+".value is empty")
		}
		if !t.accepts(field, value) {
			return nil, refuse(47003, "data."+field+".value invalid")
		}
		shown[field] = Value{value}
	}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if !slices.Contains(t.Fields, key) {
			return nil, refuse(47003, "data."+key+" invalid")
		}
	}
	return shown, nil
}

// valueOf digs the text out of {"value": "…"}; a missing key is an empty text.
func valueOf(entry any) (string, error) {
	if entry == nil {
		return "", nil
	}
	object, ok := entry.(map[string]any)
	if !ok {
		return "", refuse(47001)
	}
	switch value := object["value"].(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	default:
		return "", refuse(47001)
	}
}

// allTemplates is all templates: those of the first day, then the others by id.
func (w *world) allTemplates() []Template {
	var all []Template
	for _, t := range firstTemplates() {
		all = append(all, w.templates[t.ID])
	}
	for _, id := range slices.Sorted(maps.Keys(w.templates)) {
		if !slices.ContainsFunc(all, func(t Template) bool { return t.ID == id }) {
			all = append(all, w.templates[id])
		}
	}
	return all
}

// changedTemplates leaves out those that are as they were on the first day, so
// that a later version of the sandbox may improve them.
func (w *world) changedTemplates() []Template {
	first := map[string]Template{}
	for _, t := range firstTemplates() {
		first[t.ID] = t
	}
	return slices.DeleteFunc(w.allTemplates(), func(t Template) bool { return reflect.DeepEqual(t, first[t.ID]) })
}
