package app

import "jinlin/service/wechat/sandbox"

// personas are the people of the demo county whom the sandbox knows from the start.
func personas() []sandbox.Persona {
	return []sandbox.Persona{
		{Name: "clerk-county", Display: "县委组织部 干事"},
		{Name: "town-jinchang", Display: "晋昌镇党委 委员"},
		{Name: "worker-nancheng", Display: "南城社区 社区工作者"},
		{Name: "grid-hongqiao", Display: "虹桥小区 网格员"},
		{Name: "secretary-hongqiao", Display: "虹桥小区 支部书记"},
		{Name: "secretary-tianyue", Display: "天悦华庭 支部书记"},
		{Name: "shop-hongqiao", Display: "爱心积分超市 店员"},
		{Name: "auditor", Display: "审计员"},
		{Name: "resident-wang", Display: "虹桥小区居民 王女士"},
		{Name: "resident-li", Display: "虹桥小区居民 李师傅"},
		{Name: "resident-zhao", Display: "天悦华庭居民 赵女士"},
		{Name: "courier-chen", Display: "快递员 小陈"},
	}
}
