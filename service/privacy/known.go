package privacy

import (
	"cmp"
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
	"jinlin/service/identity"
	"jinlin/service/proxy"
	"jinlin/service/roster"
	"jinlin/service/signup"
)

// Erased stands where something about a person stood.
const Erased = "〔已删除〕"

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

// Concealed stands where something about a person stood, for others to read.
const Concealed = "〔略〕"

// Conceal takes out of texts that others are to read what is known of somebody, who may stand under
// the id of a sealed identity.
func Conceal(ctx context.Context, s *store.Store, user model.UserID) (func(text string) string, error) {
	person, err := identity.PersonOf(ctx, s, user)
	if err != nil {
		return nil, err
	}
	k, err := knownOf(ctx, s, person)
	return func(text string) string {
		for _, p := range k.patterns {
			text = p.ReplaceAllLiteralString(text, Concealed)
		}
		return text
	}, err
}

// gatherer finds some of what names a person.
type gatherer func(context.Context, *store.Store, model.UserID) ([]string, error)

// knownOf gathers what names a person: what they are called here and in WeChat, the numbers
// they have and had, where they live in the ways people write it, their children and whom
// they brought along.
func knownOf(ctx context.Context, s *store.Store, user model.UserID) (known, error) {
	return gather(ctx, s, user, nicknames, entered, numbers, registered, weChatIDs, homes, companions, children)
}

// byPurpose is what names a person in what they agreed to for a purpose.
var byPurpose = map[model.Purpose]gatherer{
	model.PurposePhone: numbers, model.PurposeResidence: homes, model.PurposeCompanions: companions, model.PurposeChildren: children,
}

// TakeOut takes out of a person's texts what they had agreed to for a purpose, while it is
// known. It is in the transaction of whoever deletes the rest.
func TakeOut(ctx context.Context, tx *store.Store, user model.UserID, p model.Purpose) error {
	if byPurpose[p] == nil {
		return nil
	}
	err := takeOut(ctx, tx, user, byPurpose[p])
	if err == nil && p == model.PurposePhone {
		err = tx.FormerNames.DeleteByUser(ctx, user, model.FormerPhone)
	}
	return err
}

func takeOut(ctx context.Context, tx *store.Store, user model.UserID, what gatherer) error {
	k, err := gather(ctx, tx, user, what)
	if err != nil || len(k.patterns) == 0 {
		return err
	}
	return tx.ScrubTexts(ctx, user, k.redact)
}

func gather(ctx context.Context, s *store.Store, user model.UserID, from ...gatherer) (k known, err error) {
	var patterns []string
	for _, find := range from {
		found, err := find(ctx, s, user)
		if err != nil {
			return k, err
		}
		patterns = append(patterns, found...)
	}
	// Longer first, or what contains another one would be found no more.
	slices.SortFunc(patterns, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, pattern := range slices.Compact(patterns) {
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return k, err
		}
		k.patterns = append(k.patterns, compiled)
	}
	return k, nil
}

func nicknames(ctx context.Context, s *store.Store, user model.UserID) ([]string, error) {
	person, err := s.Users.Get(ctx, user)
	if errors.Is(err, fault.ErrNotFound) { // an id that stands for somebody without an account
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	former, err := account.Former(ctx, s, user, model.FormerNickname)
	return words(append(former, person.Nickname, person.NicknameHeld)...), err
}

// entered is whom others entered something for.
func entered(ctx context.Context, s *store.Store, id model.UserID) ([]string, error) {
	person, err := proxy.PersonOf(ctx, s, id)
	patterns := words(person.Name)
	if person.Phone != "" {
		patterns = append(patterns, phonePattern(person.Phone))
	}
	return patterns, err
}

func numbers(ctx context.Context, s *store.Store, user model.UserID) (patterns []string, err error) {
	former, err := account.Former(ctx, s, user, model.FormerPhone)
	if err != nil {
		return nil, err
	}
	number, err := account.PhoneOf(ctx, s, user)
	for _, n := range append(former, number) {
		if plain, ok := model.PlainPhone(n); ok {
			patterns = append(patterns, phonePattern(plain))
		}
	}
	return patterns, err
}

// registered are the names under which the register has the person's number.
func registered(ctx context.Context, s *store.Store, user model.UserID) (names []string, err error) {
	number, err := account.PhoneOf(ctx, s, user)
	if err != nil {
		return nil, err
	}
	entries, err := roster.ByPhone(ctx, s, number)
	for _, entry := range entries {
		names = append(names, entry.Name)
	}
	return words(names...), err
}

func weChatIDs(ctx context.Context, s *store.Store, user model.UserID) ([]string, error) {
	known, err := s.WeChat.GetByUser(ctx, user)
	if errors.Is(err, fault.ErrNotFound) {
		return nil, nil
	}
	return words(known.OpenID, known.UnionID), err
}

func homes(ctx context.Context, s *store.Store, user model.UserID) (patterns []string, err error) {
	residences := model.All(func(page model.Page) (model.Listing[model.Residence], error) {
		return s.Residences.ListOfUser(ctx, user, page)
	})
	for r, err := range residences {
		if err != nil {
			return nil, err
		}
		if r.Room == "" {
			continue
		}
		building, err := s.Units.Get(ctx, r.BuildingID)
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return nil, err
		}
		patterns = append(patterns, doorPatterns(building.Name, r.Stairwell, r.Room)...)
	}
	return patterns, nil
}

// children are whom the person registered as a guardian.
func children(ctx context.Context, s *store.Store, user model.UserID) (values []string, err error) {
	registered, err := guardian.Of(ctx, s, user)
	for _, child := range registered {
		values = append(values, child.Name)
	}
	return words(values...), err
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
	return words(values...), nil
}
