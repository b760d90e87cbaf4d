package privacy

import (
	"regexp"
	"strconv"
	"strings"

	"jinlin/service/account"
)

// between is what people put between the parts of a number or an address.
const between = `[\s\x{3000}.,，、。·_\-－–—/()（）]{0,3}`

// apart is what people put between the characters of a name, so that no machine reads it, or so that
// a short one is as wide as others.
const apart = `[\s\x{3000}.·•_*\-]{0,2}`

// words are patterns of names, also of those that are written with blanks. What everybody is called,
// and what is shorter than two letters, names nobody.
func words(values ...string) (patterns []string) {
	for _, value := range values {
		value = strings.TrimSpace(value)
		if len([]rune(value)) < 2 || value == account.Newcomer || value == Stranger || value == Erased {
			continue
		}
		letters := strings.Split(strings.Join(strings.Fields(value), ""), "")
		for i, letter := range letters {
			letters[i] = regexp.QuoteMeta(letter)
		}
		patterns = append(patterns, strings.Join(letters, apart))
	}
	return patterns
}

// phonePattern finds a number however its digits are parted, also in digits as wide as
// Chinese letters.
func phonePattern(number string) string {
	digits := strings.Split(number, "")
	for i, d := range digits {
		digits[i] = "[" + d + inWide(d) + "]"
	}
	return strings.Join(digits, between)
}

// doorPatterns find a flat as people write it: with its building, its stairwell, both, or
// with a word behind it that makes a number a room.
func doorPatterns(building, stairwell, room string) (patterns []string) {
	floor := `(?:[0-9０-９一二三四五六七八九十]{1,3}[楼层]` + between + `)?`
	behind := floor + alone(room)
	if stairwell != "" {
		stair := spelled(stairwell) + `(?:单元|门洞|门|栋|[#\-－–—/])` + between
		patterns = append(patterns, stair+behind)
		behind = `(?:` + stair + `)?` + behind
	}
	if number := strings.TrimRight(building, "号楼栋幢座# "); number != "" {
		patterns = append(patterns, spelled(number)+`(?:号楼|号|楼|栋|幢|座|[#\-－–—/])`+between+behind)
	}
	return append(patterns, floor+alone(room)+`(?:室|号房|房间|房|号|户)`)
}

// alone finds digits, narrow or wide, that are no part of a longer number: ours end where other
// letters begin.
func alone(text string) string {
	narrow, wide := regexp.QuoteMeta(text), inWide(text)
	if narrow == wide {
		return narrow
	}
	return `(?:\b` + narrow + `\b|` + wide + `)`
}

// inWide has all digits as wide as Chinese letters.
func inWide(text string) string {
	return regexp.QuoteMeta(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, text))
}

// spelled lets a small number be written in digits or in words.
func spelled(text string) string {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 99 {
		return alone(text)
	}
	return "(?:" + alone(text) + "|" + inChinese(n) + ")"
}

// inChinese is a number from 1 to 99 in words.
func inChinese(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	tens := ""
	switch {
	case n >= 20:
		tens = digits[n/10] + "十"
	case n >= 10:
		tens = "十"
	}
	return tens + digits[n%10]
}
