package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
)

func (a *API) followerRoutes() {
	handle(a, operation{
		id: "followRequest", method: http.MethodPost, path: "/v1/mailbox/requests/{id}/followers/mine", tag: boardTag,
		status: http.StatusCreated, once: true, summary: "Hear how somebody else's request on the board goes on",
	}, a.followRequest)
	handle(a, operation{
		id: "unfollowRequest", method: http.MethodDelete, path: "/v1/mailbox/requests/{id}/followers/mine", tag: boardTag,
		summary: "Hear of it no more",
	}, a.unfollowRequest)
	handle(a, operation{
		id: "listFollowedRequests", method: http.MethodGet, path: "/v1/me/followed-requests", tag: boardTag,
		summary: "What I follow, the newest request coming first",
	}, a.listFollowedRequests)
}

type followerOut struct {
	RequestID model.PublicID `json:"requestId" doc:"As the board has it"`
	Since     time.Time      `json:"since"`
}

func followerFrom(f model.FollowedRequest) followerOut {
	return followerOut{RequestID: f.PublicID, Since: f.CreatedAt}
}

func (a *API) followRequest(ctx context.Context, actor model.Actor, in *PublicRequestPath) (*body[followerOut], error) {
	f, err := a.Followers.Follow(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[followerOut]{Body: followerOut{RequestID: in.ID, Since: f.CreatedAt}}, nil
}

func (a *API) unfollowRequest(ctx context.Context, actor model.Actor, in *PublicRequestPath) (*none, error) {
	return nil, a.Followers.Unfollow(ctx, actor, in.ID)
}

func (a *API) listFollowedRequests(ctx context.Context, actor model.Actor, in *Paging) (*body[list[followerOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	followed, err := a.Followers.Mine(ctx, actor, page)
	if err != nil {
		return nil, err
	}
	return listed(followed, followerFrom), nil
}
