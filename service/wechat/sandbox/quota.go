package sandbox

import (
	"time"
)

// beijing is where WeChat's days begin. A fixed zone: China keeps no summer
// time, and a machine may come without a zone database.
var beijing = time.FixedZone("CST", 8*60*60)

func beijingDay(t time.Time) string   { return t.In(beijing).Format(time.DateOnly) }
func beijingMonth(t time.Time) string { return t.In(beijing).Format("2006-01") }

// quotaKey counts one account's calls of one path on one day.
type quotaKey struct{ appID, path, day string }

func (c *call) quotaKey(path string) quotaKey {
	return quotaKey{c.account.appID, path, beijingDay(c.now)}
}

// spend takes one call off the day's quota. Limits per minute are not played:
// a load test here should find the limits of the service under test.
func (s *Sandbox) spend(c *call) error {
	if c.endpoint.daily == 0 {
		return nil
	}
	key := c.quotaKey(c.endpoint.path)
	if s.quotas[key] >= c.endpoint.daily {
		return refuse(45009)
	}
	if s.quotas[key] == 0 {
		s.forgetOtherDays(key.day)
	}
	s.quotas[key]++
	return nil
}

func (s *Sandbox) forgetOtherDays(today string) {
	for key := range s.quotas {
		if key.day != today {
			delete(s.quotas, key)
		}
	}
}

// quotaOf is /cgi-bin/openapi/quota/get.
func (s *Sandbox) quotaOf(c *call) (any, error) {
	path := c.body.text("cgi_path")
	if c.body.err != nil {
		return nil, c.body.err
	}
	type figures struct {
		Limit  int `json:"daily_limit"`
		Used   int `json:"used"`
		Remain int `json:"remain"`
	}
	for _, e := range endpoints() {
		if e.path == path && e.daily > 0 {
			used := s.quotas[c.quotaKey(path)]
			return struct {
				success
				Quota figures `json:"quota"`
			}{ok, figures{e.daily, used, e.daily - used}}, nil
		}
	}
	return nil, refuse(76021)
}

// clearingsAMonth is how often an account may reset its own quotas.
const clearingsAMonth = 10

// clearQuota is /cgi-bin/clear_quota.
func (s *Sandbox) clearQuota(c *call) (any, error) {
	appID, a := c.body.text("appid"), c.account
	if c.body.err != nil {
		return nil, c.body.err
	}
	if appID != a.appID {
		return nil, refuse(40013)
	}
	if month := beijingMonth(c.now); a.clearedMonth != month {
		a.clearedMonth, a.cleared = month, 0
	}
	if a.cleared == clearingsAMonth {
		return nil, refuse(48006)
	}
	a.cleared++
	for key := range s.quotas {
		if key.appID == appID {
			delete(s.quotas, key)
		}
	}
	return ok, nil
}
