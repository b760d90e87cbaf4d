package mailbox

import (
	"slices"

	"jinlin/model/fault"
)

// Question helps somebody to describe something. Answers are kept under its code, which so is
// never given to another question of the category.
type Question struct {
	Code string
	fault.Text
}

// Category is what a request is about, with the questions that help to describe it.
type Category struct {
	Code      string
	Name      fault.Text
	Questions []Question
}

func asked(code, zh, en string) Question { return Question{code, fault.Text{ZH: zh, EN: en}} }

var (
	where = asked("where", "具体在什么位置？", "Where exactly is it?")
	since = asked("since", "从什么时候开始的？", "Since when?")
	often = asked("often", "多久出现一次？", "How often does it happen?")
)

// categories are what residents choose from. A code that requests carry is never taken away.
var categories = []Category{
	{"property", fault.Text{ZH: "物业服务", EN: "Property management"}, []Question{
		asked("company", "涉及哪家物业公司？", "Which property company is it about?"), since,
	}},
	{"facilities", fault.Text{ZH: "公共设施维修", EN: "Repairs of shared facilities"}, []Question{
		where, asked("unsafe", "是否影响安全或出行？", "Does it make the place unsafe or hard to pass?"),
	}},
	{"sanitation", fault.Text{ZH: "环境卫生", EN: "Cleanliness"}, []Question{where, often}},
	{"safety", fault.Text{ZH: "安全隐患", EN: "Safety hazards"}, []Question{
		where, asked("danger", "现在是否有人受到威胁？", "Is anybody in danger now?"),
	}},
	{"parking", fault.Text{ZH: "停车与充电", EN: "Parking and charging"}, []Question{where, often}},
	{"utilities", fault.Text{ZH: "水电气暖", EN: "Water, power, gas and heating"}, []Question{
		since, asked("households", "有多少户受到影响？", "How many households are affected?"),
	}},
	{"neighbours", fault.Text{ZH: "邻里关系", EN: "Neighbours"}, []Question{often, asked("mediation", "是否愿意参加调解？", "Would you join a mediation?")}},
	{"care", fault.Text{ZH: "养老托幼助残", EN: "Care for the old, the young and the disabled"}, []Question{
		asked("who", "需要帮助的人是谁？", "Who needs help?"), asked("help", "希望得到什么帮助？", "What help is wanted?"),
	}},
	{"party", fault.Text{ZH: "党群服务", EN: "Party and community services"}, []Question{asked("service", "希望得到什么服务？", "Which service is wanted?")}},
	{"suggestion", fault.Text{ZH: "意见建议", EN: "Suggestions"}, []Question{asked("better", "您希望怎样改进？", "What should be better?")}},
	{"other", fault.Text{ZH: "其他", EN: "Something else"}, []Question{asked("brief", "请简要说明情况。", "Please describe it briefly.")}},
}

// Categories are what residents choose from, in the order in which to show them.
func (s *Service) Categories() []Category { return slices.Clone(categories) }

// questionsOf are those of a category; none of one that there is not.
func questionsOf(category string) []Question {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.Code == category })
	if i < 0 {
		return nil
	}
	return categories[i].Questions
}

func knownCategory(code string) bool {
	return slices.ContainsFunc(categories, func(c Category) bool { return c.Code == code })
}
