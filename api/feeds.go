package api

import (
	"cmp"
	"context"
	"encoding/xml"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jinlin/model"
)

func (a *API) feedRoutes() {
	handle(a, operation{
		id: "getFeed", method: http.MethodGet, path: "/v1/public/feeds/{unitId}/rss", tag: newsTag, public: true,
		summary: "What the people of a unit read, as RSS 2.0",
	}, a.getFeed)
}

// Addressed knows under which address the client reached us, for absolute links.
// It is exported because huma looks into exported embedded structs only.
type Addressed struct{ origin string }

type feedIn struct {
	Addressed
	UnitID model.UnitID `path:"unitId"`
}

// Resolve finds out under which address the client says it reached us: links in RSS are
// absolute. Anybody can say anything, so the configured address goes before it.
func (in *Addressed) Resolve(c huma.Context) []error {
	in.origin = "http://" + c.Host()
	if c.TLS() != nil || c.Header("X-Forwarded-Proto") == "https" {
		in.origin = "https://" + c.Host()
	}
	return nil
}

// origin begins absolute links.
func (a *API) origin(in Addressed) string { return cmp.Or(a.settings.PublicURL, in.origin) }

type feedOut struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

type rss struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string  `xml:"title"`
	Link        string  `xml:"link"`
	Description string  `xml:"description"`
	GUID        rssGUID `xml:"guid"`
	PubDate     string  `xml:"pubDate"`
}

// htmlOf is a text as a description, which readers take for HTML.
func htmlOf(text string) string { return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") }

type rssGUID struct {
	Permanent bool   `xml:"isPermaLink,attr"`
	Value     string `xml:",chardata"`
}

// feedLength is how many articles a feed reader gets.
const feedLength = 50

func (a *API) getFeed(ctx context.Context, _ model.Actor, in *feedIn) (*feedOut, error) {
	unit, err := a.Org.Unit(ctx, in.UnitID)
	if err != nil {
		return nil, err
	}
	articles, err := a.News.Feed(ctx, unit.ID, model.Page{Limit: feedLength})
	if err != nil {
		return nil, err
	}
	origin := a.origin(in.Addressed)
	feed := rss{Version: "2.0", Channel: rssChannel{
		Title: unit.Name, Link: origin + "/v1/articles?estateId=" + unit.ID.String(),
		Description: unit.Name + " · 党建动态", Language: "zh-cn",
	}}
	for _, article := range articles.Items {
		feed.Channel.Items = append(feed.Channel.Items, rssItem{
			Title: article.Title, Link: origin + "/v1/articles/" + article.ID.String(), Description: htmlOf(article.Summary),
			GUID: rssGUID{Value: "urn:uuid:" + article.ID.String()}, PubDate: article.PublishedAt.In(model.Shanghai).Format(time.RFC1123Z),
		})
	}
	text, err := xml.MarshalIndent(feed, "", "  ")
	return &feedOut{ContentType: "application/rss+xml; charset=utf-8", Body: append([]byte(xml.Header), text...)}, err
}
