package account

import (
	"context"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/moderation"
)

// Profile is what a person sees of themselves.
type Profile struct {
	User       model.User
	Phone      string // masked; "" when none is bound
	Grants     []model.Grant
	Residences []model.Residence
	Employed   []model.Employment // verified
}

// Me reads the actor's own profile.
func (s *Service) Me(ctx context.Context, actor model.Actor) (p Profile, err error) {
	if p.User, err = s.store.Users.Get(ctx, actor.User); err != nil {
		return p, err
	}
	number, err := PhoneOf(ctx, s.store, actor.User)
	if err != nil {
		return p, err
	}
	p.Phone = model.MaskPhone(number)
	grants, err := s.store.Grants.ListByUser(ctx, actor.User)
	if err != nil {
		return p, err
	}
	for _, grant := range grants {
		if grant.Holds(s.store.Now()) {
			p.Grants = append(p.Grants, grant)
		}
	}
	if p.Residences, err = s.store.Residences.ListByUser(ctx, actor.User); err != nil {
		return p, err
	}
	p.Employed, err = s.store.Employments.ListVerified(ctx, actor.User)
	return p, err
}

// Change is what a person changes of themselves; nil leaves it as it is.
type Change struct {
	Nickname *string
	Locale   *string
}

// ChangeMe changes the actor's nickname and language. version, unless nil, is
// the one they saw. A nickname the text check does not clearly pass is held for a person and
// the old one stays meanwhile. Faults: content_refused, changed_meanwhile, invalid.
func (s *Service) ChangeMe(ctx context.Context, actor model.Actor, version *int, c Change) (model.User, error) {
	user, err := s.store.Users.Get(ctx, actor.User)
	if err != nil {
		return user, err
	}
	if err := store.Seen(version, user.Version); err != nil {
		return user, err
	}
	before := user.Nickname
	if c.Locale != nil {
		user.Locale = *c.Locale
	}
	if c.Nickname != nil {
		if err := s.rename(ctx, &user, strings.TrimSpace(*c.Nickname)); err != nil {
			return user, err
		}
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		user, err = s.save(ctx, tx, actor, before, user, c.Nickname != nil)
		return err
	})
	return user, err
}

// rename asks about a nickname and writes down what may become of it.
func (s *Service) rename(ctx context.Context, user *model.User, nickname string) error {
	if strings.ContainsAny(nickname, "\r\n\t") {
		return fault.InvalidField("nickname", "control_character", "昵称不能换行。", "A nickname has one line.")
	}
	user.NicknameHeld = ""
	if nickname == user.Nickname {
		return nil
	}
	verdict, err := s.texts.Judge(ctx, user.ID, moderation.Text{Scene: moderation.Profile, Body: nickname})
	switch {
	case err != nil:
		return err
	case verdict == moderation.Refused:
		return fault.ErrContentRefused
	case verdict == moderation.Passed:
		user.Nickname = nickname
	default:
		user.NicknameHeld = nickname
	}
	return nil
}

// save writes the profile and gives it back as it then is. A nickname that is held goes
// before a person, and one that waited goes no more.
func (s *Service) save(ctx context.Context, tx *store.Store, actor model.Actor, before string, user model.User, renamed bool) (model.User, error) {
	if err := saveProfile(ctx, tx, before, user); err != nil {
		return user, err
	}
	now, err := tx.Users.Get(ctx, user.ID)
	if err != nil || !renamed {
		return now, err
	}
	if err := s.texts.Drop(ctx, tx, actor, model.ModeratedNickname, model.ID[any](user.ID)); err != nil || now.NicknameHeld == "" {
		return now, err
	}
	return now, s.hold(ctx, tx, now)
}

// saveProfile writes the profile of somebody who was called something before.
func saveProfile(ctx context.Context, tx *store.Store, before string, user model.User) error {
	if err := store.Kept(tx.Users.SaveProfile(ctx, user)); err != nil || before == user.Nickname {
		return err
	}
	return outlive(ctx, tx, user.ID, model.FormerNickname, before)
}

// hold puts a nickname before somebody with authority over the county. A service without a
// county has nobody to decide: the nickname waits until it is asked for again.
func (s *Service) hold(ctx context.Context, tx *store.Store, user model.User) error {
	if err := outlive(ctx, tx, user.ID, model.FormerNickname, user.NicknameHeld); err != nil { // it stands in what is decided
		return err
	}
	counties, err := tx.Units.List(ctx, store.UnitFilter{Kind: model.County, AsOf: model.DateOf(tx.Now())}, model.Page{Limit: 1})
	if err != nil || len(counties.Items) == 0 {
		return err
	}
	return s.texts.Hold(ctx, tx, model.ModerationItem{
		Kind: model.ModeratedNickname, ObjectID: model.ID[any](user.ID), ObjectVersion: user.Version,
		UnitID: counties.Items[0].ID, WriterID: user.ID, Text: user.NicknameHeld,
	})
}

// NicknameDecided gives somebody the nickname that a person released, or tells them that
// it was refused; it follows from the decision, in its transaction.
func (s *Service) NicknameDecided(ctx context.Context, tx *store.Store, decided model.ModerationItem) error {
	user, err := tx.Users.Get(ctx, model.UserID(decided.ObjectID))
	if err != nil || user.NicknameHeld != decided.Text {
		return err
	}
	before := user.Nickname
	user.NicknameHeld = ""
	if decided.Status == model.TextReleased {
		user.Nickname = decided.Text
	}
	err = saveProfile(ctx, tx, before, user)
	if err != nil || decided.Status == model.TextReleased {
		return err
	}
	return s.notices.Tell(ctx, tx, model.Notice{
		User: user.ID, Kind: "nickname", Link: "pages/me/index",
		Title: fault.Text{ZH: "昵称未通过审核", EN: "Your nickname was not accepted"},
		Text:  fault.Text{ZH: "昵称“" + decided.Text + "”未通过审核，请换一个。", EN: "The nickname “" + decided.Text + "” was not accepted. Please choose another."},
	})
}
