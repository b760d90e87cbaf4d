package identity

import (
	"context"
	"errors"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Courier hands notices on: at once, but for a sealed identity later and to the person behind it.
type Courier struct {
	store *store.Store
	to    Notices
}

// NewCourier makes one.
func NewCourier(s *store.Store, to Notices) Courier { return Courier{s, to} }

// Tell tells whom a notice is for. A sealed identity is told that something happened, after
// the next quarter hour, and neither with which request nor what.
func (c Courier) Tell(ctx context.Context, tx *store.Store, n model.Notice) error {
	row, err := tx.SealedIdentities.Get(ctx, n.User)
	if errors.Is(err, fault.ErrNotFound) {
		return c.to.Tell(ctx, tx, n)
	}
	if err != nil {
		return err
	}
	n.Kind, n.Title, n.Text, n.Link = "sealed_news", something, somewhere, "pages/mailbox/mine"
	if n.Card != nil {
		n.Card = &model.Card{Template: model.TemplateReply, Fields: map[string]string{
			"thing1": "您的诉求", "phrase2": "有新进展", "time3": model.Moment(quarterAfter(tx.Now())),
		}}
	}
	return post(ctx, tx, row.ID, n)
}

var (
	something = fault.Text{ZH: "您的诉求有新的进展", EN: "There is news of a request of yours"}
	somewhere = fault.Text{
		ZH: "您的一条密封诉求有新的进展，请在“我的诉求”中查看。为保护您的身份，通知中不写明是哪一条。",
		EN: "There is news of a sealed request of yours. Look among your requests: to protect you, this message does not say which.",
	}
)

// opened says that who a person is was opened. By which paper stands with the opening, in a list
// of their own: the number of it here would name the request to whoever has both tables.
func opened(o model.IdentityOpening) model.Notice {
	return model.Notice{
		Kind: "identity_opened", Link: "pages/me/identity-openings", Key: "opening/" + o.ID.String(),
		Title: fault.Text{ZH: "您的密封身份已被依法批准查看", EN: "The opening of your sealed identity was approved"},
		Text: fault.Text{
			ZH: "经一名工作人员申请、另一名工作人员依法批准，您的一条密封诉求的提交人身份可以被查看。法定事由和文书编号请在“身份查看记录”中查看。如有异议，可向县委组织部提出。",
			EN: "One officer asked and another approved that it may be seen who submitted a sealed request of yours. The ground of law and the paper are among the openings of your identity. You may object to the county's organisation department.",
		},
	}
}

// suspended says that nothing sealed is taken from a person for a time: not until when to the
// minute, which stands in the row of their identity.
func suspended(row model.SealedIdentity, days int, reason string) model.Notice {
	return model.Notice{
		Kind: "sealed_suspended", Link: "pages/mailbox/mine", Key: "suspension/" + row.ID.String() + "/" + model.Moment(*row.SuspendedUntil),
		Title: fault.Text{ZH: "您的密封提交已暂停", EN: "Sealed requests of yours are suspended"},
		Text: fault.Text{
			ZH: fmt.Sprintf("您向一个支部的密封提交已暂停 %d 天，原因：%s。期间仍可实名或隐名提交。工作人员不知道您是谁。", days, reason),
			EN: fmt.Sprintf("One branch takes no sealed requests of yours for %d days: %s. You may submit named or hidden ones. The staff do not know who you are.", days, reason),
		},
	}
}
