package api

import (
	"context"
	"net/http"

	"jinlin/model"
)

func (a *API) digestRoutes() {
	handle(a, operation{
		id: "getDigest", method: http.MethodGet, path: "/v1/digests/{unitId}", tag: newsTag,
		summary: "A unit's day as text, for its staff to forward into a WeChat group",
	}, a.getDigest)
}

type digestIn struct {
	Addressed
	UnitID model.UnitID `path:"unitId"`
	Date   string       `query:"date" format:"date" doc:"Whose articles, and from which on activities; today if left out"`
}

type digestOut struct {
	Text            string  `json:"text" doc:"Plain Chinese lines"`
	ImageURL        *string `json:"imageUrl" nullable:"true" doc:"Cover of the first article that has one"`
	MiniProgramPath string  `json:"miniProgramPath"`
}

func (a *API) getDigest(ctx context.Context, actor model.Actor, in *digestIn) (*body[digestOut], error) {
	digest, err := a.Digest.Of(ctx, actor, in.UnitID, model.Date(in.Date))
	if err != nil {
		return nil, err
	}
	out := digestOut{Text: digest.Text, MiniProgramPath: digest.Page}
	if digest.Cover != "" {
		image := a.origin(in.Addressed) + "/v1/uploads/" + digest.Cover
		out.ImageURL = &image
	}
	return &body[digestOut]{Body: out}, nil
}
