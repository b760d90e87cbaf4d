package wechat

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestFitField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, value, want string }{
		{"thing1", "路灯不亮", "路灯不亮"},
		{"thing1", "  3号楼\n电梯\t又停了\u2028请尽快 ", "3号楼 电梯 又停了 请尽快"},
		{"thing12", strings.Repeat("灯", 20), strings.Repeat("灯", 20)},
		{"thing1", strings.Repeat("灯", 21), strings.Repeat("灯", 19) + "…"},
		{"thing1", strings.Repeat("灯", 17) + "👨\u200d👩\u200d👧", strings.Repeat("灯", 17) + "👨…"},
		{"thing1", "\x00\u202e\ufeff\xff", "无"},
		{"thing1", "abc\u202etxt", "abctxt"},
		{"phrase2", "处理中", "处理中"},
		{"phrase2", "已办结，请评价", "已办结请评"},
		{"phrase2", "OK", "无"},
		{"name3", "欧阳娜娜", "欧阳娜娜"},
		{"name3", "王小明的爸爸和妈妈一起来", "王小明的爸爸和妈妈一"},
		{"name3", "Ann-Marie van der Meer Junior", "Ann-Marie van der Me"},
		{"name3", "13号楼王姐", "号楼王姐"},
		{"character_string2", "取货 AB-12/三", "AB-12/"},
		{"character_string2", strings.Repeat("7", 40), strings.Repeat("7", 32)},
		{"letter1", "Ab3-c", "Abc"},
		{"symbol1", "a+-*/=!", "+-*/="},
		{"time3", "2026-11-22 09:30\n", "2026-11-22 09:30"},
		{"date3", "2026年11月22日", "2026年11月22日"},
		{"amount1", "¥12345678901.00", "¥12345678901.00"},
		{"phone_number1", "0357-1234567", "0357-1234567"},
		{"number1", "", ""},
		{"unheard_of1", " 原样 ", "原样"},
	} {
		if got := FitField(c.key, c.value); got != c.want {
			t.Errorf("%s %q gives %q, want %q", c.key, c.value, got, c.want)
		}
	}
}

func TestFitFieldKeepsTheLimits(t *testing.T) {
	t.Parallel()
	limits := map[string]int{"thing1": 20, "name1": 20, "phrase1": 5, "character_string1": 32, "letter1": 32, "symbol1": 5}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.String().Draw(t, "value")
		for key, limit := range limits {
			got := FitField(key, value)
			if len([]rune(got)) > limit {
				t.Fatalf("%s has %d characters: %q", key, len([]rune(got)), got)
			}
			if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
				t.Fatalf("%s keeps a control character: %q", key, got)
			}
			if FitField(key, got) != got {
				t.Fatalf("%s is not settled: %q, then %q", key, got, FitField(key, got))
			}
		}
	})
}
