package demo

// place is a community and how much of the county it holds. The article gives the sums
// (127 single branches, 32 joint ones, 52 stations, 27 grid workers) and some names; how
// they fall on communities is ours.
type place struct {
	town, community string
	single, joint   int
	stations        int
	gridWorkers     int
	named           []string // its single-branch estates that the article names
	joined          []string // its joint branch that the article names; two estates, as the article has it
}

var places = []place{
	{town: "晋昌镇", community: "南城社区", single: 14, joint: 3, stations: 6, gridWorkers: 3, named: []string{hongqiao}},
	{town: "晋昌镇", community: "昌平社区", single: 13, joint: 2, stations: 5, gridWorkers: 3, named: []string{tianyue}},
	{town: "晋昌镇", community: "康乐社区", single: 12, joint: 4, stations: 5, gridWorkers: 3, joined: []string{dongchen, "东辰西院"}},
	{town: "晋昌镇", community: "光明社区", single: 12, joint: 4, stations: 5, gridWorkers: 3, named: []string{oldCadres}},
	{town: "晋昌镇", community: "北城社区", single: 14, joint: 3, stations: 6, gridWorkers: 3, named: []string{shengshi}},
	{town: "晋昌镇", community: "东关社区", single: 10, joint: 4, stations: 4, gridWorkers: 2},
	{town: "晋昌镇", community: "西关社区", single: 10, joint: 3, stations: 4, gridWorkers: 2},
	{town: "晋昌镇", community: "新华社区", single: 10, joint: 3, stations: 4, gridWorkers: 2},
	{town: "晋昌镇", community: "文昌社区", single: 9, joint: 2, stations: 4, gridWorkers: 2},
	{town: "河边镇", community: "滨河社区", single: 8, joint: 1, stations: 3, gridWorkers: 2},
	{town: "河边镇", community: "文峰社区", single: 6, joint: 1, stations: 2, gridWorkers: 1},
	{town: "宏道镇", community: "兴宏社区", single: 9, joint: 2, stations: 4, gridWorkers: 1},
}

// Estates of the article.
const (
	hongqiao  = "虹桥小区"
	tianyue   = "天悦华庭"
	shengshi  = "盛世华城二期"
	oldCadres = "老干部宿舍"
	dongchen  = "东辰小区"
)

// newEstates of the invented ones were handed over just before the restructuring, like
// Tianyue Huating, and had no former organisation: 204 estates, 198 organisations.
func newEstate(i int) bool { return i%25 == 10 }

// estateName is the i-th of 132 invented names for estates with a branch of their own.
func estateName(i int) string {
	first := []string{
		"锦绣", "翠屏", "金泰", "祥和", "景苑", "滨河", "凤凰", "文博", "龙湖", "丽景", "安泰",
		"福康", "民生", "书香", "兴盛", "惠民", "和顺", "紫荆", "牧马", "晨光", "同心", "瑞丰",
	}
	second := []string{"花园", "小区", "佳苑", "家园", "新城", "华庭"}
	return first[i%len(first)] + second[(i+i/len(first))%len(second)]
}

// smallEstateName is the i-th of 75 invented names for small old estates: where the staff
// of an office or works once got their flats.
func smallEstateName(i int) string {
	first := []string{
		"农机局", "粮食局", "供销社", "水利局", "林业局", "物资局", "百货公司", "五金公司", "化肥厂", "纺织厂", "锻造厂", "面粉厂", "印刷厂",
		"运输队", "建筑公司", "邮电局", "教育局", "县医院", "中医院", "广播站", "税务所", "畜牧局", "食品公司", "石油公司", "电影公司",
	}
	second := []string{"家属院", "宿舍", "西院"}
	return first[i%len(first)] + second[(i+i/len(first))%len(second)]
}

// jointSize is how many estates the i-th joint branch leads. 13 of 32 lead three and 19
// lead two: 77 estates.
func jointSize(i int) int {
	if i*13%32 >= 19 {
		return 3
	}
	return 2
}
