package api

import (
	"context"
	"math"
	"net/http"

	"jinlin/model"
	"jinlin/service/suggestion"
)

func (a *API) suggestionRoutes() {
	handle(a, operation{
		id: "suggestRequests", method: http.MethodPost, path: "/v1/mailbox/suggestions", tag: boardTag,
		summary: "Open requests on the board that are like one about to be submitted; the text is kept nowhere",
	}, a.suggestRequests)
}

type suggestRequestsIn struct {
	Body struct {
		Text       string       `json:"text" minLength:"1" maxLength:"2000"`
		EstateID   model.UnitID `json:"estateId"`
		BuildingID model.UnitID `json:"buildingId,omitempty"`
		Category   string       `json:"category,omitempty" maxLength:"32" doc:"A code of /v1/mailbox/categories"`
		Position   *Marked      `json:"position,omitempty"`
	}
}

type suggestionOut struct {
	PublicRequestOut
	Nearness suggestion.Nearness `json:"nearness" enum:"building,nearby,estate,community" doc:"nearby: marked within some 150 metres on the map, which for others is rough"`
	Likeness int                 `json:"likeness" doc:"Of the words, in percent"`
}

func (a *API) suggestRequests(ctx context.Context, actor model.Actor, in *suggestRequestsIn) (*body[list[suggestionOut]], error) {
	found, err := a.Suggestion.Suggest(ctx, actor, suggestion.Draft{
		Text: in.Body.Text, Category: in.Body.Category, EstateID: in.Body.EstateID, BuildingID: in.Body.BuildingID, Position: in.Body.Position.position(),
	})
	if err != nil {
		return nil, err
	}
	return listed(model.Listing[suggestion.Suggestion]{Items: found}, func(s suggestion.Suggestion) suggestionOut {
		return suggestionOut{PublicRequestOut: publicRequestFrom(s.Item), Nearness: s.Nearness, Likeness: int(math.Round(100 * s.Likeness))}
	}), nil
}
