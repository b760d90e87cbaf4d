package tour

import (
	"context"
	"net/http"
	"net/url"
)

const (
	topUp = 40 // below what needs a second person
	price = 20
	stock = 2
)

// balance is what somebody has.
type balance struct {
	Available int `json:"available"`
	Held      int `json:"held"`
}

// goods are one line of the shop.
type goods struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Price int    `json:"price"`
	Stock int    `json:"stock"`
}

// redemption is goods reserved for points.
type redemption struct {
	ID         string `json:"id"`
	Status     string `json:"status"`
	PickupCode string `json:"pickupCode"`
}

// shop is the love-points part: a buyer, and a rival for the last piece.
type shop struct {
	*day
	buyer, rival *person
	goods        goods
	redemption   redemption
}

func (d *day) lovePoints(ctx context.Context) error {
	people, _ := d.gathering.present()
	s := &shop{day: d, buyer: people[0], rival: people[1]}
	return d.chapter(ctx, both("四 爱心积分", "4 Love-points"),
		step{s.buyer, both("查看积分：到场得 %d 分", "looks: coming earned %d points", activityPoints), s.earned},
		step{d.secretary, both("为两人各奖励 %d 分", "awards each %d points", topUp), s.award},
		step{d.till, both("上架物品，库存 %d", "adds goods, %d in stock", stock), s.addGoods},
		step{s.buyer, both("兑换一件，同一请求同时发五次", "redeems one, the same request five times at once"), s.redeem},
		step{s.rival, both("想兑换两件，只剩一件", "wants two of the one that is left"), s.outOfStock},
		step{d.till, both("凭取货码核销", "hands over by pick-up code"), s.handOver},
		step{d.till, both("同一取货码再用一次", "uses the same code again"), s.handOverAgain},
	)
}

// holds expects a person to have so many points.
func (s *shop) holds(ctx context.Context, p *person, available, held int) error {
	var b balance
	a := p.get(ctx, "/v1/me/points").want(http.StatusOK, &b)
	a.expect(b == balance{available, held}, "%d points available and %d held", available, held)
	return a.err
}

func (s *shop) earned(ctx context.Context) (text, error) {
	for _, p := range []*person{s.buyer, s.rival} {
		if err := s.holds(ctx, p, activityPoints, 0); err != nil {
			return text{}, err
		}
	}
	return both("两人各 %d 分，重复登记未多给", "%d points each; recording it twice gave none more", activityPoints), nil
}

func (s *shop) award(ctx context.Context) (text, error) {
	for _, p := range []*person{s.buyer, s.rival} {
		var award struct {
			ID     string `json:"id"`
			Status string `json:"status"`
		}
		reference, cause := "award-"+p.persona, "组织清洁家园 "+s.mark
		a := s.secretary.post(ctx, "/v1/points/awards", map[string]any{
			"userId": p.me.ID, "points": topUp, "cause": cause, "reference": reference,
		}).want(http.StatusCreated, &award)
		a.expect(award.Status == "posted", "status posted: no second person is needed")
		if p.acknowledged(a, fact{Kind: "award", ID: award.ID, Within: cause}); a.err != nil {
			return text{}, a.err
		}
		if err := s.holds(ctx, p, activityPoints+topUp, 0); err != nil {
			return text{}, err
		}
	}
	return both("每人 %d 分", "%d points each", activityPoints+topUp), nil
}

func (s *shop) addGoods(ctx context.Context) (text, error) {
	s.goods.Name = "洗衣液 " + s.mark
	a := s.till.post(ctx, "/v1/shop/goods", map[string]any{
		"name": s.goods.Name, "unitId": s.till.unit("shop_keeper").ID, "price": price, "stock": stock,
	}).want(http.StatusCreated, &s.goods)
	a.expect(s.goods.ID != "", "an id")
	s.wang.acknowledged(a, fact{Kind: "goods", ID: s.goods.ID, Within: s.wang.estate()})
	return both("%s，%d 分一件", "%s, %d points each", s.goods.Name, price), a.err
}

// left expects so many pieces in the shop.
func (s *shop) left(ctx context.Context, pieces int) error {
	seen, found, a := find(ctx, s.wang, "/v1/shop/goods", url.Values{"estateId": {s.wang.estate()}},
		func(g goods) bool { return g.ID == s.goods.ID })
	a.expect(found, "the goods %s in the shop", s.goods.ID)
	a.expect(seen.Stock == pieces, "%d in stock, not %d", pieces, seen.Stock)
	return a.err
}

func (s *shop) redeem(ctx context.Context) (text, error) {
	key := randomHex(16)
	body := map[string]any{"goodsId": s.goods.ID, "quantity": 1}
	answers, made := make([]*answer, 5), make([]redemption, 5)
	err := together(5, func(i int) error {
		answers[i] = s.buyer.postUnder(ctx, key, "/v1/shop/redemptions", body).want(http.StatusCreated, &made[i])
		answers[i].expect(made[i].Status == "reserved" && made[i].PickupCode != "", "status reserved and a pick-up code")
		return answers[i].err
	})
	if err != nil {
		return text{}, err
	}
	s.redemption = made[0]
	s.buyer.acknowledged(answers[0], fact{Kind: "redemption", ID: made[0].ID, Reached: "reserved"})
	replayed := 0
	for i, a := range answers {
		a.expect(made[i] == made[0], "the same redemption each time")
		if a.replayed() {
			replayed++
		}
	}
	last := answers[4]
	last.expect(replayed == 4, "one first answer and four replays, not %d", replayed)
	for _, a := range answers {
		err = firstOf(err, a.err)
	}
	err = firstOf(err, s.holdsAfterwards(ctx))
	reused := s.buyer.postUnder(ctx, key, "/v1/shop/redemptions", map[string]any{"goodsId": s.goods.ID, "quantity": 2})
	return both("一次兑换，%d 分被占用", "one redemption, %d points held", price),
		firstOf(err, reused.refused(http.StatusUnprocessableEntity, "idempotency_key_reused"))
}

// holdsAfterwards is what is left once one piece is reserved.
func (s *shop) holdsAfterwards(ctx context.Context) error {
	return firstOf(s.holds(ctx, s.buyer, activityPoints+topUp-price, price), s.left(ctx, stock-1))
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *shop) outOfStock(ctx context.Context) (text, error) {
	err := s.rival.post(ctx, "/v1/shop/redemptions", map[string]any{"goodsId": s.goods.ID, "quantity": stock}).
		refused(http.StatusConflict, "out_of_stock")
	return both("被拒绝，积分未动", "refused, no points moved"), firstOf(err, s.holds(ctx, s.rival, activityPoints+topUp, 0))
}

func (s *shop) handOver(ctx context.Context) (text, error) {
	var done redemption
	a := s.till.post(ctx, "/v1/shop/handovers", map[string]string{"pickupCode": s.redemption.PickupCode}).want(http.StatusOK, &done)
	a.expect(done.ID == s.redemption.ID && done.Status == "handed_over", "redemption %s handed over", s.redemption.ID)
	s.buyer.acknowledged(a, fact{Kind: "redemption", ID: done.ID, Reached: "handed_over"})
	err := firstOf(a.err, s.holds(ctx, s.buyer, activityPoints+topUp-price, 0), s.left(ctx, stock-1))
	return both("已领取；余 %d 分，库存 %d", "taken home; %d points and %d in stock are left", activityPoints+topUp-price, stock-1), err
}

func (s *shop) handOverAgain(ctx context.Context) (text, error) {
	err := s.till.post(ctx, "/v1/shop/handovers", map[string]string{"pickupCode": s.redemption.PickupCode}).
		refused(http.StatusConflict, "illegal_transition")
	return both("被拒绝", "refused"), firstOf(err, s.holds(ctx, s.buyer, activityPoints+topUp-price, 0))
}
