package board

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"jinlin/model/fault"
)

// giveaway is a kind of thing that tells who or where somebody is.
type giveaway struct {
	code string
	text fault.Text
	find *regexp.Regexp
}

// submitter is what only the submitter's own data tells.
var submitter = giveaway{code: "names_submitter", text: fault.Text{ZH: "含有提交人的姓名、住址或其他个人信息。", EN: "It has a name, an address or something else of the submitter's."}}

// gap is what may stand between the digits of a number that is broken into groups; wide is anything
// but what parts the numbers of a list, for numbers that have a form of their own.
const (
	gap  = `[ \t.·•_*~\-]{0,3}`
	wide = `[^\pL0-9,，、;；:：]{0,3}`
)

var giveaways = []giveaway{
	{
		"mail_address",
		fault.Text{ZH: "含有电子邮箱。", EN: "It has an address of e-mail."},
		regexp.MustCompile(`[0-9A-Za-z._%+\-]+@[0-9A-Za-z\-]+\.[A-Za-z]`),
	},
	{
		"account_name",
		fault.Text{ZH: "含有微信号等账号。", EN: "It has the name of an account, as in WeChat."},
		regexp.MustCompile(`([微薇威徽V][ ]?信|WEIXIN|WECHAT|QQ|(^|[^A-Z])[VW]X|[加+][微薇威V]|(^|[^小])[微薇威][ ]?[:：])[^\pL0-9]{0,3}(是|号|号是|为|账号|帐号|ID)?[^\pL0-9]{0,3}[A-Z][0-9A-Z_\-]{5,19}`),
	},
	{
		"number_plate",
		fault.Text{ZH: "含有车牌号。", EN: "It has a number plate."},
		regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][ ·.\-]?[0-9A-Z]{5,6}`),
	},
	{
		"phone_number",
		fault.Text{ZH: "含有电话号码。", EN: "It has a telephone number."},
		regexp.MustCompile(`(^|[^0-9])(1` + wide + `[3-9](` + wide + `[0-9]){9}|0[0-9]{2,3}[ \-)]{0,2}[2-9][0-9]{6,7})([^0-9]|$)`),
	},
	{
		"id_number",
		fault.Text{ZH: "含有身份证号。", EN: "It has an identity number."},
		regexp.MustCompile(`[1-9](` + wide + `[0-9]){16}` + wide + `[0-9X]`),
	},
	{
		"door_number",
		fault.Text{ZH: "含有门牌号或房号。", EN: "It has a door number."},
		regexp.MustCompile(`[0-9]([ ]?[0-9]){2,3}[ ]?(室|房([^屋产价源]|$)|号房|号门|业主|住户)|百[零十0-9]{0,3}(室|房)|单元[ ]?[0-9]{2,4}([^0-9]|$)|` +
			`(^|[^0-9])[0-9]{1,3}(号楼|栋|幢|#)[ ]?[0-9]{3,4}([^0-9]|$)|(^|[^0-9])[0-9]{1,3}-[0-9]{1,2}-[0-9]{2,4}([^0-9]|$)`),
	},
	{
		"long_number",
		fault.Text{ZH: "含有一长串数字。", EN: "It has a long number."},
		regexp.MustCompile(`[0-9](` + gap + `[0-9]){6,}`),
	},
}

// dates are long numbers that tell nothing.
var dates = regexp.MustCompile(`(19|20)[0-9]{2}[\-/.年][ ]?(1[0-2]|0?[1-9])[\-/.月][ ]?(3[01]|[12][0-9]|0?[1-9])日?([ T]*[0-2]?[0-9][:：][0-5][0-9](:[0-5][0-9])?)?`)

// identifying are the kinds of things in a text that may tell who or where somebody is.
// Numbers are found full-width, in Chinese characters and with blanks between their digits;
// which number it is does not matter, so of several kinds that fit one is enough.
func identifying(text string) (found []giveaway) {
	plain := dates.ReplaceAllLiteralString(plainDigits(text), "〔日期〕")
	for _, g := range giveaways {
		if g.find.MatchString(plain) {
			found = append(found, g)
			plain = g.find.ReplaceAllLiteralString(plain, "〔〕")
		}
	}
	return found
}

// plainDigits writes all ways of writing digits and letters in one: full-width, raised, in circles, in
// other scripts, in Chinese characters, and with marks on them.
func plainDigits(text string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r == '—' || r == '–' || r == '‐':
			return '-'
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf): // drawn upon what stands before, or seen by nobody
			return -1
		case unicode.IsDigit(r):
			return '0' + digitOf(r)
		}
		if digit, ok := chineseDigits[r]; ok {
			return digit
		}
		return r
	}, norm.NFKC.String(text)))
}

// digitOf is the value of a digit of any script: each has its ten in a row.
func digitOf(r rune) (value rune) {
	for unicode.IsDigit(r - value - 1) {
		value++
	}
	return value % 10
}

var chineseDigits = map[rune]rune{
	'〇': '0', '零': '0', '一': '1', '二': '2', '三': '3', '四': '4', '五': '5', '六': '6', '七': '7', '八': '8', '九': '9', '幺': '1', '两': '2',
	'壹': '1', '贰': '2', '叁': '3', '肆': '4', '伍': '5', '陆': '6', '柒': '7', '捌': '8', '玖': '9',
}
