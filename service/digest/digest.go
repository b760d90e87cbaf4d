// Package digest writes the text that workers forward into their WeChat groups.
//
// A digest is a unit's day: the articles that were published on it and the activities of
// the week that follows, of the unit and of everything above it, as its people see them in
// the mini-program. It is short plain Chinese for people who read no apps; whoever wants
// more opens the mini-program. Only staff of the unit get it, and nothing is sent from here.
package digest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/org"
)

const (
	most     = 10 // articles, and activities
	daysShow = 7  // of activities to come
)

// Service writes digests.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service) *Service {
	return &Service{store: s, access: a, org: o}
}

// Digest is a unit's day, ready to be forwarded.
type Digest struct {
	Text  string
	Cover string // id of the first article's image that has one, or ""
	Page  string // of the mini-program
}

// Of writes the digest of a unit and a day; the empty day is today.
// Faults: invalid and those of access.Require.
func (s *Service) Of(ctx context.Context, actor model.Actor, id model.UnitID, day model.Date) (Digest, error) {
	if err := s.access.Require(ctx, actor, access.DigestRead, id); err != nil {
		return Digest{}, err
	}
	if day == "" {
		day = model.DateOf(s.store.Now())
	}
	if _, err := model.ParseDate(string(day)); err != nil {
		return Digest{}, fault.InvalidField("query.date", "invalid_date", "日期格式应为 2006-01-02。", "Not a date like 2006-01-02.")
	}
	unit, err := s.org.Unit(ctx, id)
	if err != nil {
		return Digest{}, err
	}
	units, err := s.org.Reach(ctx, id)
	if err != nil {
		return Digest{}, err
	}
	news, err := s.store.Articles.ListPublishedIn(ctx, units, day.At(0, 0), day.AddDays(1).At(0, 0), most)
	if err != nil {
		return Digest{}, err
	}
	activities, err := s.coming(ctx, units, day)
	return Digest{
		Text: text(unit, day, news, activities), Cover: coverOf(news), Page: "pages/index/index?unitId=" + id.String(),
	}, err
}

// coming are the activities that begin in the days from one on, and not before now.
func (s *Service) coming(ctx context.Context, units []model.UnitID, day model.Date) ([]model.Activity, error) {
	from := day.At(0, 0)
	if now := s.store.Now(); from.Before(now) {
		from = now
	}
	on := store.ActivityFilter{Units: units, From: from, To: day.AddDays(daysShow).At(0, 0)}
	activities := model.All(func(page model.Page) (model.Listing[model.Activity], error) {
		return s.store.Activities.List(ctx, on, page)
	})
	var coming []model.Activity
	for a, err := range activities {
		if err != nil {
			return nil, err
		}
		if a.StartsAt.Before(from) {
			continue
		}
		if coming = append(coming, a); len(coming) == most {
			break
		}
	}
	return coming, nil
}

func coverOf(news []model.Article) string {
	for _, a := range news {
		if a.Cover != "" {
			return a.Cover
		}
	}
	return ""
}

// text is the digest on plain lines.
func text(unit model.Unit, day model.Date, news []model.Article, activities []model.Activity) string {
	lines := []string{"【" + unit.Name + "】" + chinese(day.At(12, 0), "1月2日"), "", "今日动态："}
	for i, a := range news {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, oneLine(a.Title)))
		if summary := oneLine(a.Summary); summary != "" {
			lines = append(lines, "   "+summary)
		}
	}
	if len(news) == 0 {
		lines = append(lines, "暂无新的动态。")
	}
	lines = append(lines, "", "近期活动：")
	for i, a := range activities {
		lines = append(lines, fmt.Sprintf("%d. %s %s", i+1, chinese(a.StartsAt, "1月2日 15:04"), oneLine(a.Title)), "   "+details(a))
	}
	if len(activities) == 0 {
		lines = append(lines, "暂无近期活动。")
	}
	return strings.Join(append(lines, "", "点开“晋邻”小程序，查看详情和报名。"), "\n")
}

// details are where an activity is and whether there is room.
func details(a model.Activity) string {
	room := "名额已满"
	switch {
	case a.PlacesLeft > 0 && a.Waiting == 0:
		room = fmt.Sprintf("余 %d 个名额", a.PlacesLeft)
	case a.WaitingList:
		room = "名额已满，可候补"
	}
	if place := oneLine(a.Place); place != "" {
		return place + "，" + room
	}
	return room
}

func chinese(t time.Time, format string) string { return t.In(model.Shanghai).Format(format) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
