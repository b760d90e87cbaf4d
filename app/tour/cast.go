package tour

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
)

// person is somebody with WeChat on their phone.
type person struct {
	client  *client
	persona string // their name in the sandbox
	name    text
	token   string
	me      me
}

type me struct {
	ID       string `json:"id"`
	Nickname string `json:"nickname"`
	Roles    []struct {
		Role string `json:"role"`
		Unit unit   `json:"unit"`
	} `json:"roles"`
	Residences []struct {
		EstateID   string `json:"estateId"`
		BuildingID string `json:"buildingId"`
		Status     string `json:"status"`
	} `json:"residences"`
}

type unit struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// unit is where they have a role. newDay's sign-in made sure that staff have one.
func (p *person) unit(role string) unit {
	for _, r := range p.me.Roles {
		if r.Role == role {
			return r.Unit
		}
	}
	return unit{}
}

// estate is where they live; "" when nowhere in the county.
func (p *person) estate() string {
	for _, r := range p.me.Residences {
		if r.Status == "verified" {
			return r.EstateID
		}
	}
	return ""
}

// cast is everybody in the tour who is known from the start.
type cast struct {
	nobody, everybody, newcomers                                                 *person // not somebody in particular
	clerk, town, worker, grid, secretary, otherSecretary, till, auditor, officer *person
	wang, li, zhao, courier                                                      *person
}

func newCast(c *client) *cast {
	of := func(persona, zh, en string) *person {
		return &person{client: c, persona: persona, name: text{zh, en}}
	}
	return &cast{
		nobody:         of("", "无名氏", "Somebody"),
		everybody:      of("", "大家", "Everybody"),
		newcomers:      of("", "三名志愿者", "Three volunteers"),
		clerk:          of("clerk-county", "组织部干事", "County clerk"),
		town:           of("town-jinchang", "晋昌镇党委", "Town committee"),
		worker:         of("worker-nancheng", "社区工作者", "Community worker"),
		grid:           of("grid-hongqiao", "网格员", "Grid worker"),
		secretary:      of("secretary-hongqiao", "虹桥书记", "Hongqiao secretary"),
		otherSecretary: of("secretary-tianyue", "天悦书记", "Tianyue secretary"),
		till:           of("shop-hongqiao", "超市店员", "Shop keeper"),
		auditor:        of("auditor", "审计员", "Auditor"),
		officer:        of("officer-housing", "住建局工作人员", "Department officer"),
		wang:           of("resident-wang", "王女士", "Ms Wang"),
		li:             of("resident-li", "李师傅", "Mr Li"),
		zhao:           of("resident-zhao", "赵女士", "Ms Zhao"),
		courier:        of("courier-chen", "快递员小陈", "Courier Chen"),
	}
}

// known are those who sign in at the start.
func (c *cast) known() []*person {
	return []*person{
		c.clerk, c.town, c.worker, c.grid, c.secretary, c.otherSecretary, c.till, c.auditor, c.officer,
		c.wang, c.li, c.zhao, c.courier,
	}
}

// volunteer is somebody nobody has met before today.
func (d *day) volunteer(number int) *person {
	return &person{
		client: d.client, persona: fmt.Sprintf("tour-%s-%d", d.mark, number),
		name: both("志愿者%d", "Volunteer %d", number),
	}
}

// newcomer is somebody new to WeChat, signed in.
func (d *day) newcomer(role string, name text) *person {
	return &person{client: d.client, persona: "tour-" + d.mark + "-" + role, name: name}
}

// loginCode is wx.login on this person's phone.
func (p *person) loginCode(ctx context.Context) (string, error) {
	var out struct {
		Code string `json:"code"`
	}
	a := p.sandbox(ctx, http.MethodPost, "/_sandbox/codes", map[string]string{"persona": p.persona}).want(http.StatusOK, &out)
	a.expect(out.Code != "", "a login code")
	return out.Code, a.err
}

type session struct {
	Token string `json:"token"`
	User  struct {
		ID string `json:"id"`
	} `json:"user"`
}

// exchange turns a login code into a session.
func (p *person) exchange(ctx context.Context, code string) (session, error) {
	var s session
	a := p.anonymous().post(ctx, "/v1/sessions/wechat", map[string]string{"code": code}).want(http.StatusCreated, &s)
	a.expect(s.Token != "" && s.User.ID != "", "a token and a user id")
	return s, a.err
}

// signIn signs them in and asks the service who they are.
func (p *person) signIn(ctx context.Context) error {
	code, err := p.loginCode(ctx)
	if err != nil {
		return err
	}
	s, err := p.exchange(ctx, code)
	if err != nil {
		return err
	}
	p.token = s.Token
	a := p.get(ctx, "/v1/me").want(http.StatusOK, &p.me)
	a.expect(p.me.ID == s.User.ID, "the person who signed in")
	return a.err
}

func (p *person) anonymous() *person {
	return &person{client: p.client, persona: p.persona, name: p.name}
}

func (p *person) get(ctx context.Context, path string) *answer {
	return p.send(ctx, http.MethodGet, p.client.api+path, nil, "")
}

// post sends under a key of its own.
func (p *person) post(ctx context.Context, path string, content any) *answer {
	return p.postUnder(ctx, randomHex(16), path, content)
}

func (p *person) postUnder(ctx context.Context, key, path string, content any) *answer {
	return p.send(ctx, http.MethodPost, p.client.api+path, content, key)
}

func (p *person) delete(ctx context.Context, path string) *answer {
	return p.send(ctx, http.MethodDelete, p.client.api+path, nil, "")
}

// put replaces what a GET gave with that ETag.
func (p *person) put(ctx context.Context, path string, content any, tag string) *answer {
	return p.sendIf(ctx, tag, http.MethodPut, p.client.api+path, content, "")
}

// sandbox is what this person does in WeChat itself.
func (p *person) sandbox(ctx context.Context, method, path string, content any) *answer {
	return p.anonymous().send(ctx, method, p.client.sandbox+path, content, "")
}

func (p *person) send(ctx context.Context, method, url string, content any, key string) *answer {
	return p.sendIf(ctx, "", method, url, content, key)
}

func (p *person) sendIf(ctx context.Context, tag, method, url string, content any, key string) *answer {
	r, err := newRequest(method, url, content)
	if err != nil {
		a := &answer{request: r}
		a.fail(err)
		return a
	}
	r.token, r.key, r.match = p.token, key, tag
	return p.client.send(ctx, r)
}

// find pages through a list until an item fits. It gives the last answer, for complaints.
func find[T any](ctx context.Context, p *person, path string, query url.Values, fits func(T) bool) (found T, ok bool, a *answer) {
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", "100")
	for {
		var page struct {
			Items []T     `json:"items"`
			Next  *string `json:"next"`
		}
		a = p.get(ctx, path+"?"+query.Encode()).want(http.StatusOK, &page)
		for _, item := range page.Items {
			if fits(item) {
				return item, true, a
			}
		}
		if a.err != nil || page.Next == nil {
			return found, false, a
		}
		query.Set("cursor", *page.Next)
	}
}

// together does the same thing for n people, or n times, at the same moment. Of several
// complaints one is enough.
func together(n int, do func(i int) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return firstOf(errs...)
}
