package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/statistics"
)

const statisticsTag = "Statistics"

// statisticsTimeout is for a county's year: a hundred thousand requests with all their events.
const statisticsTimeout = time.Minute

func (a *API) statisticsRoutes() {
	handle(a, operation{
		id: "getMailboxStatistics", method: http.MethodGet, path: "/v1/statistics/mailbox", tag: statisticsTag, timeout: statisticsTimeout,
		summary: "What became of the requests of a unit and a period, as then or as restated now",
	}, a.getMailboxStatistics)
	handle(a, operation{
		id: "compareMailboxStatistics", method: http.MethodGet, path: "/v1/statistics/mailbox/comparison", tag: statisticsTag, timeout: statisticsTimeout,
		summary: "The same estates before and after a restructuring",
	}, a.compareMailboxStatistics)
}

type getMailboxStatisticsIn struct {
	UnitID   model.UnitID `query:"unitId" required:"true" doc:"A county, town, community, grid, branch or estate"`
	From     string       `query:"from" format:"date" required:"true" doc:"The first day on which requests came"`
	To       string       `query:"to" format:"date" required:"true" doc:"The last one, at most two years after the first"`
	AsOf     string       `query:"asOf" format:"date" doc:"How things stood at the end of this day; left out: now"`
	Restated bool         `query:"restated" doc:"By the estates that are the unit's on that day, whoever led them when requests came; otherwise where requests belonged when they came"`
}

type mailboxStatisticsOut struct {
	UnitID   model.UnitID `json:"unitId"`
	From     model.Date   `json:"from" format:"date"`
	To       model.Date   `json:"to" format:"date"`
	AsOf     model.Date   `json:"asOf" format:"date"`
	Restated bool         `json:"restated"`
	Figures  figuresOut   `json:"figures"`
}

type figuresOut struct {
	Came      int `json:"came" doc:"All that came"`
	Open      int `json:"open"`
	Refused   int `json:"refused"`
	Withdrawn int `json:"withdrawn"`
	Merged    int `json:"merged"`
	Fixed     int `json:"fixed" doc:"Closed as fixed"`
	Explained int `json:"explained" doc:"Closed as explained"`
	Silent    int `json:"silent" doc:"Closed because nobody said anything of the newest answer; not among those resolved or rated"`
	Unheard   int `json:"unheard" doc:"Closed so, of those that came through Open311, whose reporters cannot speak; not among silent"`
	Reopened  int `json:"reopened" doc:"At least once"`
	Overdue   int `json:"overdue" doc:"Staff were late with something, or are"`

	Response     RateOut      `json:"response" doc:"Acknowledged in time, of those whose acknowledgement came or was due"`
	Resolution   RateOut      `json:"resolution" doc:"Fixed or explained by the last word, of those of whom a word was said"`
	Satisfaction satisfactory `json:"satisfaction" doc:"Four or five stars, of those rated; n is 0, and percent and stars are null, while fewer than five are rated"`
	Rated        RateOut      `json:"rated" doc:"Rated, of those answered"`

	Acknowledge timesOut `json:"acknowledge"`
	FirstReply  timesOut `json:"firstReply"`
	Resolve     timesOut `json:"resolve"`
}

// RateOut is a part of a whole. It is exported because huma looks into exported embedded
// structs only.
type RateOut struct {
	N       int      `json:"n"`
	Of      int      `json:"of"`
	Percent *float64 `json:"percent" nullable:"true" doc:"To one decimal; null of none"`
}

type satisfactory struct {
	RateOut
	Stars *float64 `json:"stars" nullable:"true" doc:"Mean of the ratings, to one decimal; null of fewer than five"`
}

type timesOut struct {
	Sample  int       `json:"sample" doc:"To how many it happened"`
	Elapsed spreadOut `json:"elapsed"`
	Working spreadOut `json:"working" doc:"In office hours of working days"`
}

type spreadOut struct {
	Median *int64 `json:"medianSeconds" nullable:"true"`
	P90    *int64 `json:"p90Seconds" nullable:"true"`
}

func rateFrom(r statistics.Rate) RateOut {
	return RateOut{N: r.N, Of: r.Of, Percent: ratio(100*r.N, r.Of)}
}

// satisfactionFrom says nothing of few ratings: one could tell who gave which.
func satisfactionFrom(f statistics.Figures) satisfactory {
	if f.Satisfaction.Of < statistics.FewestRatings {
		return satisfactory{RateOut: RateOut{Of: f.Satisfaction.Of}}
	}
	return satisfactory{RateOut: rateFrom(f.Satisfaction), Stars: ratio(f.Stars, f.Satisfaction.Of)}
}

// ratio is to one decimal, nil of none.
func ratio(n, of int) *float64 {
	if of == 0 {
		return nil
	}
	tenths := float64((20*n + of) / (2 * of))
	return new(tenths / 10)
}

func timesFrom(t statistics.Times) timesOut {
	out := timesOut{Sample: t.Sample}
	if t.Sample > 0 {
		out.Elapsed, out.Working = spreadFrom(t.Elapsed), spreadFrom(t.Working)
	}
	return out
}

func spreadFrom(s statistics.Spread) spreadOut {
	return spreadOut{Median: new(int64(s.Median / time.Second)), P90: new(int64(s.P90 / time.Second))}
}

func mailboxFigures(f statistics.Figures) figuresOut {
	return figuresOut{
		Came: f.Came, Open: f.Open, Refused: f.Refused, Withdrawn: f.Withdrawn, Merged: f.Merged,
		Fixed: f.Fixed, Explained: f.Explained, Silent: f.Silent, Unheard: f.Unheard, Reopened: f.Reopened, Overdue: f.Overdue,
		Response: rateFrom(f.Response), Resolution: rateFrom(f.Resolution), Rated: rateFrom(f.Rated),
		Satisfaction: satisfactionFrom(f),
		Acknowledge:  timesFrom(f.Acknowledge), FirstReply: timesFrom(f.FirstReply), Resolve: timesFrom(f.Resolve),
	}
}

func (a *API) getMailboxStatistics(ctx context.Context, actor model.Actor, in *getMailboxStatisticsIn) (*body[mailboxStatisticsOut], error) {
	answer, err := a.Statistics.Mailbox(ctx, actor, statistics.Question{
		Unit: in.UnitID, From: model.Date(in.From), To: model.Date(in.To), AsOf: model.Date(in.AsOf), Restated: in.Restated,
	})
	if err != nil {
		return nil, err
	}
	return &body[mailboxStatisticsOut]{Body: mailboxStatisticsOut{
		UnitID: answer.Unit, From: answer.From, To: answer.To, AsOf: answer.AsOf, Restated: answer.Restated, Figures: mailboxFigures(answer.Figures),
	}}, nil
}

type compareMailboxStatisticsIn struct {
	RestructuringID model.RestructuringID `query:"restructuringId" required:"true" doc:"One that has taken effect"`
	UnitID          model.UnitID          `query:"unitId" doc:"A branch that it founded or changed; left out: all estates that another branch leads since"`
	Days            int                   `query:"days" minimum:"7" maximum:"366" default:"90" doc:"Before and after"`
}

type comparisonOut struct {
	On     model.Date `json:"on" format:"date" doc:"First day of the new order"`
	Days   int        `json:"days"`
	Before figuresOut `json:"before" doc:"As it stood when the restructuring took effect"`
	After  figuresOut `json:"after" doc:"As it stood as many days later, or now"`
}

func (a *API) compareMailboxStatistics(ctx context.Context, actor model.Actor, in *compareMailboxStatisticsIn) (*body[comparisonOut], error) {
	c, err := a.Statistics.Compare(ctx, actor, in.RestructuringID, in.UnitID, in.Days)
	if err != nil {
		return nil, err
	}
	return &body[comparisonOut]{Body: comparisonOut{On: c.On, Days: c.Days, Before: mailboxFigures(c.Before), After: mailboxFigures(c.After)}}, nil
}
