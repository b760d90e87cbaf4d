package imports

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/plaintext"
	"jinlin/service/access"
	"jinlin/service/sheet"
)

// What can be wrong with a line, or one of its cells.
var (
	ErrRequired = lineFault("cell_required", "必填项为空。", "This cell must be filled in.")
	ErrLong     = lineFault("cell_too_long", "内容过长。", "This text is too long.")
	ErrBroken   = lineFault("cell_broken", "含有无法识别的字符，请检查文件编码。", "There are characters that cannot be read. Check the file's encoding.")
	ErrActive   = lineFault("cell_formula", "不能以 = + - @ 等公式符号开头。", "A text must not begin like a formula.")
	ErrPhone    = lineFault("cell_not_phone", "不是有效的电话号码。", "This is no phone number.")
	ErrMobile   = lineFault("cell_not_mobile", "不是有效的手机号。", "This is no mobile number.")
	ErrDate     = lineFault("cell_not_date", "日期应写成 2006-01-02。", "Write a date like 2006-01-02.")
	ErrFuture   = lineFault("cell_date_future", "日期不能晚于今天。", "The date must not be after today.")
	ErrChoice   = lineFault("cell_not_allowed", "不在可选范围内，请见模板的填写说明。", "This is not one of the words that may stand here.")
	ErrRepeated = lineFault("line_repeated", "与文件中另一行重复。", "Another line of the file is the same.")
	ErrUnknown  = lineFault("unit_unknown", "没有找到这个单位。", "There is no such unit.")
	ErrTwo      = lineFault("unit_ambiguous", "有多个同名单位，请写成“上级/名称”。", "Several units have this name. Write it as parent/name.")
	ErrOutside  = lineFault("unit_out_of_scope", "不在本次导入的管辖范围内。", "This lies outside the unit of this import.")
	ErrLed      = lineFault("unit_led_already", "已由其他单位领导或覆盖。", "Another unit leads or covers this already.")
)

// lineFaults are they by code.
var lineFaults = map[string]*fault.Error{}

func lineFault(code, zh, en string) *fault.Error {
	f := fault.Define(fault.Invalid, code, zh, en)
	lineFaults[code] = f
	return f
}

// lineFaultsToo lets faults of other packages be what is wrong with a line.
func lineFaultsToo(faults ...*fault.Error) bool {
	for _, f := range faults {
		lineFaults[f.Code] = f
	}
	return true
}

// kind is a sort of import.
type kind struct {
	title   string
	action  access.Action // what whoever sends one must be allowed
	columns []column
	key     []int // the columns that together name a line
	endable bool  // whether what a file lacks may end
	begin   func(p *pass, t *tree) worker
}

// column is a column of a file.
type column struct {
	name     string
	also     []string // other words for it
	required bool
	most     int // letters; 0 means 64
	plain    func(string) (string, *fault.Error)
	past     bool // a date that must not be after today
	mask     func(string) string
	note     string
	example  string
}

// exampleMark begins the example line of a template, which is passed over.
const exampleMark = "示例"

// is says whether a header names the column. Stars and remarks in brackets are no matter.
func (c column) is(header string) bool {
	return slices.Contains(append([]string{c.name}, c.also...), plainHeader(header))
}

func plainHeader(header string) string {
	for _, open := range []string{"(", "（", "【", "["} {
		header, _, _ = strings.Cut(header, open)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("*＊：:", r) {
			return -1
		}
		return r
	}, header)
}

// read brings a cell to its plain form.
func (c column) read(text string, today model.Date) (string, *fault.Error) {
	plain, wrong := c.plainly(text)
	if wrong == nil && c.past && plain > string(today) {
		wrong = ErrFuture
	}
	return plain, wrong
}

func (c column) plainly(text string) (string, *fault.Error) {
	most := c.most
	if most == 0 {
		most = 64
	}
	switch {
	case text == "" && c.required:
		return "", ErrRequired
	case text == "":
		return "", nil
	case plaintext.Problem("", text) != nil, strings.ContainsFunc(text, unicode.IsControl): // a cell has one line
		return "", ErrBroken
	case utf8.RuneCountInString(text) > most:
		return "", ErrLong
	}
	if c.plain != nil {
		return c.plain(text)
	}
	if sheet.Inert(text) != text {
		return "", ErrActive
	}
	return text, nil
}

// knows says whether a row is this kind's header: at least two of its columns, and no fewer
// than half of those it requires.
func (k *kind) knows(cells []string) bool {
	all, required, wanted := 0, 0, 0
	for _, c := range k.columns {
		there := slices.ContainsFunc(cells, c.is)
		if there {
			all++
		}
		if c.required {
			wanted++
			if there {
				required++
			}
		}
	}
	return all >= 2 && 2*required >= wanted
}

// keyOf names a line within its file.
func (k *kind) keyOf(l line) string {
	var key []string
	for _, i := range k.key {
		key = append(key, l.Cells[i])
	}
	return strings.Join(key, "\x00")
}

// masked shows cells by the names of their columns.
func (k *kind) masked(cells []string) map[string]string {
	if cells == nil {
		return nil
	}
	shown := map[string]string{}
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		if mask := k.columns[i].mask; mask != nil {
			cell = mask(cell)
		}
		shown[k.columns[i].name] = cell
	}
	return shown
}

func hidden(string) string { return "***" }

// mobile is a mobile number of mainland China. Spreadsheets may have made a number of it.
func mobile(text string) (string, *fault.Error) {
	plain, ok := model.PlainPhone(whole(text))
	if !ok {
		return "", ErrMobile
	}
	return plain, nil
}

// phone is a mobile number or one of a landline.
func phone(text string) (string, *fault.Error) {
	if plain, err := mobile(text); err == nil {
		return plain, nil
	}
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()（）—", r) {
			return -1
		}
		return r
	}, text)
	if len(digits) < 5 || len(digits) > 12 || strings.Trim(digits, "0123456789") != "" {
		return "", ErrPhone
	}
	return strings.Trim(text, " "), nil
}

// whole writes a number out that a spreadsheet wrote with an exponent or a point.
func whole(text string) string {
	if n, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, ".eE") && n > 0 && n < 1e15 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return text
}

var dateForms = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}

// date is a day, also in the other forms that offices write, and as the number of days that
// a spreadsheet keeps.
func date(text string) (string, *fault.Error) {
	text, _, _ = strings.Cut(text, " ") // a time of day
	for _, form := range dateForms {
		if day, err := time.Parse(form, text); err == nil && day.Year() > 1900 && day.Year() < 2100 {
			return day.Format(time.DateOnly), nil
		}
	}
	if days, err := strconv.ParseFloat(text, 64); err == nil && days >= 367 && days < 73050 {
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)).Format(time.DateOnly), nil
	}
	return "", ErrDate
}

// place is a stairwell or a room in plain form.
func place(text string) (string, *fault.Error) {
	plain := model.PlainPlace(whole(text))
	if plain == "" || utf8.RuneCountInString(plain) > 16 {
		return "", ErrLong
	}
	if sheet.Inert(plain) != plain {
		return "", ErrActive
	}
	return plain, nil
}

// choice takes one of the words and gives what stands for it.
func choice(words map[string]string) func(string) (string, *fault.Error) {
	return func(text string) (string, *fault.Error) {
		if slug, ok := words[text]; ok {
			return slug, nil
		}
		return "", ErrChoice
	}
}
