package sandbox

import (
	"crypto/rand"
	"strings"
	"time"
)

const (
	longestQuery   = 1024
	longestLinkDay = 30
)

// urlLink is /wxa/generate_urllink.
func (s *Sandbox) urlLink(c *call) (any, error) {
	path, query, env := c.body.text("path"), c.body.text("query"), c.body.text("env_version")
	lifeIsRight := linkLife(c.body, c.now)
	switch {
	case c.body.err != nil:
		return nil, c.body.err
	case path != "" && (strings.Contains(path, "?") || !s.released(strings.TrimPrefix(path, "/"))):
		return nil, refuse(40165)
	case len(query) > longestQuery:
		return nil, refuse(40212)
	case !knownEnv(env):
		return nil, refuse(40097)
	case !lifeIsRight:
		return nil, refuse(85401)
	}
	return struct {
		success
		Link string `json:"url_link"`
	}{ok, "https://wxaurl.cn/" + rand.Text()[:11]}, nil
}

// linkLife checks that a link ends, and within 30 days: at a time (type 0) or
// after a number of days (type 1).
func linkLife(b *body, now time.Time) bool {
	switch b.integer("expire_type", 0) {
	case 0:
		end := time.Unix(b.integer("expire_time", 0), 0)
		return end.After(now) && !end.After(now.AddDate(0, 0, longestLinkDay))
	case 1:
		days := b.integer("expire_interval", 0)
		return days >= 1 && days <= longestLinkDay
	default:
		return false
	}
}
