package privacy

import (
	"context"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/account"
	"jinlin/service/consent"
	"jinlin/service/wechat"
)

// WeChat's numbers of what a person can take back, as far as we have such data.
const (
	weChatAddress  = "2"
	weChatProfile  = "6"
	weChatPhone    = "8"
	weChatLocation = "13"
	weChatPlace    = "18"
	weChatNickname = "19"
	weChatAvatar   = "20"
)

// OnCancelled closes the account of somebody who closed theirs at WeChat, without a time to
// go back: nobody can sign in to it any more.
func (s *Service) OnCancelled(ctx context.Context, tx *store.Store, e wechat.Event) error {
	user, known, err := whoIs(ctx, tx, e.OpenID)
	if err != nil || !known {
		return err
	}
	c, err := begin(ctx, tx, user, model.ClosedByWeChat, 0)
	if err != nil || c.Cause == model.ClosedByWeChat {
		return err
	}
	// They had asked before. There is nothing to wait for now.
	if err := tx.Closures.SaveSooner(ctx, c, model.ClosedByWeChat, tx.Now()); err != nil {
		return err
	}
	return addJob(ctx, tx, BeginJob, c.ID, tx.Now())
}

// OnRevoked deletes what somebody took back in WeChat's settings.
func (s *Service) OnRevoked(ctx context.Context, tx *store.Store, e wechat.Event) error {
	user, known, err := whoIs(ctx, tx, e.OpenID)
	revocation, ok := e.Detail.(wechat.Revocation)
	if err != nil || !known || !ok {
		return err
	}
	for _, kind := range revocation.Kinds {
		if err := takeBack(ctx, tx, user, kind); err != nil {
			return err
		}
	}
	return nil
}

// takeBack deletes the data of one of WeChat's kinds. Of the others we have none.
func takeBack(ctx context.Context, tx *store.Store, user model.UserID, kind string) error {
	switch kind {
	case weChatPhone:
		return consent.Withdraw(ctx, tx, user, model.PurposePhone)
	case weChatAddress:
		return consent.Withdraw(ctx, tx, user, model.PurposeResidence)
	case weChatLocation, weChatPlace:
		ids, err := tx.SealedIdentities.ListIDs(ctx, user)
		if err != nil {
			return err
		}
		return tx.Requests.DeleteLocations(ctx, ids)
	case weChatProfile, weChatNickname, weChatAvatar:
		if err := takeOut(ctx, tx, user, nicknames); err != nil {
			return err
		}
		return errors.Join(tx.Users.DeleteNickname(ctx, user, account.Newcomer), tx.FormerNames.DeleteByUser(ctx, user, model.FormerNickname))
	}
	return nil
}

func whoIs(ctx context.Context, tx *store.Store, openID string) (model.UserID, bool, error) {
	account, err := tx.WeChat.GetByOpenID(ctx, openID)
	if errors.Is(err, fault.ErrNotFound) {
		return model.UserID{}, false, nil
	}
	return account.UserID, err == nil, err
}
