package api_test

import (
	"net/http"
	"strings"
	"testing"

	"jinlin/api/apitest"
)

func TestAWorkerGetsTheDayToForward(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t)
	type answer struct {
		Text, MiniProgramPath string
		ImageURL              *string
	}
	path := "/v1/digests/" + n.branch
	n.publish("义诊进小区")
	var d answer
	n.secretary.Get(path).Want(http.StatusOK).Into(&d)
	if !strings.Contains(d.Text, "义诊进小区") || !strings.Contains(d.Text, "近期活动") || !strings.Contains(d.MiniProgramPath, n.branch) || d.ImageURL != nil {
		t.Errorf("%+v", d)
	}
	cover := "01a205ff-0000-7000-8000-000000000001"
	n.publishWith("三号楼换新灯", map[string]any{"cover": cover})
	n.secretary.Get(path + "?date=2026-11-23").Want(http.StatusOK).Into(&d)
	if d.ImageURL == nil || *d.ImageURL != n.URL("api")+"/v1/uploads/"+cover {
		t.Errorf("%+v", d)
	}
	n.secretary.Get(path+"?date=gestern").Refused(http.StatusBadRequest, "invalid")
	for who, refusal := range map[*apitest.Person]struct {
		status int
		code   string
	}{
		n.Anybody(t):                     {http.StatusUnauthorized, "unauthenticated"},
		n.wang:                           {http.StatusForbidden, "forbidden"},
		n.SignIn(t, "secretary-tianyue"): {http.StatusNotFound, "not_found"},
		n.SignIn(t, "worker-nancheng"):   {http.StatusOK, ""},
	} {
		if got := who.Get(path).Want(refusal.status); refusal.code != "" {
			got.Refused(refusal.status, refusal.code)
		}
	}
}
