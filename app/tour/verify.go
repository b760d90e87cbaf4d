package tour

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
)

// Where things can get to, in order. A thing may be further than recorded, never less far.
var (
	signUpStates     = []string{"waitlisted", "offered", "registered", "checked_in", "checked_out", "confirmed"}
	activityStates   = []string{"draft", "published", "ongoing", "finished"}
	redemptionStates = []string{"reserved", "ready", "handed_over"}
	articleStates    = []string{"draft", "submitted", "approved", "scheduled", "published"}
	pushStates       = []string{"planned", "audience_frozen", "sending", "finished"}
	boxStates        = []string{"opened", "confirmed"}
)

// reading finds one kind of fact again, for whoever it belongs to.
type reading struct {
	states []string
	find   func(ctx context.Context, p *person, f fact) (state string, found bool, err error)
}

// readings is every kind of fact.
var readings = map[string]reading{
	"request":          {nil, ownRequest},
	"activity":         {activityStates, one(func(f fact) string { return "/v1/activities/" + f.ID })},
	"pool":             {nil, among(func(f fact) (string, url.Values) { return "/v1/points/pools", url.Values{"unitId": {f.Within}} })},
	"sign-up":          {signUpStates, ownSignUp},
	"award":            {nil, earned},
	"goods":            {nil, among(func(f fact) (string, url.Values) { return "/v1/shop/goods", url.Values{"estateId": {f.Within}} })},
	"redemption":       {redemptionStates, among(func(fact) (string, url.Values) { return "/v1/me/redemptions", nil })},
	"article":          {articleStates, one(func(f fact) string { return "/v1/articles/" + f.ID })},
	"box-opening":      {boxStates, one(func(f fact) string { return "/v1/mailbox/box-openings/" + f.ID })},
	"slip":             {nil, keyedSlip},
	"board":            {nil, one(func(f fact) string { return "/v1/public/requests/" + f.ID })},
	"follow":           {nil, followed},
	"identity-opening": {nil, among(func(fact) (string, url.Values) { return "/v1/me/identity-openings", nil })},
	"push":             {pushStates, among(func(f fact) (string, url.Values) { return "/v1/pushes", url.Values{"unitId": {f.Within}} })},
}

// thing is whatever has an id and may have a state.
type thing struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// one reads a thing at its own path.
func one(path func(fact) string) func(context.Context, *person, fact) (string, bool, error) {
	return func(ctx context.Context, p *person, f fact) (string, bool, error) {
		var t thing
		a := p.get(ctx, path(f))
		if a.err == nil && a.status == http.StatusNotFound {
			return "", false, nil
		}
		a.want(http.StatusOK, &t)
		return t.Status, t.ID == f.ID, a.err
	}
}

// keyedSlip finds a slip by its number: it was found in a box.
func keyedSlip(ctx context.Context, p *person, f fact) (string, bool, error) {
	var slip struct{ Number, Status string }
	a := p.get(ctx, "/v1/public/slips/"+f.ID)
	if a.err == nil && a.status == http.StatusNotFound {
		return "", false, nil
	}
	a.want(http.StatusOK, &slip)
	return slip.Status, slip.Number == f.ID && slip.Status != "waiting", a.err
}

func followed(ctx context.Context, p *person, f fact) (string, bool, error) {
	_, found, a := find(ctx, p, "/v1/me/followed-requests", nil, func(r struct{ RequestID string }) bool { return r.RequestID == f.ID })
	return "", found, a.err
}

// among reads a list until the thing comes.
func among(list func(fact) (string, url.Values)) func(context.Context, *person, fact) (string, bool, error) {
	return func(ctx context.Context, p *person, f fact) (string, bool, error) {
		path, query := list(f)
		t, found, a := find(ctx, p, path, query, func(t thing) bool { return t.ID == f.ID })
		return t.Status, found, a.err
	}
}

// ownRequest finds the state in the timeline, because a request can go back.
func ownRequest(ctx context.Context, p *person, f fact) (string, bool, error) {
	var m matter
	a := p.get(ctx, "/v1/mailbox/requests/"+f.ID)
	if a.err == nil && a.status == http.StatusNotFound {
		return "", false, nil
	}
	a.want(http.StatusOK, &m.seen)
	return m.seen.Status, m.seen.ID == f.ID && m.passed(f.Reached), a.err
}

func ownSignUp(ctx context.Context, p *person, f fact) (string, bool, error) {
	var seen struct {
		MySignUp *thing `json:"mySignUp"`
	}
	a := p.get(ctx, "/v1/activities/"+f.Within)
	if a.err == nil && a.status == http.StatusNotFound {
		return "", false, nil
	}
	if a.want(http.StatusOK, &seen); a.err != nil || seen.MySignUp == nil {
		return "", false, a.err
	}
	return seen.MySignUp.Status, seen.MySignUp.ID == f.ID, nil
}

// earned finds an award by its cause, which is the tour's own.
func earned(ctx context.Context, p *person, f fact) (string, bool, error) {
	_, found, a := find(ctx, p, "/v1/me/points/entries", nil, func(e struct{ Note string }) bool { return e.Note == f.Within })
	return "", found, a.err
}

// lost is a fact that the service acknowledged and does not know any more.
type lost struct {
	fact  fact
	state string
	found bool
}

// Error names the fact.
func (l lost) Error() string {
	if !l.found {
		return fmt.Sprintf("%s %s of %s is gone", l.fact.Kind, l.fact.ID, l.fact.Persona)
	}
	return fmt.Sprintf("%s %s of %s is %s and was %s", l.fact.Kind, l.fact.ID, l.fact.Persona, l.state, l.fact.Reached)
}

// verify reads every recorded fact back.
func verify(ctx context.Context, o Options) error {
	facts, err := readFacts(o.Verify)
	if err != nil {
		return err
	}
	c, known := newClient(o), map[string]*person{}
	var missing []error
	for _, f := range facts {
		p, err := visitor(ctx, c, known, f.Persona)
		if err != nil {
			return err
		}
		if err := f.check(ctx, p); errors.As(err, new(lost)) {
			missing = append(missing, err)
		} else if err != nil {
			return err
		}
	}
	fmt.Fprintf(o.Out, "%d acknowledged, %d found\n", len(facts), len(facts)-len(missing))
	return errors.Join(missing...)
}

// visitor signs somebody in once.
func visitor(ctx context.Context, c *client, known map[string]*person, persona string) (*person, error) {
	if p := known[persona]; p != nil {
		return p, nil
	}
	p := &person{client: c, persona: persona, name: text{persona, persona}}
	known[persona] = p
	err := p.signIn(ctx)
	return p, err
}

// check finds the fact, at least as far on as it was. Error: lost.
func (f fact) check(ctx context.Context, p *person) error {
	r, known := readings[f.Kind]
	if !known {
		return fmt.Errorf("the record has a fact of an unknown kind %q", f.Kind)
	}
	state, found, err := r.find(ctx, p, f)
	if err != nil {
		return err
	}
	if !found || r.states != nil && slices.Index(r.states, state) < slices.Index(r.states, f.Reached) {
		return lost{f, state, found}
	}
	return nil
}

// readFacts reads a record. What follows the last newline was torn off by a kill.
func readFacts(name string) ([]fact, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the record cannot be read: %w", err)
	}
	lines := bytes.Split(content, []byte("\n"))
	var facts []fact
	for number, line := range lines[:len(lines)-1] {
		var f fact
		if err := json.Unmarshal(line, &f); err != nil {
			return nil, fmt.Errorf("line %d of the record is damaged: %w", number+1, err)
		}
		facts = append(facts, f)
	}
	return facts, nil
}
