package tour

import (
	"context"
	"net/http"
	"strings"
)

func (d *day) signIn(ctx context.Context) error {
	steps := []step{
		{d.everybody, both("十三个人用微信登录", "all thirteen sign in with WeChat"), d.everybodySignsIn},
		{d.wang, both("同一登录码再用一次", "uses the same code again"), d.sameCodeTwice},
		{d.courier, both("退出其中一个会话", "ends one of two sessions"), d.signOut},
		{d.secretary, both("在电脑上扫码登录", "signs in at a desk by a scan"), d.deskSignIn},
		{d.nobody, both("用编造的登录码", "makes a code up"), d.inventedCode},
	}
	return d.chapter(ctx, both("一 登录与住址", "1 Signing in, and a home"), append(steps, d.settling()...)...)
}

func (d *day) everybodySignsIn(ctx context.Context) (text, error) {
	people := d.known()
	err := together(len(people), func(i int) error { return people[i].signIn(ctx) })
	if err != nil {
		return text{}, err
	}
	return both("%d 个会话", "%d sessions", len(people)), d.everybodyIsInPlace(ctx)
}

// everybodyIsInPlace holds the demo county against what the contract says of it.
func (d *day) everybodyIsInPlace(ctx context.Context) error {
	for p, role := range map[*person]string{
		d.clerk: "county_clerk", d.secretary: "secretary", d.otherSecretary: "secretary", d.till: "shop_keeper", d.officer: "department_officer",
	} {
		a := p.get(ctx, "/v1/me").want(http.StatusOK, nil)
		if !a.expect(p.unit(role).ID != "", "the role %s in some unit", role) {
			return a.err
		}
	}
	for _, p := range []*person{d.wang, d.li, d.zhao} {
		a := p.get(ctx, "/v1/me").want(http.StatusOK, nil)
		if !a.expect(p.estate() != "", "a verified residence") {
			return a.err
		}
	}
	return nil
}

func (d *day) sameCodeTwice(ctx context.Context) (text, error) {
	code, err := d.wang.loginCode(ctx)
	if err != nil {
		return text{}, err
	}
	first, err := d.wang.exchange(ctx, code)
	if err != nil {
		return text{}, err
	}
	var second session
	a := d.wang.anonymous().post(ctx, "/v1/sessions/wechat", map[string]string{"code": code}).want(http.StatusCreated, &second)
	a.expect(second.Token == first.Token, "the same session again")
	return both("同一个会话", "the same session"), a.err
}

func (d *day) signOut(ctx context.Context) (text, error) {
	other := d.courier.anonymous()
	if err := other.signIn(ctx); err != nil {
		return text{}, err
	}
	if a := other.delete(ctx, "/v1/sessions/current").want(http.StatusNoContent, nil); a.err != nil {
		return text{}, a.err
	}
	if err := other.get(ctx, "/v1/me").refused(http.StatusUnauthorized, "unauthenticated"); err != nil {
		return text{}, err
	}
	return both("立即失效，另一个仍可用", "dead at once, the other one lives"), d.courier.get(ctx, "/v1/me").want(http.StatusOK, nil).err
}

// deskSignIn plays the page, the phone that scans its code, and the page again.
func (d *day) deskSignIn(ctx context.Context) (text, error) {
	var asked struct{ ID, Secret, Scene, Image string }
	page := d.secretary.anonymous()
	a := page.post(ctx, "/v1/desk-logins", nil).want(http.StatusCreated, &asked)
	a.expect(asked.ID != "" && asked.Secret != "" && strings.HasPrefix(asked.Image, "data:image/"), "an id, a secret and a code")
	if a.err != nil {
		return text{}, a.err
	}
	path, secret := "/v1/desk-logins/"+asked.ID, map[string]string{"secret": asked.Secret}
	if err := page.post(ctx, path+"/session", secret).refused(http.StatusConflict, "desk_login_waiting"); err != nil {
		return text{}, err
	}
	if err := d.wang.post(ctx, path+"/confirmation", nil).refused(http.StatusForbidden, "forbidden"); err != nil {
		return text{}, err
	}
	var seen struct{ Status, Browser string }
	a = d.secretary.get(ctx, path).want(http.StatusOK, &seen)
	a.expect(seen.Status == "waiting" && seen.Browser != "", "a page that waits, and its browser")
	if a.err != nil {
		return text{}, a.err
	}
	if a = d.secretary.post(ctx, path+"/confirmation", nil).want(http.StatusOK, nil); a.err != nil {
		return text{}, a.err
	}
	var got session
	if a = page.post(ctx, path+"/session", secret).want(http.StatusCreated, &got); a.err != nil {
		return text{}, a.err
	}
	if err := page.post(ctx, path+"/session", secret).refused(http.StatusConflict, "desk_login_used"); err != nil {
		return text{}, err
	}
	page.token = got.Token
	a = page.delete(ctx, "/v1/sessions/current").want(http.StatusNoContent, nil)
	return both("手机确认后进入，仅一次", "let in by the phone, once"), a.err
}

func (d *day) inventedCode(ctx context.Context) (text, error) {
	a := d.nobody.post(ctx, "/v1/sessions/wechat", map[string]string{"code": "made-up-" + d.mark})
	return both("被拒绝", "refused"), a.refused(http.StatusUnauthorized, "wechat_code_invalid")
}
