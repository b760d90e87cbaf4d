package demo

import "jinlin/model"

// fate is what becomes of a request during the week.
type fate int

const (
	unread     fate = iota // nobody has looked at it
	accepted               // accepted by the branch
	dispatched             // given to the branch's team
	handling               // somebody is at it
	waiting                // paused for a reason
	replied                // answered, the resident has not said whether it helped
	fixed                  // answered and confirmed
	partly                 // answered, and only partly good
	notFixed               // answered, and reopened one level higher
	refused                // not ours to handle
	withdrawnByResident
)

// matter is a request of the week before the load.
type matter struct {
	persona  string // "" is the next neighbour
	estate   string
	daysAgo  int
	category string
	identity model.RequestIdentity
	fate     fate
	text     string
	reply    string
}

var matters = []matter{
	{
		"resident-wang", hongqiao, 6, "facilities", model.IdentityNamed, fixed, "5号楼到南门的路有好几个坑，晚上骑车摔过人，能不能补一补？",
		"先锋队和市政一起看过，坑洼共六处，已用混凝土补好，养护两天后通车。",
	},
	{"resident-wang", hongqiao, 1, "parking", model.IdentityNamed, handling, "车棚不够，电动车都停在单元门口，老人进出不方便。", ""},
	{
		"resident-li", hongqiao, 5, "sanitation", model.IdentityNamed, replied, "3号楼后面的垃圾桶满了两天没人收。",
		"已与环卫所约定每天早晚各收一次，并加了一个分类桶。请您看看是否按时。",
	},
	{"resident-li", hongqiao, 0, "utilities", model.IdentityNamed, unread, "今早六楼水压很小，热水器打不着火。", ""},
	{
		"resident-zhao", tianyue, 4, "neighbours", model.IdentityHidden, partly, "楼上装修中午也不停，孩子睡不了午觉。",
		"已上门提醒并张贴装修时间约定，请物业中午巡查。",
	},
	{"courier-chen", hongqiao, 3, "party", model.IdentityNamed, accepted, "快递柜在北门外，老人取件要绕一大圈，能不能在服务站设个代收点？", ""},
	{"", hongqiao, 6, "safety", model.IdentityNamed, fixed, "7号楼二单元楼道灯不亮，晚上看不见台阶。", "灯泡和声控开关都已换新，楼道另外三盏一并检查。"},
	{"", hongqiao, 5, "property", model.IdentityHidden, notFixed, "物业收了电梯维修费，电梯还是三天两头停。", "物业答复已更换门机，请再观察。"},
	{"", hongqiao, 2, "facilities", model.IdentityNamed, dispatched, "小区西门的路灯杆歪了，刮大风怕倒。", ""},
	{"", tianyue, 2, "facilities", model.IdentityNamed, waiting, "单元门的门禁坏了，进出只能敲一楼的门。", ""},
	{"", hongqiao, 2, "neighbours", model.IdentityHidden, handling, "隔壁在阳台养鸡，味道很大，说了也不听。", ""},
	{"", hongqiao, 2, "utilities", model.IdentityNamed, accepted, "暖气管道井漏水，墙皮掉了一片。", ""},
	{"", hongqiao, 1, "other", model.IdentityNamed, refused, "孩子想转到县直小学，请帮忙协调。", "入学由教育局按划片办理，支部不能受理，咨询电话在服务站公示栏。"},
	{"", tianyue, 6, "facilities", model.IdentityNamed, fixed, "东门的树死了一排，光秃秃的。", "施工方已补种油松十六棵、丁香三十丛，保活两年。"},
	{"", tianyue, 3, "parking", model.IdentityNamed, replied, "地下车库入口的栏杆老是抬不起来。", "道闸已重新调试，备件到货后更换电机。"},
	{"", tianyue, 1, "safety", model.IdentityNamed, accepted, "12号车位上方漏水，滴到车上。", ""},
	{"", tianyue, 8, "property", model.IdentityNamed, unread, "大门口公告栏的玻璃碎了，划手，一直没人管。", ""}, // nobody looked: see its cards
	{"", tianyue, 0, "party", model.IdentityNamed, unread, "服务站周末能不能开到晚上八点？", ""},
	{"", shengshi, 4, "safety", model.IdentityNamed, fixed, "二十层的消防通道堆了旧家具。", "已请业主当天清走，楼长每周查一次。"},
	{"", shengshi, 2, "parking", model.IdentityNamed, handling, "电动车充电桩只有四个，晚上有人从楼上拉线充电。", ""},
	{"", oldCadres, 5, "party", model.IdentityNamed, fixed, "下雨天老人没有地方下棋。", "已与幼儿园商定下午四点后共用活动室，添了四张棋牌桌。"},
	{"", oldCadres, 1, "care", model.IdentityNamed, accepted, "想学用手机挂号，有没有人教？", ""},
	{"", dongchen, 6, "facilities", model.IdentityNamed, fixed, "两个院子之间的台阶轮椅过不去。", "路面硬化时已改成缓坡，请您试一试。"},
	{"", dongchen, 3, "sanitation", model.IdentityNamed, withdrawnByResident, "西院下水道有味。", ""},
	{"", dongchen, 2, "neighbours", model.IdentityHidden, replied, "有人在花池里种菜浇粪，夏天招苍蝇。", "议事会商定花池统一认领种花，已与当事人谈妥。"},
}
