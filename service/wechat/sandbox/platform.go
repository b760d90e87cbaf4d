package sandbox

import (
	"encoding/json"
	"net/http"
	"time"
)

type verdictIn struct {
	TraceID string `json:"traceId"`
	Suggest string `json:"suggest"`
}

func (s *Sandbox) decideMedia(in verdictIn) (any, error) {
	return s.decide(in.TraceID, in.Suggest)
}

func (s *Sandbox) loseTokens(struct{}) (any, error) {
	return map[string]int{"lost": s.rotateTokens()}, nil
}

type resetIn struct {
	Everything bool `json:"everything"` // forget users, grants and messages too
}

// reset takes back what was injected: faults, the clock's offset, used up
// quotas. Asked for everything, it also forgets what WeChat would remember.
func (s *Sandbox) reset(in resetIn) (any, error) {
	s.faults.set(nil)
	s.offset = 0
	clear(s.quotas)
	clear(s.logins)
	for _, a := range s.accounts {
		a.forcedAt, a.forced, a.cleared = time.Time{}, 0, 0
	}
	if !in.Everything {
		return struct{}{}, nil
	}
	s.rotateTokens()
	clear(s.codes)
	return struct{}{}, s.world.startAfresh()
}

type clockIn struct {
	Offset json.RawMessage `json:"offset"`
}

// setClock moves WeChat's clock. It never moves the receiver's.
func (s *Sandbox) setClock(in clockIn) (any, error) {
	offset, err := parseOffset(in.Offset)
	if err != nil || offset.Abs() > 10*365*24*time.Hour {
		return nil, invalid("offset", `a duration such as "3h" or "-90s", or seconds; at most ten years`)
	}
	s.offset = offset
	return s.clock(), nil
}

// parseOffset reads "1h30m", "5400" or 5400.
func parseOffset(raw json.RawMessage) (time.Duration, error) {
	text := string(raw)
	if len(raw) > 0 && raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return 0, err
		}
	}
	if d, err := time.ParseDuration(text); err == nil {
		return d, nil
	}
	return time.ParseDuration(text + "s")
}

func (s *Sandbox) clock() any {
	return map[string]any{"offset": s.offset.String(), "now": s.now()}
}

type faultsIn struct {
	Faults []Fault `json:"faults"`
}

// setFaults replaces the faults; an empty list ends them all.
func (s *Sandbox) setFaults(in faultsIn) (any, error) {
	var calls []string
	for _, e := range endpoints() {
		calls = append(calls, e.path)
	}
	for i, f := range in.Faults {
		in.Faults[i] = f.withDefaults()
		if err := in.Faults[i].check(calls); err != nil {
			return nil, err
		}
	}
	s.faults.set(in.Faults)
	return s.showFaults(nil), nil
}

type templateIn struct {
	Title    string              `json:"title"`
	Fields   []string            `json:"fields"`
	Labels   map[string]string   `json:"labels"`
	Options  map[string][]string `json:"options"`
	LongTerm bool                `json:"longTerm"`
}

// setTemplate defines a template or changes it. Grants stay as they are.
func (s *Sandbox) setTemplate(r *http.Request, in templateIn) (any, error) {
	t := Template{r.PathValue("id"), in.Title, in.Fields, in.Labels, in.Options, in.LongTerm}
	if err := t.check(); err != nil {
		return nil, err
	}
	err := s.world.record(fact{Template: &t})
	return t, err
}
