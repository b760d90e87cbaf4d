package proxy

import (
	"cmp"
	"context"
	"slices"
	"unicode"

	"jinlin/model"
	"jinlin/service/mailbox"
)

const (
	looksAt   = 200 // open requests of the estate, the newest: twins of what is said now
	suggests  = 5
	alikeFrom = 0.3 // of the pairs of letters that either text has, this share is in both
)

// Similar is an open request that says much the same.
type Similar struct {
	ID      model.RequestID
	Receipt string
	Text    string
	Alike   float64 // 0 … 1
}

// similar are open requests of a draft's estate that say much the same, most alike first. It
// compares pairs of letters: Chinese is written without blanks, and a pair is about a word.
func (s *Service) similar(ctx context.Context, d mailbox.Draft, but model.RequestID) ([]Similar, error) {
	open, err := s.store.Requests.ListNewestOpen(ctx, d.EstateID, looksAt)
	if err != nil {
		return nil, err
	}
	var found []Similar
	for _, r := range open {
		if alike := Alike(d.Text, r.Text); r.ID != but && alike >= alikeFrom {
			found = append(found, Similar{r.ID, r.Receipt, r.Text, alike})
		}
	}
	slices.SortFunc(found, func(a, b Similar) int { return cmp.Or(cmp.Compare(b.Alike, a.Alike), b.ID.Compare(a.ID)) })
	return found[:min(len(found), suggests)], nil
}

// Alike is the share of pairs of letters that two texts have in common.
func Alike(a, b string) float64 {
	x, y := pairs(a), pairs(b)
	both := 0
	for p := range x {
		if y[p] {
			both++
		}
	}
	if either := len(x) + len(y) - both; either > 0 {
		return float64(both) / float64(either)
	}
	return 0
}

func pairs(text string) map[[2]rune]bool {
	found := map[[2]rune]bool{}
	var last rune
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		r = unicode.ToLower(r)
		if last != 0 {
			found[[2]rune{last, r}] = true
		}
		last = r
	}
	return found
}
