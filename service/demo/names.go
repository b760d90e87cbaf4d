package demo

import "fmt"

var (
	surnames   = []string{"郭", "张", "王", "李", "赵", "刘", "韩", "樊", "齐", "胡", "邢", "梁", "智", "杨", "牛", "石", "田", "武", "任", "安"}
	givenElder = []string{
		"志强", "建国", "秀英", "桂兰", "永明", "俊杰", "国华", "玉梅", "福生", "淑珍",
		"振华", "爱民", "新民", "春生", "改梅", "润生", "效忠", "存良", "月仙", "瑞芳",
	}
	givenYoung = []string{"文静", "晓东", "雅琴", "佳慧", "鹏飞", "晨光", "丽娜", "海霞", "宇航", "慧敏"}
	titles     = []string{"女士", "师傅", "大爷", "阿姨", "先生", "大妈", "老师", "姐"}
)

// elderName is the i-th of 400 different names of people near retirement.
func elderName(i int) string {
	n := len(surnames)
	return surnames[i%n] + givenElder[(7*i+i/n)%len(givenElder)]
}

// youngName is a name of a younger member of staff.
func youngName(i int) string {
	return surnames[(3*i+10)%len(surnames)] + givenYoung[i%len(givenYoung)]
}

// nickname is what residents call themselves. Like in life, several share one.
func nickname(i int) string {
	return surnames[(i*11+i/7)%len(surnames)] + titles[i%len(titles)]
}

// phone is a number nobody has: local numbers never begin with 0.
func phone(i int) string { return fmt.Sprintf("0350-0%06d", 100000+i) }
