package identity

import (
	"context"
	"encoding/hex"
	"errors"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Courier hands notices on, those for a sealed identity to the person behind it.
type Courier struct{ to Notices }

// NewCourier makes one.
func NewCourier(to Notices) Courier { return Courier{to} }

// Tell tells whom a notice is for. One for a sealed identity says that something happened
// and not with which request.
func (c Courier) Tell(ctx context.Context, tx *store.Store, n model.Notice) error {
	row, err := tx.SealedIdentities.Get(ctx, n.User)
	if errors.Is(err, fault.ErrNotFound) {
		return c.to.Tell(ctx, tx, n)
	}
	if err != nil {
		return err
	}
	if n.User, err = open(tx, row); err != nil {
		return err
	}
	n.Text, n.Link, n.Key = somewhere, "pages/mailbox/mine", blind(tx, n.Key)
	return c.to.Tell(ctx, tx, n)
}

var somewhere = fault.Text{
	ZH: "您的一条密封诉求有新的进展，请在“我的诉求”中查看。为保护您的身份，通知中不写明是哪一条。",
	EN: "There is news of a sealed request of yours. Look among your requests: to protect you, this message does not say which.",
}

// blind is a notice's key of which nobody learns what it was about.
func blind(s *store.Store, key string) string {
	if key == "" {
		return ""
	}
	return "sealed/" + hex.EncodeToString(s.Keys().Index("sealed_identities.notice", key))
}

// opened tells a person that who they are was opened. The text is whole: they must be able to
// object, and it names no request either.
func opened(tx *store.Store, person model.UserID, o model.IdentityOpening) model.Notice {
	ground := Grounds[o.Ground]
	return model.Notice{
		User: person, Kind: "identity_opened", Link: "pages/me/identity-openings", Key: blind(tx, "opening/"+o.ID.String()),
		Title: fault.Text{ZH: "您的密封身份已依法查看", EN: "Your sealed identity was opened"},
		Text: fault.Text{
			ZH: "您的一条密封诉求的提交人身份已由两名工作人员依法批准查看。依据：" + ground.ZH + "；文书：" + o.Document + "。如有异议，可向县委组织部提出。",
			EN: "Two officers have opened who submitted a sealed request of yours. Ground: " + ground.EN + "; paper: " + o.Document + ". You may object to the county's organisation department.",
		},
	}
}

// suspended tells a person that nothing sealed is taken from them for a time.
func suspended(tx *store.Store, person model.UserID, row model.SealedIdentity, reason string) model.Notice {
	until := model.Moment(*row.SuspendedUntil)
	return model.Notice{
		User: person, Kind: "sealed_suspended", Link: "pages/mailbox/mine", Key: blind(tx, "suspension/"+row.ID.String()+"/"+until),
		Title: fault.Text{ZH: "您的密封提交已暂停", EN: "Sealed requests of yours are suspended"},
		Text: fault.Text{
			ZH: "您向一个支部的密封提交已暂停至 " + until + "，原因：" + reason + "。期间仍可实名或隐名提交。工作人员不知道您是谁。",
			EN: "One branch takes no sealed requests of yours until " + until + ": " + reason + ". You may submit named or hidden ones. The staff do not know who you are.",
		},
	}
}
