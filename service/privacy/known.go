package privacy

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/account"
	"jinlin/service/guardian"
	"jinlin/service/roster"
	"jinlin/service/signup"
)

// Erased stands where something about a person stood.
const Erased = "〔已删除〕"

// newcomer is what everybody is called who has not chosen a nickname.
const newcomer = "居民"

// known is what can be looked for in texts.
type known struct{ patterns []*regexp.Regexp }

// redact takes everything known out of a text.
func (k known) redact(text string) string {
	for _, p := range k.patterns {
		text = p.ReplaceAllLiteralString(text, Erased)
	}
	return text
}

// Names says whether a text tells who somebody is, by anything that is known of them.
func Names(ctx context.Context, s *store.Store, user model.UserID, text string) (bool, error) {
	k, err := knownOf(ctx, s, user)
	return slices.ContainsFunc(k.patterns, func(p *regexp.Regexp) bool { return p.MatchString(text) }), err
}

// lookFor adds a value. Numbers are found with blanks and dashes between their digits.
func (k *known) lookFor(value string) {
	value = strings.TrimSpace(value)
	if len([]rune(value)) < 2 || value == newcomer || value == Stranger || value == Erased {
		return
	}
	pattern := regexp.QuoteMeta(value)
	if phone, ok := model.PlainPhone(value); ok {
		pattern = strings.Join(strings.Split(phone, ""), `[ \-\x{3000}]?`)
	}
	k.patterns = append(k.patterns, regexp.MustCompile(pattern))
}

// knownOf gathers what names a person: what they are called here and in WeChat, where they
// live in the ways people write it, their children and whom they brought along.
func knownOf(ctx context.Context, s *store.Store, user model.UserID) (k known, err error) {
	var values []string
	for _, gather := range []func(context.Context, *store.Store, model.UserID) ([]string, error){names, homes, companions, children} {
		found, err := gather(ctx, s, user)
		if err != nil {
			return k, err
		}
		values = append(values, found...)
	}
	// Longer first, or what contains another value would be found no more.
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	for _, value := range slices.Compact(values) {
		k.lookFor(value)
	}
	return k, nil
}

func names(ctx context.Context, s *store.Store, user model.UserID) ([]string, error) {
	person, err := s.Users.Get(ctx, user)
	if err != nil {
		return nil, err
	}
	number, err := account.PhoneOf(ctx, s, user)
	if err != nil {
		return nil, err
	}
	values := []string{person.Nickname, person.NicknameHeld, number}
	registered, err := roster.ByPhone(ctx, s, number)
	if err != nil {
		return nil, err
	}
	for _, entry := range registered {
		values = append(values, entry.Name)
	}
	known, err := s.WeChat.GetByUser(ctx, user)
	if errors.Is(err, fault.ErrNotFound) {
		return values, nil
	}
	return append(values, known.OpenID, known.UnionID), err
}

func homes(ctx context.Context, s *store.Store, user model.UserID) (values []string, err error) {
	residences := model.All(func(page model.Page) (model.Listing[model.Residence], error) {
		return s.Residences.ListOfUser(ctx, user, page)
	})
	for r, err := range residences {
		if err != nil {
			return nil, err
		}
		values = append(values, doors(r)...)
	}
	return values, nil
}

// doors are the ways in which people write where somebody lives.
func doors(r model.Residence) []string {
	if r.Room == "" {
		return nil
	}
	written := []string{r.Room + "室", r.Room + "号房"}
	if r.Stairwell != "" {
		written = append(written, r.Stairwell+"单元"+r.Room, r.Stairwell+"-"+r.Room)
	}
	return written
}

// children are whom the person registered as a guardian.
func children(ctx context.Context, s *store.Store, user model.UserID) (values []string, err error) {
	registered, err := guardian.Of(ctx, s, user)
	for _, child := range registered {
		values = append(values, child.Name)
	}
	return values, err
}

// companions are whom the person brought along to activities.
func companions(ctx context.Context, s *store.Store, user model.UserID) (values []string, err error) {
	rows := model.All(func(page model.Page) (model.Listing[model.SignUp], error) {
		return s.SignUps.ListByUser(ctx, user, page)
	})
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		party, err := signup.PartyOf(s, row)
		if err != nil {
			return nil, err
		}
		for _, companion := range party.People {
			values = append(values, companion.Name)
		}
	}
	return values, nil
}
