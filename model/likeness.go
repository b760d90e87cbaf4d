package model

import (
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// How alike two texts are is judged by their pairs of neighbouring characters. Chinese is
// written without blanks, so pairs do what words do elsewhere, and no dictionary grows old.

// PublicGram is one pair of characters of a public version whose request is open, or a spot it is
// at, by the community it is in: an inverted index for finding requests that are like another.
type PublicGram struct {
	CommunityID UnitID    `gorm:"primaryKey" data:"none"` // the estate's own, where it is in none
	Gram        int64     `gorm:"primaryKey;autoIncrement:false" data:"none"`
	RequestID   RequestID `gorm:"primaryKey" data:"none"`
}

// Of a text so many pairs are kept in the index, and so many are looked for: those with the
// smallest hashes, which two texts that share pairs then share too.
const (
	KeptGrams  = 64
	AskedGrams = 32
)

// phrases are what every request says, whatever it is about.
var phrases = strings.NewReplacer(
	"有居民反映", " ", "居民反映", " ", "有业主反映", " ", "业主反映", " ", "有群众反映", " ", "群众反映", " ", "请尽快", " ", "希望", " ", "尽快", " ", "解决", " ",
	"处理", " ", "反映", " ", "小区", " ", "我们", " ", "你好", " ", "您好", " ", "谢谢", " ", "一直", " ", "问题", " ", "麻烦", " ", "社区", " ", "物业", " ",
)

// Grams are the pairs of neighbouring letters and digits of a text, as hashes; of a run of one
// character that character.
func Grams(text string) map[int64]bool {
	grams := map[int64]bool{}
	plain := phrases.Replace(strings.ToLower(halfWidth.Replace(text)))
	for _, run := range strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		letters := []rune(run)
		for i := range letters {
			if i+1 < len(letters) {
				grams[gramOf(letters[i:i+2])] = true
			} else if i == 0 {
				grams[gramOf(letters)] = true
			}
		}
	}
	return grams
}

func gramOf(letters []rune) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(string(letters)))
	return int64(h.Sum32())
}

// Fewest are at most n grams of a text, always the same ones.
func Fewest(grams map[int64]bool, n int) []int64 {
	sorted := slices.Sorted(maps.Keys(grams))
	return sorted[:min(n, len(sorted))]
}

// Likeness is from 0, nothing in common, to 1: the share of the pairs of both texts that they
// have in common (Dice). Texts without any letter are like nothing.
func Likeness(a, b map[int64]bool) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	both := 0
	for gram := range a {
		if b[gram] {
			both++
		}
	}
	return 2 * float64(both) / float64(len(a)+len(b))
}
