package demo

// shelf is what a love-points supermarket has.
type shelf struct {
	estate   string
	name     string
	price    int64
	stock    int64
	perMonth int64
}

var shelves = []shelf{
	{hongqiao, "抽纸一提", 10, 60, 2},
	{hongqiao, "食用盐两袋", 5, 80, 0},
	{hongqiao, "洗衣液一瓶", 25, 30, 1},
	{hongqiao, "东北大米五公斤", 44, 20, 1},
	{hongqiao, "免费理发一次", 12, 15, 1},
	{tianyue, "抽纸一提", 10, 40, 2},
	{tianyue, "儿童绘本一册", 18, 24, 0},
	{tianyue, "小盆绿植", 15, 30, 0},
	{shengshi, "家用灭火毯", 30, 20, 1},
	{shengshi, "手电筒", 20, 25, 0},
	{oldCadres, "老花镜", 16, 18, 1},
	{oldCadres, "象棋一副", 28, 10, 0},
	{dongchen, "花苗三棵", 6, 90, 0},
	{dongchen, "食用油一桶", 48, 12, 1},
}
