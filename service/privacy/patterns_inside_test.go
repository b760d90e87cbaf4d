package privacy

import (
	"regexp"
	"testing"
)

// found says whether one of some patterns is in a text.
func found(t *testing.T, patterns []string, text string) bool {
	t.Helper()
	for _, p := range patterns {
		if regexp.MustCompile(p).MatchString(text) {
			return true
		}
	}
	return false
}

func TestHomesAreFoundInTheWaysPeopleWriteThem(t *testing.T) {
	t.Parallel()
	patterns := doorPatterns("1号楼", "3", "507")
	for _, text := range []string{
		"3单元507", "我住3单元507室", "三单元507", "3-507", "1号楼507", "1栋3单元507", "1#-3-507", "一号楼三单元507", "507室", "507号房", "在507号", "507户", "3单元5楼507", "3单元 507",
		"３单元５０７", "1-3-507", "1幢507", "五楼507室",
	} {
		if !found(t, patterns, text) {
			t.Errorf("%s is not found", text)
		}
	}
	for _, text := range []string{"13单元507", "3单元5071", "1507室", "11号楼507", "第507次", "12345", "3单元508", "费用507元"} {
		if found(t, patterns, text) {
			t.Errorf("%s names another place", text)
		}
	}
	if !found(t, doorPatterns("东楼", "", "201A"), "201A室") || found(t, doorPatterns("2号楼", "", "11"), "111室") {
		t.Error("rooms with letters, or flats without a stairwell")
	}
}

func TestNumbersAreFoundHoweverTheyAreParted(t *testing.T) {
	t.Parallel()
	patterns := []string{phonePattern("13677770002")}
	for _, text := range []string{"13677770002", "136-7777-0002", "136 7777 0002", "136.7777.0002", "１３６７７７７０００２", "+86136 7777 0002", "136，7777，0002", "(136)77770002"} {
		if !found(t, patterns, text) {
			t.Errorf("%s is not found", text)
		}
	}
	if found(t, patterns, "13677770003") || found(t, patterns, "136777700") {
		t.Error("another number is found")
	}
}

func TestNamesAreFoundWithBlanksInThem(t *testing.T) {
	t.Parallel()
	patterns := words("王女士", "Li Lei", "张三", "c++")
	for _, text := range []string{"找王女士", "王 女 士", "王·女士", "王　女　士", "Li Lei", "LiLei", "张 三", "C++ 不行，c++ 行"} {
		if !found(t, patterns, text) {
			t.Errorf("%s is not found", text)
		}
	}
	for _, text := range []string{"王先生", "女士", "姓张，三楼", "张家三口"} {
		if found(t, patterns, text) {
			t.Errorf("%s names somebody else", text)
		}
	}
}

func TestSmallNumbersInWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "一", 10: "十", 12: "十二", 20: "二十", 35: "三十五"} {
		if got := inChinese(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
