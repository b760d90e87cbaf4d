package tour

import (
	"context"
	"net/http"
	"strings"
)

func (d *day) badInput(ctx context.Context) error {
	return d.chapter(ctx, both("八 错误的请求", "8 Bad input"),
		step{d.wang, both("不认识的字段、类型不对、残缺的 JSON", "unknown field, wrong type, broken JSON"), d.badBodies},
		step{d.wang, both("错误的游标、编号、路径", "bad cursor, bad id, no such path"), d.badPaths},
		step{d.nobody, both("伪造的令牌", "a forged token"), d.forgedToken},
		step{d.wang, both("居民做工作人员的事", "a resident does staff's work"), d.notStaff},
	)
}

func (d *day) badBodies(ctx context.Context) (text, error) {
	fields := `"category":"x","text":"x","identity":"named","estateId":"` + d.wang.estate() + `"`
	const path = "/v1/mailbox/requests"
	wrongType := d.wang.post(ctx, path, `{"category":"x","text":7,"identity":"named"}`)
	err := firstOf(
		d.wang.post(ctx, path, `{`+fields+`,"admin":true}`).refused(http.StatusBadRequest, "unknown_field"),
		wrongType.refused(http.StatusBadRequest, "invalid"),
		d.wang.post(ctx, path, `{"category":`).refused(http.StatusBadRequest, "malformed"),
		d.wang.post(ctx, path, `{`+fields+`,"text":"`+strings.Repeat("x", 1<<20)+`"}`).refused(http.StatusRequestEntityTooLarge, "too_large"),
	)
	return both("400、400、400、413", "400, 400, 400, 413"), err
}

func (d *day) badPaths(ctx context.Context) (text, error) {
	return both("400、400、404、404", "400, 400, 404, 404"), firstOf(
		d.wang.get(ctx, "/v1/units?cursor=zzz").refused(http.StatusBadRequest, "invalid_cursor"),
		d.wang.get(ctx, "/v1/units/not-an-id").refused(http.StatusBadRequest, "invalid"),
		d.wang.get(ctx, "/v1/units/01a205ff-ee0b-7276-b623-6ec18320a609").refused(http.StatusNotFound, "not_found"),
		d.wang.get(ctx, "/v1/nothing").refused(http.StatusNotFound, "no_route"),
	)
}

func (d *day) forgedToken(ctx context.Context) (text, error) {
	forger := d.nobody.anonymous()
	forger.token = strings.Repeat("A", 43)
	return both("401", "401"), forger.get(ctx, "/v1/me").refused(http.StatusUnauthorized, "unauthenticated")
}

// notStaff may answer 403 or, where the thing itself is hidden, 404.
func (d *day) notStaff(ctx context.Context) (text, error) {
	a := d.wang.post(ctx, "/v1/points/pools", map[string]any{"sponsor": "x", "unitId": d.branch().ID, "points": 10, "backing": "x"})
	a.expect(a.status == http.StatusForbidden || a.status == http.StatusNotFound, "status 403 or 404")
	return both("被拒绝", "refused"), firstOf(a.err, a.refused(a.status, a.code()))
}
