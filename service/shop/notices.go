package shop

import (
	"context"
	"fmt"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// saying is what the owner of a redemption hears of a move. The texts name pieces, goods
// and the day until which they are kept, not the code: it is shown where it can be used.
type saying struct {
	title, text fault.Text
	card        bool // sends the code by subscribe message
}

var sayings = map[model.RedemptionStatus]saying{
	model.RedemptionReserved: {
		title: fault.Text{ZH: "兑换成功，请按时领取", EN: "Your goods are reserved"},
		text:  fault.Text{ZH: "已为您预留 %d 件“%s”，请在 %s 前凭兑换码到爱心积分超市领取。", EN: "%d pieces of “%s” are reserved for you until %s. Bring your pick-up code to the supermarket."},
		card:  true,
	},
	model.RedemptionReady: {
		title: fault.Text{ZH: "兑换物品已备好", EN: "Your goods are ready"},
		text:  fault.Text{ZH: "您兑换的 %d 件“%s”已备好，请在 %s 前凭兑换码领取。", EN: "%d pieces of “%s” wait for you until %s. Bring your pick-up code."},
		card:  true,
	},
	model.RedemptionCancelled: {
		title: fault.Text{ZH: "兑换已取消", EN: "Your redemption was cancelled"},
		text:  fault.Text{ZH: "爱心积分超市取消了您兑换的 %d 件“%s”（原定保留至 %s），积分已退回。", EN: "The supermarket cancelled your %d pieces of “%s” (kept until %s). You have your points back."},
	},
	model.RedemptionLapsed: {
		title: fault.Text{ZH: "兑换已过期", EN: "Your redemption has lapsed"},
		text:  fault.Text{ZH: "您兑换的 %d 件“%s”未在 %s 前领取，已自动取消，积分已退回。", EN: "Your %d pieces of “%s” were not picked up before %s. You have your points back."},
	},
}

// tell tells the owner where their redemption is now.
func (s *Service) tell(ctx context.Context, tx *store.Store, r model.Redemption) error {
	goods, err := tx.Goods.Get(ctx, r.GoodsID)
	if err != nil {
		return err
	}
	say, until := sayings[r.Status], model.Moment(r.ExpiresAt)
	n := model.Notice{
		User: r.UserID, Kind: "redemption_" + string(r.Status), Title: say.title,
		Text: fault.Text{ZH: fmt.Sprintf(say.text.ZH, r.Quantity, goods.Name, until), EN: fmt.Sprintf(say.text.EN, r.Quantity, goods.Name, until)},
		Link: "pages/shop/redemption?id=" + r.ID.String(),
		Key:  "redemption/" + r.ID.String() + "/" + string(r.Status),
	}
	if say.card {
		code, err := openCode(tx, r)
		if err != nil {
			return err
		}
		n.Card = &model.Card{Template: model.TemplateRedemption, Fields: map[string]string{
			"thing1": goods.Name, "character_string2": code, "date3": until,
		}}
	}
	return s.notices.Tell(ctx, tx, n)
}
