package demo

// Persona is somebody of the demo county whom a visitor can be: the sandbox signs them
// in by name.
type Persona struct {
	Name     string // as in "resident-wang"
	Display  string // who that is, in plain Chinese
	Nickname string // what their account is called
}

// Personas are the people whose roles and homes the documentation promises.
func Personas() []Persona {
	return []Persona{
		{"clerk-county", "县委组织部 干事", "组织部小梁"},
		{"town-jinchang", "晋昌镇党委 委员", "晋昌镇老胡"},
		{"worker-nancheng", "南城社区 社区工作者", "南城社区小齐"},
		{"grid-hongqiao", "虹桥小区 网格员", "邢文静"},
		{"secretary-hongqiao", "虹桥小区 支部书记", "郭志强"},
		{"secretary-tianyue", "天悦华庭 支部书记", "樊秀英"},
		{"shop-hongqiao", "爱心积分超市 店员", "虹桥超市"},
		{"officer-housing", "县住建局 工作人员", "住建局小康"},
		{"auditor", "审计员", "审计员"},
		{"resident-wang", "虹桥小区居民 王女士", "王女士"},
		{"resident-li", "虹桥小区居民 李师傅", "李师傅"},
		{"resident-zhao", "天悦华庭居民 赵女士", "赵女士"},
		{"courier-chen", "快递员 小陈", "小陈"},
	}
}
