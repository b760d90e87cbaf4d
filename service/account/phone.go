package account

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// BoundPhone is a person's number as it is shown.
type BoundPhone struct {
	Masked string
}

// BindPhone binds the number for which the person gave WeChat permission. WeChat is told
// whose code it must be, so that nobody can bind another's. A number that was somebody
// else's is theirs no more: they are told, and their sessions end. Whoever changes their own
// number keeps this session and no other. Faults: wechat_phone_code_invalid,
// wechat_unavailable, rate_limited.
func (s *Service) BindPhone(ctx context.Context, actor model.Actor, code string) (BoundPhone, error) {
	if bound, found, err := store.Replayed[BoundPhone](ctx, s.store); found || err != nil {
		return bound, err
	}
	account, err := s.store.WeChat.GetByUser(ctx, actor.User)
	if err != nil {
		return BoundPhone{}, err
	}
	number, err := s.wechat.Phone(ctx, code, account.OpenID)
	if err != nil {
		return BoundPhone{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (BoundPhone, error) {
		err := s.bind(ctx, tx, actor, number)
		if err == nil && s.bound != nil {
			err = s.bound(ctx, tx, actor.User, number)
		}
		return BoundPhone{Masked: model.MaskPhone(number)}, err
	})
}

// OnPhone sets what else happens when WeChat has confirmed a number for somebody, in the same
// transaction.
func (s *Service) OnPhone(do func(ctx context.Context, tx *store.Store, user model.UserID, number string) error) {
	s.bound = do
}

// bindTries bounds how often a number is taken from somebody who gets it at the same moment.
const bindTries = 12

func (s *Service) bind(ctx context.Context, tx *store.Store, actor model.Actor, number string) error {
	fresh, err := NewPhone(tx, actor.User, number)
	if err != nil {
		return err
	}
	for range bindTries {
		known, err := s.makeWay(ctx, tx, actor, number)
		if err != nil || known {
			return err
		}
		if err := tx.Phones.Add(ctx, fresh); !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
	return fault.ErrBusy
}

// makeWay takes the number off whoever has it, and another one off the person. It says
// whether the person has this number already.
func (s *Service) makeWay(ctx context.Context, tx *store.Store, actor model.Actor, number string) (bool, error) {
	hashes := tx.Keys().PhoneIndexes(number)
	before, err := tx.Phones.GetByUser(ctx, actor.User)
	switch {
	case err == nil && tx.Keys().IsPhone(before.PhoneHash, number):
		return true, tx.Phones.SaveVerified(ctx, actor.User, hashes)
	case err == nil:
		err = s.change(ctx, tx, actor, before)
	case errors.Is(err, fault.ErrNotFound):
		err = nil
	}
	if err == nil {
		err = s.takeFromOther(ctx, tx, hashes)
	}
	return false, err
}

// change takes a person's number off and ends the sessions that were opened under it.
func (s *Service) change(ctx context.Context, tx *store.Store, actor model.Actor, before model.Phone) error {
	if _, _, err := takeOff(ctx, tx, before); err != nil {
		return err
	}
	return tx.Sessions.SaveOthersRevoked(ctx, actor.User, actor.Session, tx.Now())
}

// takeOff takes a number off a person, and keeps in mind that it was theirs.
func takeOff(ctx context.Context, tx *store.Store, held model.Phone) (number string, took bool, err error) {
	if number, err = openPhone(tx, held); err != nil {
		return "", false, err
	}
	if took, err = tx.Phones.Delete(ctx, held); err != nil || !took {
		return "", false, err
	}
	return number, true, outlive(ctx, tx, held.UserID, model.FormerPhone, number)
}

// takeFromOther takes the number from whoever has it, if anybody.
func (s *Service) takeFromOther(ctx context.Context, tx *store.Store, hashes [][]byte) error {
	holder, err := tx.Phones.Get(ctx, hashes)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	number, took, err := takeOff(ctx, tx, holder)
	if err != nil || !took {
		return err
	}
	if err := tx.Sessions.SaveAllRevoked(ctx, holder.UserID, tx.Now()); err != nil {
		return err
	}
	return s.notices.Tell(ctx, tx, phoneTaken(holder.UserID, model.MaskPhone(number)))
}

func phoneTaken(user model.UserID, masked string) model.Notice {
	return model.Notice{
		User: user, Kind: "phone",
		Title: fault.Text{ZH: "手机号已被其他账号绑定", EN: "Your phone number was bound to another account"},
		Text: fault.Text{
			ZH: "手机号 " + masked + " 经微信验证，现已绑定到另一个账号，您的账号不再使用该号码。如非本人办理，请联系社区。",
			EN: "WeChat has confirmed that " + masked + " now belongs to another account. Yours no longer uses it. If that was not you, ask your community office.",
		},
		Link: "pages/me/index",
	}
}

// PhoneOf is a person's number; "" when they have bound none. Whoever shows it masks it.
func PhoneOf(ctx context.Context, s *store.Store, user model.UserID) (string, error) {
	phone, err := s.Phones.GetByUser(ctx, user)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return openPhone(s, phone)
}

// PhonesOf are several people's numbers, without those who have bound none.
func PhonesOf(ctx context.Context, s *store.Store, users []model.UserID) (map[model.UserID]string, error) {
	rows, err := s.Phones.ListByUsers(ctx, users)
	numbers := map[model.UserID]string{}
	for _, row := range rows {
		if numbers[row.UserID], err = openPhone(s, row); err != nil {
			return nil, err
		}
	}
	return numbers, err
}

func phonePlace(user model.UserID) store.Place {
	return store.Place{Table: "phones", Column: "sealed", Row: user.String()}
}

// NewPhone is the row of a person's number.
func NewPhone(s *store.Store, user model.UserID, number string) (*model.Phone, error) {
	sealed, err := s.Keys().Seal(phonePlace(user), []byte(number))
	return &model.Phone{PhoneHash: s.Keys().PhoneIndex(number), UserID: user, Sealed: sealed, VerifiedAt: s.Now()}, err
}

// Reindex makes the hash of a number anew; see store.Reindex.
func Reindex(k *store.Keys, _ model.Phone, opened map[string]string) map[string][]byte {
	return map[string][]byte{"phone_hash": k.PhoneIndex(opened["sealed"])}
}

func openPhone(s *store.Store, phone model.Phone) (string, error) {
	number, err := s.Keys().Open(phonePlace(phone.UserID), phone.Sealed)
	return string(number), err
}
