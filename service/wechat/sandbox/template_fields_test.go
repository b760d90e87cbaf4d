package sandbox

import (
	"strings"
	"testing"
)

func TestFieldTypes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat
	cases := []struct {
		field       string
		good, wrong []string
	}{
		{"thing1", []string{"路灯不亮 3号楼 #2", long("长", 20), "😀"}, []string{long("长", 21), "a\tb", "a\rb", "a\u2029b"}},
		{"character_string1", []string{"AB-12#/", long("a", 32)}, []string{long("a", 33), "取货码", "a b"}},
		{"letter1", []string{"Abc", long("a", 32)}, []string{long("a", 33), "a1", "é"}},
		{"symbol1", []string{"+-*", "、，。！？"}, []string{"++++++", "a+", "1"}},
		{"number1", []string{"0", "12.50", long("9", 32)}, []string{long("9", 33), "1.", ".5", "-1", "1,000", "一"}},
		{"amount1", []string{"¥12.50", "￥8", "100元", "$3", "1234567890"}, []string{"12345678901", "元", "¥¥1", "1块", "1.元"}},
		{
			"time1",
			[]string{"9:30", "09:30:59", "2026-11-22 09:30", "2026年11月22日 9:30", "2026/1/2 08:00~2026/1/2 09:00", "09:00~11:00"},
			[]string{"24:00", "9:60", "9:30:60", "9点半", "2026-11-22", "2026-13-01 9:30", "09:00~", "2026-11/22 9:30"},
		},
		{
			"date1",
			[]string{"2026年11月22日", "2026-11-22", "2026/1/2", "2026.1.2", "2026-11-22 09:30", "2026-11-22~2026-11-23"},
			[]string{"2026-02-30", "26-11-22", "11-22", "9:30", "2026-11-22 25:00", "2026-11-22~"},
		},
		{"phone_number1", []string{"13900000001", "+86-351-0000000"}, []string{long("1", 18), "电话", "139a"}},
		{"car_number1", []string{"晋K00001", "晋KD00001", "粤Z0000港"}, []string{"晋KD000011", "K晋00001", "晋K-0001"}},
		{"name1", []string{"王小明", long("王", 10), long("a", 20), "Wang X.", "王.Wang"}, []string{long("王", 11), long("a", 21), "王" + long("a", 10), "王1"}},
		{"phrase1", []string{"处理中", long("长", 5)}, []string{long("长", 6), "OK", "处理中!", "3天"}},
		{"enum1", []string{"男"}, []string{"其他"}},
	}
	covered := map[string]bool{}
	for _, c := range cases {
		covered[fieldType(c.field)] = true
		template := Template{Fields: []string{c.field}, Options: map[string][]string{"enum1": {"男", "女"}}}
		for _, v := range c.good {
			if !template.accepts(c.field, v) {
				t.Errorf("%s refuses %q", c.field, v)
			}
		}
		for _, v := range c.wrong {
			if template.accepts(c.field, v) {
				t.Errorf("%s accepts %q", c.field, v)
			}
		}
	}
	for kind := range fieldRules {
		if !covered[kind] {
			t.Errorf("no case for %s", kind)
		}
	}
}
