package api

import (
	"context"
	"encoding/xml"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/board"
)

const boardTag = "Public board"

// publicRequestRoutes are what anybody reads of the red mailbox.
func (a *API) publicRequestRoutes() {
	handle(a, operation{
		id: "listPublicRequests", method: http.MethodGet, path: "/v1/public/requests", tag: boardTag, public: true,
		summary: "What an estate's people asked for and what came of it, as staff wrote it for the public",
	}, a.listPublicRequests)
	handle(a, operation{
		id: "getPublicRequest", method: http.MethodGet, path: "/v1/public/requests/{id}", tag: boardTag, public: true,
		summary: "One request of the board",
	}, a.getPublicRequest)
	handle(a, operation{
		id: "getPublicRequestsFeed", method: http.MethodGet, path: "/v1/public/requests/rss", tag: boardTag, public: true, may: []int{http.StatusNotFound},
		summary: "The board of an estate as RSS 2.0",
	}, a.getPublicRequestsFeed)
	a.publicVersionRoutes()
	a.followerRoutes()
	a.suggestionRoutes()
}

// boardSeconds is how long anybody may keep a page of the board.
const boardSeconds = 60

// PublicRequestOut is a request as the public sees it. It is exported because huma looks into
// exported embedded structs only.
type PublicRequestOut struct {
	ID          model.PublicID       `json:"id" doc:"What the public knows it by; its submitter and staff know it by another"`
	EstateID    model.UnitID         `json:"estateId"`
	BuildingID  *model.UnitID        `json:"buildingId,omitempty" doc:"Left out where it is not named"`
	Category    string               `json:"category" doc:"A code of /v1/mailbox/categories"`
	Title       string               `json:"title"`
	Text        string               `json:"text"`
	Answer      string               `json:"answer,omitempty"`
	Status      model.RequestStatus  `json:"status"`
	Outcome     model.RequestOutcome `json:"outcome,omitempty" doc:"Once closed: fixed, explained or silent"`
	CameOn      model.Date           `json:"cameOn" format:"date" doc:"The day it came"`
	PublishedAt time.Time            `json:"publishedAt" doc:"The beginning of the day on which it was first shown"`
	ExpectedOn  *model.Date          `json:"expectedOn,omitempty" format:"date" doc:"The day by the end of which it is to be answered; left out where nothing runs"`
	Overdue     bool                 `json:"overdue" doc:"That day is over"`
	Followers   int                  `json:"followers" doc:"How many people follow it"`
}

func publicRequestFrom(i board.Item) PublicRequestOut {
	out := PublicRequestOut{
		ID: i.ID, EstateID: i.EstateID, Category: i.Category, Title: i.Title, Text: i.Text, Answer: i.Answer,
		Status: i.Status, Outcome: i.Outcome, CameOn: i.CameOn, PublishedAt: i.PublishedOn.At(0, 0), Overdue: i.Overdue, Followers: i.Followers,
	}
	if i.ExpectedOn != "" {
		out.ExpectedOn = &i.ExpectedOn
	}
	if !i.BuildingID.IsZero() {
		out.BuildingID = &i.BuildingID
	}
	return out
}

type listPublicRequestsIn struct {
	Paging
	IfNoneMatching
	EstateID model.UnitID `query:"estateId" doc:"Left out: of the whole county"`
}

func (a *API) listPublicRequests(ctx context.Context, _ model.Actor, in *listPublicRequestsIn) (*cacheable[list[PublicRequestOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	items, err := a.Board.Public(ctx, board.Filter{EstateID: in.EstateID}, page)
	if err != nil {
		return nil, err
	}
	return cached(listed(items, publicRequestFrom).Body, in.IfNoneMatching, boardSeconds)
}

// PublicRequestPath names a request in the path as the public knows it.
type PublicRequestPath struct {
	ID model.PublicID `path:"id" doc:"As the board has it"`
}

type getPublicRequestIn struct {
	PublicRequestPath
	IfNoneMatching
}

func (a *API) getPublicRequest(ctx context.Context, _ model.Actor, in *getPublicRequestIn) (*cacheable[PublicRequestOut], error) {
	item, err := a.Board.Shown(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return cached(publicRequestFrom(item), in.IfNoneMatching, boardSeconds)
}

type publicFeedIn struct {
	Addressed
	EstateID model.UnitID `query:"estateId" required:"true"`
}

type publicFeedOut struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (a *API) getPublicRequestsFeed(ctx context.Context, _ model.Actor, in *publicFeedIn) (*publicFeedOut, error) {
	items, err := a.Board.Public(ctx, board.Filter{EstateID: in.EstateID}, model.Page{Limit: feedLength})
	if err != nil {
		return nil, err
	}
	estate, err := a.Org.Unit(ctx, in.EstateID)
	if err != nil {
		return nil, err
	}
	origin := a.origin(in.Addressed)
	feed := rss{Version: "2.0", Channel: rssChannel{
		Title: estate.Name + " · 红色信箱公开栏", Link: origin + "/v1/public/requests?estateId=" + estate.ID.String(),
		Description: estate.Name + "居民诉求及办理结果", Language: "zh-cn",
	}}
	for _, i := range items.Items {
		description := i.Text
		if i.Answer != "" {
			description += "\n\n答复：" + i.Answer
		}
		feed.Channel.Items = append(feed.Channel.Items, rssItem{
			Title: i.Title, Link: origin + "/v1/public/requests/" + i.ID.String(), Description: htmlOf(description),
			GUID: rssGUID{Value: "urn:uuid:" + i.ID.String()}, PubDate: i.PublishedOn.At(0, 0).In(model.Shanghai).Format(time.RFC1123Z),
		})
	}
	text, err := xml.MarshalIndent(feed, "", "  ")
	return &publicFeedOut{
		ContentType: "application/rss+xml; charset=utf-8", CacheControl: "public, max-age=60", Body: append([]byte(xml.Header), text...),
	}, err
}
