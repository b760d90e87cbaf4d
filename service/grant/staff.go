package grant

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// PerDay is how many numbers somebody may look up on a calendar day.
const PerDay = 50

const dailyUse = "staff.lookup"

// Found is a person as whoever may give roles sees them; the zero Found is nobody.
type Found struct {
	ID       model.UserID
	Nickname string
	Masked   string // their number
}

// Find says whose a number is, to somebody who gives roles. Each look is on record and counts,
// also one that finds nobody: nobody is to try numbers. Whose number it is not, and who is no
// more, are the same. Faults: unauthenticated, forbidden, invalid, not_found, rate_limited.
func (s *Service) Find(ctx context.Context, actor model.Actor, phone string) (Found, error) {
	tops, err := s.access.Units(ctx, actor, access.GrantManage)
	if err != nil {
		return Found{}, err
	}
	number, valid := model.PlainPhone(phone)
	if !valid {
		return Found{}, fault.InvalidField("phone", "invalid_phone", "请填写 11 位手机号。", "Give a mobile number of eleven digits.")
	}
	found, err := store.Once(ctx, s.store, func(tx *store.Store) (Found, error) {
		if s.limits {
			if err := tx.DailyUses.Spend(ctx, actor.User, dailyUse, PerDay, fault.ErrRateLimited); err != nil {
				return Found{}, err
			}
		}
		found, err := whose(ctx, tx, number)
		if err != nil {
			return found, err
		}
		return found, audit.Record(ctx, tx, actor, audit.Act{
			Action: dailyUse, ObjectKind: "user", ObjectID: found.ID, Unit: tops[0], Detail: "by phone",
		})
	})
	if err == nil && found.ID.IsZero() {
		err = fault.ErrNotFound
	}
	return found, err
}

// whose is the person who has bound a number.
func whose(ctx context.Context, tx *store.Store, number string) (Found, error) {
	phone, err := tx.Phones.Get(ctx, tx.Keys().PhoneIndexes(number))
	if errors.Is(err, fault.ErrNotFound) {
		return Found{}, nil
	}
	if err != nil {
		return Found{}, err
	}
	user, err := tx.Users.Get(ctx, phone.UserID)
	if err != nil || user.ErasedAt != nil {
		return Found{}, err
	}
	return Found{ID: user.ID, Nickname: user.Nickname, Masked: model.MaskPhone(number)}, nil
}

// Givers are what those are called who gave, confirmed and ended the roles of a page.
func (s *Service) Givers(ctx context.Context, grants []model.Grant) (map[model.UserID]string, error) {
	var ids []model.UserID
	for _, g := range grants {
		for _, id := range []model.UserID{g.GrantedBy, g.ConfirmedBy, g.EndedBy} {
			if !id.IsZero() {
				ids = append(ids, id)
			}
		}
	}
	return s.store.Users.Nicknames(ctx, ids)
}
