package mailbox

import (
	"slices"

	"jinlin/model/fault"
)

// Category is what a request is about, with the questions that help to describe it.
type Category struct {
	Code      string
	Name      fault.Text
	Questions []fault.Text
}

var (
	where = fault.Text{ZH: "具体在什么位置？", EN: "Where exactly is it?"}
	since = fault.Text{ZH: "从什么时候开始的？", EN: "Since when?"}
	often = fault.Text{ZH: "多久出现一次？", EN: "How often does it happen?"}
)

// categories are what residents choose from. A code that requests carry is never taken away.
var categories = []Category{
	{"property", fault.Text{ZH: "物业服务", EN: "Property management"}, []fault.Text{
		{ZH: "涉及哪家物业公司？", EN: "Which property company is it about?"}, since,
	}},
	{"facilities", fault.Text{ZH: "公共设施维修", EN: "Repairs of shared facilities"}, []fault.Text{
		where, {ZH: "是否影响安全或出行？", EN: "Does it make the place unsafe or hard to pass?"},
	}},
	{"sanitation", fault.Text{ZH: "环境卫生", EN: "Cleanliness"}, []fault.Text{where, often}},
	{"safety", fault.Text{ZH: "安全隐患", EN: "Safety hazards"}, []fault.Text{
		where, {ZH: "现在是否有人受到威胁？", EN: "Is anybody in danger now?"},
	}},
	{"parking", fault.Text{ZH: "停车与充电", EN: "Parking and charging"}, []fault.Text{where, often}},
	{"utilities", fault.Text{ZH: "水电气暖", EN: "Water, power, gas and heating"}, []fault.Text{
		since, {ZH: "有多少户受到影响？", EN: "How many households are affected?"},
	}},
	{"neighbours", fault.Text{ZH: "邻里关系", EN: "Neighbours"}, []fault.Text{often, {ZH: "是否愿意参加调解？", EN: "Would you join a mediation?"}}},
	{"care", fault.Text{ZH: "养老托幼助残", EN: "Care for the old, the young and the disabled"}, []fault.Text{
		{ZH: "需要帮助的人是谁？", EN: "Who needs help?"}, {ZH: "希望得到什么帮助？", EN: "What help is wanted?"},
	}},
	{"party", fault.Text{ZH: "党群服务", EN: "Party and community services"}, []fault.Text{{ZH: "希望得到什么服务？", EN: "Which service is wanted?"}}},
	{"suggestion", fault.Text{ZH: "意见建议", EN: "Suggestions"}, []fault.Text{{ZH: "您希望怎样改进？", EN: "What should be better?"}}},
	{"other", fault.Text{ZH: "其他", EN: "Something else"}, []fault.Text{{ZH: "请简要说明情况。", EN: "Please describe it briefly."}}},
}

// Categories are what residents choose from, in the order in which to show them.
func (s *Service) Categories() []Category { return slices.Clone(categories) }

func knownCategory(code string) bool {
	return slices.ContainsFunc(categories, func(c Category) bool { return c.Code == code })
}
