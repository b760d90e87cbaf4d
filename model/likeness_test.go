package model_test

import (
	"slices"
	"strings"
	"testing"

	"jinlin/model"
)

func TestAlikeTextsAreMoreAlikeThanOthers(t *testing.T) {
	t.Parallel()
	like := func(a, b string) float64 { return model.Likeness(model.Grams(a), model.Grams(b)) }
	lamp := "三号楼楼道灯坏了，晚上看不见路"
	for _, c := range []struct{ near, far string }{
		{"有居民反映3号楼楼道灯不亮", "有居民反映垃圾桶满了没人清理"},
		{"楼道灯坏了好几天", "电动车楼道充电"},
		{"三号楼的楼道灯", "三号楼的水管漏水"},
	} {
		if like(lamp, c.near) <= like(lamp, c.far) {
			t.Errorf("%s: %.2f, %s: %.2f", c.near, like(lamp, c.near), c.far, like(lamp, c.far))
		}
	}
	if got := like(lamp, strings.ReplaceAll(lamp, "，", " ！")); got != 1 {
		t.Errorf("other punctuation: %.2f", got)
	}
	if got := like("有居民反映", "希望尽快解决"); got != 0 {
		t.Errorf("phrases alone: %.2f", got)
	}
}

func FuzzLikeness(f *testing.F) {
	f.Add("三号楼楼道灯坏了", "楼道灯不亮")
	f.Add("", "\xff\x00 好")
	f.Fuzz(func(t *testing.T, a, b string) {
		ga, gb := model.Grams(a), model.Grams(b)
		ab := model.Likeness(ga, gb)
		if ab != model.Likeness(gb, ga) || ab < 0 || ab > 1 {
			t.Errorf("%v", ab)
		}
		if len(ga) > 0 && model.Likeness(ga, model.Grams(a)) != 1 {
			t.Error("a text is not like itself")
		}
		if len(ga) > len([]rune(strings.ToLower(a)))+len(a) {
			t.Errorf("%d grams of %d bytes", len(ga), len(a))
		}
		kept := model.Fewest(ga, model.KeptGrams)
		for _, gram := range model.Fewest(ga, model.AskedGrams) {
			if !slices.Contains(kept, gram) {
				t.Error("what is asked for is not kept")
			}
		}
	})
}
