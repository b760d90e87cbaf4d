package model

import (
	"slices"
	"time"

	"jinlin/model/fault"
)

// Purpose is what somebody's data is used for, as far as that needs their consent.
type Purpose string

// The purposes.
const (
	PurposeAccount    Purpose = "account"    // an account at all
	PurposePhone      Purpose = "phone"      // the mobile number
	PurposeResidence  Purpose = "residence"  // where somebody lives
	PurposeEmployment Purpose = "employment" // where somebody of a new-employment group works
	PurposeChildren   Purpose = "children"   // children under fourteen, by their guardian
	PurposeCompanions Purpose = "companions" // who comes along to an activity, children too, and what they answer
)

// ConsentText is what people agree to. Whoever changes what a text promises gives it the
// next version: a consent to an older one does not carry over.
type ConsentText struct {
	Purpose     Purpose
	Version     int
	Sensitive   bool // needs a consent of its own before the first such data is written
	Title, Text fault.Text
}

// ConsentTexts are the texts in force, in the order in which they are shown.
var ConsentTexts = []ConsentText{
	{
		Purpose: PurposeAccount, Version: 1,
		Title: fault.Text{ZH: "账号与基本服务", EN: "Your account"},
		Text: fault.Text{
			ZH: "我们使用微信为您生成的标识和您填写的昵称建立账号，用于登录、提交诉求、报名活动、记录爱心积分和向您发送通知。不同意或撤回同意，可以注销账号，注销后数据将被删除。",
			EN: "We keep the identifier WeChat makes for you and the nickname you choose, to sign you in, take your requests and sign-ups, keep your love-points and send you notices. To take this back, close your account; the data is deleted then.",
		},
	},
	{
		Purpose: PurposePhone, Version: 1,
		Title: fault.Text{ZH: "手机号", EN: "Your mobile number"},
		Text: fault.Text{
			ZH: "您授权后，微信向我们提供您的手机号。我们加密保存，用于核对居民名册和在办理诉求时与您联系；工作人员只看到掩码，查看完整号码须说明理由并留下记录。撤回同意后立即删除。",
			EN: "WeChat gives us your number when you allow it. We keep it encrypted, to find you on the roster of residents and to reach you about your requests. Staff see it masked; a look at the whole number needs a reason and is recorded. It is deleted when you take this back.",
		},
	},
	{
		Purpose: PurposeResidence, Version: 1,
		Title: fault.Text{ZH: "住址", EN: "Where you live"},
		Text: fault.Text{
			ZH: "您登记的楼栋、单元、房号和与房屋的关系，用于确认您是本小区居民、把诉求分派给负责的网格和支部。撤回同意后删除，您不再具有已认证居民的资格。",
			EN: "Building, stairwell, room and your relation to it tell that you live in the estate and who is responsible for your requests. They are deleted when you take this back, and you are no verified resident any more.",
		},
	},
	{
		Purpose: PurposeEmployment, Version: 1,
		Title: fault.Text{ZH: "新就业群体登记", EN: "Where you work"},
		Text: fault.Text{
			ZH: "快递员、外卖配送员、网约车和货车司机等登记的群体类别、工作区域和所属平台，用于确认您在该区域工作、向您提供该区域的服务和活动。只有该区域的工作人员能看到。撤回同意后一分钟内删除，您不再具有该区域的资格。",
			EN: "Your group (courier, driver and others), the area you work in and the platform you work for tell that the area's services and activities are for you too. Staff of the area see them. They are deleted within a minute after you take this back, and the area's offers are closed to you.",
		},
	},
	{
		Purpose: PurposeCompanions, Version: 1, Sensitive: true,
		Title: fault.Text{ZH: "同行人与报名问答（含不满十四周岁的儿童）", EN: "Who comes along, and your answers (children under 14 too)"},
		Text: fault.Text{
			ZH: "您为同行人填写的姓名、与您的关系、出生年份，以及对活动问题的回答，可能包含健康状况和儿童信息，属于敏感个人信息。我们加密保存，只有该活动的组织者能看到，仅用于组织该活动。填写他人信息请先征得本人同意，儿童信息须由监护人填写。撤回同意后一分钟内删除，报名仍然有效。",
			EN: "Names, relation and birth year of those you bring, and your answers to the organisers' questions, may tell of health and of children, and are sensitive. We keep them encrypted, for the organisers of that activity only. Ask the others first; only a guardian may enter a child. They are deleted within a minute after you take this back, and the sign-up stays.",
		},
	},
	{
		Purpose: PurposeChildren, Version: 1, Sensitive: true,
		Title: fault.Text{ZH: "不满十四周岁儿童的个人信息（监护人专门同意）", EN: "Children under fourteen (a guardian's own consent)"},
		Text: fault.Text{
			ZH: "您作为监护人为不满十四周岁的儿童登记的姓名、出生年月、您与儿童的关系、紧急联系人和可接送人，属于敏感个人信息，仅用于儿童参加服务站活动时的照看、联系和接送。我们加密保存，儿童不会有账号，也不用于其他目的。填写他人的姓名和电话请先征得其同意。您可以随时查看、更正、删除，删除立即生效；撤回同意后一分钟内全部删除；儿童年满十四周岁后自动删除，由本人自行决定。",
			EN: "Name, month of birth, your relation to the child, an emergency contact and who may collect it are sensitive. You give them as its guardian, and they serve only to look after the child at a station, to reach you and to hand it over. We keep them encrypted; a child has no account, and nothing else is done with them. Ask the people whose numbers you give. You can see, correct and delete them at any time, at once; they are deleted within a minute after you take this back, and when the child is fourteen, who then decides alone.",
		},
	},
}

// ConsentTextOf is the text in force for a purpose.
func ConsentTextOf(p Purpose) (ConsentText, bool) {
	i := slices.IndexFunc(ConsentTexts, func(t ConsentText) bool { return t.Purpose == p })
	if i < 0 {
		return ConsentText{}, false
	}
	return ConsentTexts[i], true
}

// ConsentChannel is how a consent was given or taken back.
type ConsentChannel string

// The channels.
const (
	ConsentInApp  ConsentChannel = "app"
	ConsentOnForm ConsentChannel = "form"   // by filling in a form that shows the text
	ConsentWeChat ConsentChannel = "wechat" // in WeChat's settings
)

// Consent is one answer to one version of a text. Rows are only ever added: the latest of a
// person and purpose is the one that counts.
type Consent struct {
	ID      ID[Consent]    `data:"none"`
	UserID  UserID         `data:"none"`
	Purpose Purpose        `data:"none"`
	Version int            `data:"none"`
	Given   bool           `data:"none"` // false: taken back
	Channel ConsentChannel `data:"none"`
	At      time.Time      `data:"none"`
}

// InForce says whether it allows what the present text describes.
func (c Consent) InForce() bool {
	text, known := ConsentTextOf(c.Purpose)
	return known && c.Given && c.Version == text.Version
}

// Consenting is an entity that can hold sensitive data of a person. The store writes such a
// row only while that person's consent is in force.
type Consenting interface {
	// NeedsConsent says whose consent to what the row needs; no purpose when it holds nothing
	// sensitive.
	NeedsConsent() (UserID, Purpose)
}

// Grounds are the sensitive columns that need no consent, and why.
var Grounds = map[string]string{
	"sessions.token_hash":       "a secret of ours, not information about a person",
	"login_codes.code_hash":     "a secret of ours, not information about a person",
	"desk_logins.secret_hash":   "a secret of ours, not information about a person",
	"stairwells.door_code_hash": "a secret of a place",
	"redemptions.code_hash":     "a secret of ours, not information about a person",
	"redemptions.code_sealed":   "a secret of ours, not information about a person",
	"once_records.result":       "an answer its receiver has seen, sealed and gone after two days",
	"roster_entries.member":     "the Party's register of its members, kept in its own duty; basis party_roster",
}
