package demo

import "jinlin/model"

// piece is an article of the week before the load.
type piece struct {
	estate         string // whose branch wrote it; "" is the county
	daysAgo        int
	status         model.ArticleStatus // how far it has come
	title, summary string
	body           string // Markdown
}

var pieces = []piece{
	{
		"", 6, model.ArticlePublished, "小区服务，先从找得到人开始", "每个小区的支部书记、服务站地址和开放时间都能在小程序里查到。",
		"从今天起，在小程序里选择自己的小区，就能看到：\n\n- 支部书记是谁，电话多少\n- 党群服务站在哪里，几点开门\n- 今天是谁值班\n\n信息有误，请点“红色信箱”告诉我们，三天内更正。",
	},
	{
		"", 3, model.ArticlePublished, "冬季用气用电提醒", "一氧化碳看不见、闻不到，开窗三指宽就能救命。",
		"天冷了，请大家记住三件事：\n\n1. 燃气热水器和炉子用完关阀，睡前开一条窗缝。\n2. 电动车不进楼道，飞线充电最容易起火。\n3. 家有独居老人的，每天打一个电话。\n\n发现隐患请拨打小区服务站电话。",
	},
	{
		hongqiao, 6, model.ArticlePublished, "车棚选址，请您来投一票", "新增两处停车棚的选址意见征集到周日。",
		"先锋队量了院里四块空地，初选出两处：\n\n- 3号楼东侧，能停 40 辆\n- 8号楼北侧，能停 26 辆\n\n请在本周日前到服务站看图提意见。",
	},
	{
		hongqiao, 4, model.ArticlePublished, "路面坑洼补好了，请绕行两天", "5号楼到南门的路面已补，养护期间请走西侧。",
		"居民在红色信箱里反映的路面坑洼，本周已经补好。混凝土要养护两天，请开车的邻居从西侧通道走。感谢反映问题的王女士和夜里守路口的李师傅。",
	},
	{
		hongqiao, 2, model.ArticlePublished, "阅览区新到一百二十册书", "儿童绘本、养生和农技书都有，凭小程序借两周。",
		"共建单位捐来的书已经上架。开放时间与服务站相同。欢迎带孩子来，儿童区有志愿者照看。",
	},
	{
		hongqiao, 1, model.ArticlePublished, "本周党群议事会这样议", "停车棚、二次供水和楼道灯三件事，周五晚七点议。",
		"三件事都来自居民诉求清单。谁提的、谁来办、什么时候办完，会后在单元门口贴出来，也在这里公布。",
	},
	{
		hongqiao, 1, model.ArticleSubmitted, "银龄课堂下月课表", "书法、手机、八段锦，每周各一次。",
		"报名从下周一开始。腿脚不便的老人可以由家人代报，也可以打服务站电话。",
	},
	{hongqiao, 0, model.ArticleDraft, "先锋队招人", "会修水电的邻居，请来搭把手。", "（待补充联系人与分工）"},
	{
		tianyue, 5, model.ArticlePublished, "装修时间约定", "工作日八点前、十二点到两点半、晚七点后，请不要动工。",
		"新房集中装修，噪音是这一个月反映最多的事。支部和物业请业主代表一起商量，定了上面的时间。违反的由楼长上门提醒，三次以上请物业停工整改。",
	},
	{
		tianyue, 2, model.ArticlePublished, "绿化补种完成", "东门两侧补种油松十六棵、丁香三十丛。",
		"补种的苗木由施工方保活两年。请带宠物的邻居绕开新土。",
	},
	{
		tianyue, 1, model.ArticleSubmitted, "业主微信群公约（征求意见）", "少发广告，不传谣言，有事说事。",
		"公约草案一共六条，征求意见到本周末。您的意见可以写在红色信箱。",
	},
	{tianyue, 3, model.ArticleRejected, "物业满意度排名", "各楼栋物业满意度排名。", "一号楼第一，四号楼最后。"},
	{
		shengshi, 4, model.ArticlePublished, "高层逃生，走楼梯不坐电梯", "应急科普角每周六上午有消防员讲解。",
		"十八层以上的住户请记住：烟大不出门，湿布堵门缝，到窗口求救。灭火器和急救箱都可以上手练。",
	},
	{shengshi, 1, model.ArticleScheduled, "急救培训下周开课", "心肺复苏和海姆立克，学会了发证。", "名额四十人，学员自带水杯。培训由蓝天救援队志愿者授课。"},
	{
		oldCadres, 3, model.ArticlePublished, "和幼儿园的孩子一起包饺子", "童耆共庆活动照片请到服务站取。",
		"三十位老人和二十个孩子，包了六百个饺子。下一次活动是猜灯谜，想出题的老同志请到棋牌室登记。",
	},
	{
		dongchen, 5, model.ArticlePublished, "八百平方米路面硬化完工", "两个院子的路连上了，轮椅可以一直推到大门。",
		"工程从立项到完工四十天。验收那天，三百六十多户里来了不少人。剩下的花池由居民自己认领。",
	},
	{dongchen, 2, model.ArticleWithdrawn, "停水通知", "周三全天停水。", "接到自来水公司更正，停水改期，本通知撤回。"},
}
