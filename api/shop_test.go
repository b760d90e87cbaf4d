package api_test

import (
	"sync"
	"testing"

	"jinlin/api/apitest"
)

type me struct {
	ID    string
	Roles []struct {
		Role string
		Unit struct{ ID string }
	}
	Residences []struct{ EstateID, Status string }
	Points     struct{ Available, Held int64 }
}

func meOf(p *apitest.Person) (m me) {
	p.Get("/v1/me").Want(200).Into(&m)
	return m
}

// given is what came into being.
type given struct {
	ID, Status, PickupCode, AccountID string
	Stock, Balance                    int64
}

// market is a county with a filled pool, a resident with at least 90 points, and goods on the shelf.
type market struct {
	*apitest.Server
	clerk, town, secretary, keeper, wang *apitest.Person
	estate, goods                        string
	had, held                            int64 // wang's points, before anything here is spent
}

func openMarket(t *testing.T, settings ...string) market {
	t.Helper()
	s := apitest.Start(t, "", append(settings, "JINLIN_DEMO=on")...)
	m := market{
		Server: s, clerk: s.SignIn(t, "clerk-county"), town: s.SignIn(t, "town-jinchang"), secretary: s.SignIn(t, "secretary-hongqiao"),
		keeper: s.SignIn(t, "shop-hongqiao"), wang: s.SignIn(t, "resident-wang"),
	}
	wang := meOf(m.wang)
	m.estate = wang.Residences[0].EstateID
	branch := meOf(m.secretary).Roles[0].Unit.ID
	m.clerk.Post("/v1/points/pools", map[string]any{"sponsor": "红星超市", "unitId": branch, "points": 1000, "backing": "大米 40 袋"}).Want(201)
	var award given
	m.secretary.Post("/v1/points/awards", map[string]any{"userId": wang.ID, "points": 90, "cause": "治安巡逻", "reference": "2026-11-23"}).Want(201).Into(&award)
	if award.Status != "posted" {
		t.Fatalf("%+v", award)
	}
	var goods given
	m.keeper.Post("/v1/shop/goods", map[string]any{"name": "洗衣液", "unitId": branch, "price": 20, "stock": 5, "limits": map[string]int{"perPersonMonth": 3}}).
		Want(201).Into(&goods)
	points := meOf(m.wang).Points
	m.goods, m.had, m.held = goods.ID, points.Available, points.Held
	return m
}

func TestPointsAreEarnedSpentAndSettledAtTheTill(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	var list struct{ Items []given }
	m.Anybody(t).Get("/v1/shop/goods?estateId=" + m.estate).Want(200).Into(&list)
	if list.Items[0].ID != m.goods || list.Items[0].Stock != 5 {
		t.Fatalf("%+v", list)
	}
	order := map[string]any{"goodsId": m.goods, "quantity": 2}
	var r given
	m.wang.Post("/v1/shop/redemptions", order).Want(201).Into(&r)
	m.wang.Post("/v1/shop/redemptions", order).Refused(409, "limit_reached")
	if got := meOf(m.wang).Points; got.Available != m.had-40 || got.Held != m.held+40 {
		t.Fatalf("%+v", got)
	}
	m.wang.Get("/v1/shop/redemptions/" + r.ID).Want(200).Into(&r)
	m.wang.Post("/v1/shop/handovers", map[string]string{"pickupCode": r.PickupCode}).Refused(403, "forbidden")
	m.keeper.Post("/v1/shop/redemptions/"+r.ID+"/readiness", nil).Want(200)
	m.keeper.Post("/v1/shop/handovers", map[string]string{"pickupCode": r.PickupCode}, "Idempotency-Key: h").Want(200)
	m.keeper.Post("/v1/shop/handovers", map[string]string{"pickupCode": r.PickupCode}, "Idempotency-Key: h").Want(200)
	m.keeper.Post("/v1/shop/handovers", map[string]string{"pickupCode": r.PickupCode}).Refused(409, "illegal_transition")
	m.keeper.Post("/v1/shop/redemptions/"+r.ID+"/returns", map[string]int{"quantity": 1}).Want(200)
	m.keeper.Post("/v1/shop/redemptions/"+r.ID+"/returns", map[string]int{"quantity": 2}).Refused(409, "too_many_returned")
	m.wang.Post("/v1/shop/redemptions/"+r.ID+"/cancellation", nil).Refused(409, "illegal_transition")
	if got := m.line(t); got != (line{GoodsID: m.goods, Name: "洗衣液", HandedOver: 2, Returned: 1, Points: 20}) {
		t.Fatalf("%+v", got)
	}
	var entries struct {
		Items []struct{ Points, BalanceAfter int64 }
	}
	m.wang.Get("/v1/me/points/entries").Want(200).Into(&entries)
	if len(entries.Items) < 3 || entries.Items[0].Points != 20 || entries.Items[0].BalanceAfter != m.had-20 {
		t.Fatalf("%+v", entries)
	}
}

// line is what a day sheet says of one sort of goods.
type line struct {
	GoodsID, Name                string
	HandedOver, Returned, Points int64
}

// line finds these goods on the keeper's sheet of today.
func (m market) line(t *testing.T) line {
	t.Helper()
	var sheet struct{ Items []line }
	m.keeper.Get("/v1/shop/day-sheet").Want(200).Into(&sheet)
	for _, line := range sheet.Items {
		if line.GoodsID == m.goods {
			return line
		}
	}
	t.Fatalf("the goods are not on the sheet: %+v", sheet)
	return line{}
}

func TestALargeAwardWaitsAndAMistakeIsReversed(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	var award given
	m.secretary.Post("/v1/points/awards", map[string]any{"userId": meOf(m.wang).ID, "points": 101, "cause": "抗洪", "reference": "flood"}).Want(201).Into(&award)
	if award.Status != "pending" {
		t.Fatalf("%+v", award)
	}
	m.secretary.Post("/v1/points/awards/"+award.ID+"/approval", nil).Refused(403, "forbidden")
	var pending struct{ Items []given }
	m.clerk.Get("/v1/points/awards").Want(200).Into(&pending)
	if len(pending.Items) == 0 || pending.Items[0].ID != award.ID {
		t.Fatalf("%+v", pending)
	}
	m.clerk.Post("/v1/points/awards/"+award.ID+"/approval", nil).Want(200)
	var entries struct{ Items []given }
	m.clerk.Get("/v1/points/accounts/" + award.AccountID + "/entries").Want(200).Into(&entries)
	m.wang.Get("/v1/points/accounts/"+award.AccountID+"/entries").Refused(403, "forbidden")
	wrong := map[string]any{"entryId": entries.Items[0].ID, "reason": "记错了人"}
	m.secretary.Post("/v1/points/reversals", wrong).Want(201)
	m.secretary.Post("/v1/points/reversals", wrong).Refused(409, "already_reversed")
	if got := meOf(m.wang).Points.Available; got != m.had {
		t.Fatalf("%d points; want %d", got, m.had)
	}
}

func TestTwentyRepeatsOfOneRedemptionAreOne(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	answers := make([]string, 20)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answer := m.wang.Post("/v1/shop/redemptions", map[string]any{"goodsId": m.goods, "quantity": 1}, "Idempotency-Key: one")
			answers[i] = string(answer.Want(201).Body)
		})
	}
	wg.Wait()
	for _, answer := range answers {
		if answer != answers[0] {
			t.Fatalf("%s\n%s", answer, answers[0])
		}
	}
	if got := meOf(m.wang).Points; got.Available != m.had-20 || got.Held != m.held+20 {
		t.Fatalf("%+v", got)
	}
	m.wang.Post("/v1/shop/redemptions", map[string]any{"goodsId": m.goods, "quantity": 2}, "Idempotency-Key: one").Refused(422, "idempotency_key_reused")
}
