package wechat

import (
	"context"
	"errors"
	"net/url"
)

// LinkDays is how many days a link opens the mini-program, the most that WeChat allows.
const LinkDays = 30

// Link has WeChat make a link that opens a page of the mini-program, as in pages/desk/index, from
// outside it: from a group, a text message or a browser. WeChat makes half a million of them a day.
// The query is at most 1,024 bytes. Fault: ErrUnavailable, also where WeChat refuses.
// Source: WeChat's url-link.generate; opened by many people since December 2023.
func (g *Gateway) Link(ctx context.Context, page, query string) (string, error) {
	body := map[string]any{"path": page, "query": query, "expire_type": 1, "expire_interval": LinkDays, "env_version": g.release()}
	var reply struct {
		Link word `json:"url_link"`
	}
	err := g.callWithToken(ctx, urlLink, func(ctx context.Context, token string) (answer, error) {
		reply.Link = ""
		got, err := post(ctx, urlLink, token, body, &reply)
		if err == nil && got.Code == 0 && reply.Link == "" {
			err = errors.New("no link in it")
		}
		return got, err
	}, secretsOf(query)...)
	if err != nil {
		return "", ErrUnavailable.Because(err)
	}
	return string(reply.Link), nil
}

// secretsOf are what an answer of WeChat must not bring into a log: a query, and each value in it.
func secretsOf(query string) []string {
	secrets := []string{query}
	values, _ := url.ParseQuery(query) // which gives what it could read
	for _, v := range values {
		secrets = append(secrets, v...)
	}
	return secrets
}
