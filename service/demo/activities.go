package demo

// event is an activity around the load: to past ones people came, coming ones have
// sign-ups.
type event struct {
	estate      string
	days        int // from the day of the load: −3 was three days ago, 2 is in two days
	hour, hours int
	capacity    int
	points      int
	people      int // who sign up; more than capacity fill the waiting list
	absent      int // who sign up and do not come, or withdraw before it begins
	fate        eventFate
	title       string
	place       string
	description string
}

type eventFate int

const (
	takesPlace eventFate = iota
	stillDraft
	calledOff
)

var events = []event{
	{hongqiao, -6, 9, 2, 20, 10, 14, 2, takesPlace, "先锋队补路面", "虹桥小区南门", "铁锹和手套由服务站提供，穿旧鞋来。"},
	{hongqiao, -4, 15, 2, 12, 8, 10, 1, takesPlace, "图书上架志愿服务", "虹桥小区党群服务站阅览区", "给新到的图书贴标签、上架。"},
	{hongqiao, -2, 19, 2, 30, 5, 12, 2, takesPlace, "楼道灯大排查", "虹桥小区各单元", "两人一组，查灯、记单元号。"},
	{tianyue, -5, 10, 2, 20, 10, 9, 1, takesPlace, "补种丁香", "天悦华庭东门", "带一双手套，苗木和水由施工方准备。"},
	{shengshi, -3, 9, 2, 30, 8, 12, 2, takesPlace, "高层逃生演练", "盛世华城二期1号楼", "听到警铃走楼梯下楼，消防员在每层指引。"},
	{oldCadres, -3, 14, 2, 20, 6, 8, 0, takesPlace, "童耆共庆包饺子", "老干部宿舍活动室", "和面、擀皮、包饺子，幼儿园小朋友一起来。"},
	{hongqiao, 1, 9, 2, 8, 10, 11, 1, takesPlace, "邻里义剪", "虹桥小区党群服务站", "两位理发师义务剪发，老人优先，名额满了可以候补。"},
	{hongqiao, 3, 19, 2, 40, 0, 9, 0, takesPlace, "党群议事会旁听", "虹桥小区党群服务站议事区", "议停车棚、二次供水、楼道灯三件事。"},
	{hongqiao, 5, 8, 3, 15, 12, 4, 0, takesPlace, "清理楼道杂物", "虹桥小区3至6号楼", "穿旧衣服，口罩手套由服务站提供。"},
	{hongqiao, 10, 14, 2, 20, 8, 0, 0, stillDraft, "冬至包饺子", "虹桥小区党群服务站", "（待定：面粉和馅由谁准备）"},
	{tianyue, 2, 10, 1, 25, 5, 6, 0, takesPlace, "儿童绘本会", "天悦华庭党群服务站", "三到八岁，家长陪同。"},
	{tianyue, 4, 9, 2, 10, 10, 3, 0, calledOff, "车库清洗", "天悦华庭地下车库", "与物业一起冲洗车库地面。"},
	{shengshi, 6, 9, 3, 40, 8, 7, 0, takesPlace, "急救培训：心肺复苏", "盛世华城二期安全实训基地", "理论一小时，实操两小时。"},
	{oldCadres, 4, 9, 2, 16, 5, 6, 0, takesPlace, "银龄课堂：手机挂号", "老干部宿舍活动室", "自带手机，志愿者一对一教。"},
	{dongchen, 7, 9, 2, 20, 8, 3, 0, takesPlace, "花池认领种花", "东辰小区花池", "花苗由支部准备，认领后自己浇水。"},
}
