package model

import "strings"

// PlainPlace brings the ways in which people write a stairwell or a room to one: full-width
// and half-width, "2单元" and "2", "二单元" and "2", "０３０２室" and "302".
func PlainPlace(text string) string {
	plain := strings.ToUpper(halfWidth.Replace(strings.TrimSpace(text)))
	for _, word := range []string{"单元", "室", "号", "户", "门"} {
		plain = strings.TrimSuffix(plain, word)
	}
	plain = strings.TrimLeft(strings.ReplaceAll(plain, " ", ""), "0")
	if digit, ok := numerals[plain]; ok {
		return digit
	}
	return plain
}

var numerals = map[string]string{
	"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10",
}

var halfWidth = fullToHalf()

// fullToHalf maps the full-width forms of ASCII, and the ideographic space.
func fullToHalf() *strings.Replacer {
	pairs := []string{"\u3000", " "}
	for r := rune(0xff01); r <= 0xff5e; r++ {
		pairs = append(pairs, string(r), string(r-0xfee0))
	}
	return strings.NewReplacer(pairs...)
}

// PlainPhone brings a mobile number of mainland China to its 11 digits, and says whether
// it is one.
func PlainPhone(text string) (string, bool) {
	plain := strings.NewReplacer(" ", "", "-", "").Replace(halfWidth.Replace(text))
	plain = strings.TrimPrefix(strings.TrimPrefix(plain, "+86"), "0086")
	if len(plain) != 11 || plain[0] != '1' || plain[1] < '3' || strings.Trim(plain, "0123456789") != "" {
		return "", false
	}
	return plain, true
}

// MaskPhone shows three digits and the last four: 138****0000.
func MaskPhone(number string) string {
	if len(number) < 8 {
		return strings.Repeat("*", len(number))
	}
	return number[:3] + "****" + number[len(number)-4:]
}

// MaskName shows the family name: 张**.
func MaskName(name string) string {
	letters := []rune(strings.TrimSpace(name))
	if len(letters) < 2 {
		return strings.Repeat("*", len(letters))
	}
	return string(letters[0]) + strings.Repeat("*", len(letters)-1)
}
