package activity

import (
	"strings"
	"time"
	"unicode/utf8"

	"jinlin/model"
	"jinlin/model/fault"
)

// Plan is what staff write of an activity.
type Plan struct {
	Title, Description, Place     string
	StartsAt, EndsAt              time.Time
	SignUpOpensAt, SignUpClosesAt time.Time
	Capacity                      int
	WaitingList                   bool
	Points                        int          // for each person who came
	PoolID                        model.PoolID // zero: the unit's own pools
	RequiresCheckOut              bool
	Audience                      model.Audience
	CheckInMinutes                int // how long before the start check-in opens
}

// DefaultCheckIn is how many minutes before the start check-in opens.
const DefaultCheckIn = 60

// longest texts, in characters.
const (
	longestTitle       = 64
	longestDescription = 4000
	longestPlace       = 128
)

// checked gives the plan in whole milliseconds UTC, as the database keeps it, if all of
// it goes together. Fault: invalid, naming the field.
func (p Plan) checked() (Plan, error) {
	for _, moment := range []*time.Time{&p.StartsAt, &p.EndsAt, &p.SignUpOpensAt, &p.SignUpClosesAt} {
		*moment = moment.UTC().Truncate(time.Millisecond)
	}
	p.Title, p.Place = strings.TrimSpace(p.Title), strings.TrimSpace(p.Place)
	if p.Audience == "" {
		p.Audience = model.OpenAudience
	}
	for _, rule := range []struct {
		kept     bool
		path, zh string
		en       string
	}{
		{fits(p.Title, longestTitle) && p.Title != "", "title", "标题须为 1–64 个字。", "The title must have 1 to 64 characters."},
		{fits(p.Description, longestDescription), "description", "介绍不得超过 4000 个字。", "The description must not exceed 4000 characters."},
		{fits(p.Place, longestPlace), "place", "地点不得超过 128 个字。", "The place must not exceed 128 characters."},
		{p.EndsAt.After(p.StartsAt), "endsAt", "结束时间须晚于开始时间。", "The end must come after the start."},
		{p.EndsAt.Sub(p.StartsAt) <= model.LongestActivity, "endsAt", "活动最长 31 天。", "An activity lasts 31 days at most."},
		{p.SignUpClosesAt.After(p.SignUpOpensAt), "signUpClosesAt", "报名截止须晚于报名开始。", "Sign-up must close after it opens."},
		{!p.SignUpClosesAt.After(p.EndsAt), "signUpClosesAt", "报名截止不得晚于活动结束。", "Sign-up must close before the activity ends."},
		{within(p.Capacity, 1, model.MaxCapacity), "capacity", "名额须为 1–10000。", "The capacity must be 1 to 10000."},
		{within(p.Points, 0, model.MaxActivityPoints), "points", "积分须为 0–40。", "The points must be 0 to 40."},
		{within(p.CheckInMinutes, 0, 24*60), "checkInMinutes", "签到最早可提前 24 小时开放。", "Check-in opens 24 hours before the start at the earliest."},
		{p.Audience == model.OpenAudience || p.Audience == model.VerifiedAudience, "audience", "不支持的参加范围。", "Not a known audience."},
		{p.Points > 0 || p.PoolID.IsZero(), "poolId", "没有积分的活动不需要积分池。", "An activity without points needs no pool."},
		{years(p), "startsAt", "时间超出范围。", "The times are out of range."},
	} {
		if !rule.kept {
			return p, fault.InvalidField(rule.path, "not_allowed", rule.zh, rule.en)
		}
	}
	return p, nil
}

func fits(text string, most int) bool { return utf8.RuneCountInString(text) <= most }

func within(n, least, most int) bool { return least <= n && n <= most }

// years keeps times where every database and calendar can write them.
func years(p Plan) bool {
	for _, moment := range []time.Time{p.StartsAt, p.EndsAt, p.SignUpOpensAt, p.SignUpClosesAt} {
		if !within(moment.Year(), 2000, 2999) {
			return false
		}
	}
	return true
}

// into writes the plan into an activity.
func (p Plan) into(a model.Activity) model.Activity {
	a.Title, a.Description, a.Place = p.Title, p.Description, p.Place
	a.StartsAt, a.EndsAt = p.StartsAt, p.EndsAt
	a.SignUpOpensAt, a.SignUpClosesAt = p.SignUpOpensAt, p.SignUpClosesAt
	a.Capacity, a.WaitingList, a.CheckInMinutes = p.Capacity, p.WaitingList, p.CheckInMinutes
	a.Points, a.PoolID, a.RequiresOut, a.Audience = p.Points, p.PoolID, p.RequiresCheckOut, p.Audience
	return a
}

func planOf(a model.Activity) Plan {
	return Plan{
		Title: a.Title, Description: a.Description, Place: a.Place, StartsAt: a.StartsAt, EndsAt: a.EndsAt,
		SignUpOpensAt: a.SignUpOpensAt, SignUpClosesAt: a.SignUpClosesAt, Capacity: a.Capacity, WaitingList: a.WaitingList,
		Points: a.Points, PoolID: a.PoolID, RequiresCheckOut: a.RequiresOut, Audience: a.Audience, CheckInMinutes: a.CheckInMinutes,
	}
}
