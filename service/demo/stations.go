package demo

import (
	"context"
	"time"

	"jinlin/model"
	"jinlin/model/store"
)

// openings are the stations' hours as data, in the order of the texts in hours.
func openings(i int) (h model.Hours) {
	morning, short := model.Span{From: "08:30", Until: "12:00"}, model.Span{From: "09:00", Until: "12:00"}
	afternoon := []model.Span{{From: "14:30", Until: "18:30"}, {From: "14:30", Until: "18:00"}, {From: "15:00", Until: "20:00"}}[i]
	for day := range h.Week {
		switch weekend := time.Weekday(day) == time.Saturday || time.Weekday(day) == time.Sunday; {
		case i == 2 && weekend:
			h.Week[day] = model.Spans{short}
		case i == 1 && time.Weekday(day) == time.Sunday:
		default:
			h.Week[day] = model.Spans{morning, afternoon}
		}
	}
	if i == 0 {
		h.Holiday = model.Spans{short}
	}
	return h
}

// offers are what every station of the county does for people.
var offers = []struct {
	name, steps, answers string
	documents            []string
}{
	{"高龄津贴申请", "填申请表，交材料，社区初审，镇政府七个工作日内答复。", "民政协理员", []string{"身份证", "户口本", "社保卡"}},
	{"灵活就业社保咨询", "现场咨询，需要办理的由值班人员预约窗口。", "社保协理员", []string{"身份证"}},
	{"党员组织关系转接", "提出申请，支部书记核对，五个工作日内办结。", "支部书记", []string{"身份证", "组织关系介绍信"}},
	{"矛盾调解", "登记后由支部书记约双方到调解室，三天内第一次见面。", "支部书记", nil},
	{"居住证明", "出示证件，网格员核实，当场出具。", "网格员", []string{"身份证", "房产证或租房合同"}},
	{"残疾人补贴代办", "腿脚不便的可预约上门，材料由站里代交。", "民政协理员", []string{"身份证", "残疾证"}},
	{"便民打印复印", "到前台办理，老人和学生免费。", "值班人员", nil},
	{"志愿者登记", "填表登记，次日起可以报名活动。", "值班人员", []string{"身份证"}},
}

// writeStations describes every station, and what all of them do for people.
func (c *County) writeStations(ctx context.Context, tx *store.Store) error {
	var profiles []*model.StationProfile
	for _, community := range c.Communities {
		for _, s := range community.Stations {
			p := &model.StationProfile{
				StationID: s.ID, Version: 1, Area: 80 + len(profiles)%12*15, ValidFrom: restructuring, ChangedBy: c.People["clerk-county"], CreatedAt: s.CreatedAt,
			}
			p.SetRooms([]model.Room{{Name: "议事室", Use: "议事、调解", Seats: 20}, {Name: "阅览角", Use: "阅览", Seats: 12}, {Name: "便民前台", Use: "办事"}})
			for i, text := range hours {
				if text == s.Hours {
					p.SetOpening(openings(i))
				}
			}
			profiles = append(profiles, p)
		}
	}
	if err := tx.StationProfiles.Add(ctx, profiles...); err != nil {
		return err
	}
	var items []*model.ServiceItem
	for _, o := range offers {
		item := &model.ServiceItem{
			ID: newID[model.ServiceItem](c), Version: 1, UnitID: c.Units[0].ID, Name: o.name, Steps: o.steps, Answers: o.answers,
			Contact: "所在服务站值班电话", ValidFrom: restructuring, Live: model.Lasting(), ChangedBy: c.People["clerk-county"], CreatedAt: c.founded(),
		}
		item.SetDocuments(append([]string{}, o.documents...))
		items = append(items, item)
	}
	if err := tx.ServiceItems.Add(ctx, items...); err != nil {
		return err
	}
	return c.writeRosters(ctx, tx, profiles)
}

// rosterDays is how many days the demo rosters reach ahead.
const rosterDays = 31

// writeRosters: at each station the secretaries of the branches that it serves take turns,
// two on each working day.
func (c *County) writeRosters(ctx context.Context, tx *store.Store, profiles []*model.StationProfile) error {
	var members []*model.DutyMember
	var planned []*model.DutyDay
	var shifts []*model.DutyShift
	today, calendar := model.DateOf(tx.Now()), model.NewCalendar()
	var days []model.Date
	for date := today; date < today.AddDays(rosterDays); date = date.AddDays(1) {
		if calendar.Working(date) {
			days = append(days, date)
		}
	}
	for _, profile := range profiles {
		pool := c.pool(profile.StationID)
		turns := make([]model.Turn, len(pool))
		for i, m := range pool {
			turns[i].Member = *m
		}
		plan, _ := model.FairTurns(turns, days, model.LeastOnDuty)
		members = append(members, pool...)
		opening := model.Opening{Profiles: []model.StationProfile{*profile}, Calendar: calendar}
		for _, date := range days {
			planned = append(planned, &model.DutyDay{StationID: profile.StationID, Date: date, DecidedBy: c.People["worker-nancheng"], UpdatedAt: tx.Now(), Version: 1})
			for _, m := range plan[date] {
				spans := opening.On(date)
				shifts = append(shifts, &model.DutyShift{
					ID: newID[model.DutyShift](c), StationID: m.StationID, Date: date, MemberID: m.ID, UserID: m.UserID, Name: m.Name,
					StartsAt: spans[0].From.On(date), EndsAt: spans[len(spans)-1].Until.On(date), Status: model.ShiftPlanned,
					Live: model.Lasting(), Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
				})
			}
		}
	}
	if err := tx.DutyMembers.Add(ctx, members...); err != nil {
		return err
	}
	if err := tx.DutyDays.Add(ctx, planned...); err != nil {
		return err
	}
	return tx.DutyShifts.Add(ctx, shifts...)
}

// pool are the secretaries of the branches that a station serves.
func (c *County) pool(station model.UnitID) (pool []*model.DutyMember) {
	for _, cover := range c.Covers {
		if cover.UnitID != station {
			continue
		}
		for _, s := range c.Secretaries {
			if s.Branch.ID == cover.CoveredID {
				pool = append(pool, &model.DutyMember{
					ID: newID[model.DutyMember](c), StationID: station, UserID: s.User, Name: c.nameOf(s.User), ValidFrom: restructuring,
					Live: model.Lasting(), AddedBy: c.People["clerk-county"], CreatedAt: c.founded(),
				})
			}
		}
	}
	return pool
}

func (c *County) nameOf(user model.UserID) string {
	for _, u := range c.Users {
		if u.ID == user {
			return u.Nickname
		}
	}
	return ""
}
