package shop

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Line is one sort of goods on a day's sheet.
type Line struct {
	Goods          model.Goods
	HandedOver     int64 // pieces
	Returned       int64
	PointsTaken    int64
	PointsReturned int64
}

// DaySheet is what a till did in a day, in place of the exercise book.
type DaySheet struct {
	Date  model.Date
	Lines []Line
	Total Line // without goods
}

// DaySheet adds up a day's hand-overs and returns at the shops whose points the actor may
// read. The empty day is today. Faults: unauthenticated, forbidden.
func (s *Service) DaySheet(ctx context.Context, actor model.Actor, day model.Date) (DaySheet, error) {
	if day == "" {
		day = model.DateOf(s.store.Now())
	}
	sheet := DaySheet{Date: day}
	tops, err := s.access.Units(ctx, actor, access.PointsRead)
	if err != nil {
		return sheet, err
	}
	sums, err := s.store.RedemptionEvents.ListDay(ctx, day)
	if err != nil {
		return sheet, err
	}
	var ids []model.GoodsID
	for _, sum := range sums {
		if err := s.addLine(ctx, &sheet, sum, tops); err != nil {
			return sheet, err
		}
		ids = append(ids, sum.GoodsID)
	}
	goods, err := s.GoodsByID(ctx, ids)
	for i, line := range sheet.Lines {
		sheet.Lines[i].Goods = goods[line.Goods.ID]
	}
	return sheet, err
}

// addLine takes a sum onto the sheet if it belongs there.
func (s *Service) addLine(ctx context.Context, sheet *DaySheet, sum store.DaySum, tops []model.UnitID) error {
	within, err := s.org.Within(ctx, sum.UnitID, tops...)
	if err != nil || !within {
		return err
	}
	line := Line{
		Goods: model.Goods{ID: sum.GoodsID}, HandedOver: sum.HandedOver, Returned: sum.Returned,
		PointsTaken: sum.PointsTaken, PointsReturned: sum.PointsReturned,
	}
	sheet.Lines = append(sheet.Lines, line)
	sheet.Total.HandedOver += line.HandedOver
	sheet.Total.Returned += line.Returned
	sheet.Total.PointsTaken += line.PointsTaken
	sheet.Total.PointsReturned += line.PointsReturned
	return nil
}
