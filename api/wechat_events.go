package api

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

const (
	wechatPath    = "/wechat/"
	miniProgram   = wechatPath + "miniprogram/events"
	eventLimit    = 1 << 20
	eventDeadline = 4 * time.Second // WeChat waits five
)

// wechatRoutes take what WeChat pushes to us. They stand beside huma, because their
// bodies and answers are WeChat's and not ours.
func (a *API) wechatRoutes() {
	a.engine.GET(miniProgram, a.verifyPush)
	a.engine.POST(miniProgram, a.receivePush)
	text := map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	a.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "verifyWeChatPush", Method: http.MethodGet, Path: miniProgram, Tags: []string{"WeChat"},
		Summary: "WeChat checks this address: the echo comes back", Responses: text,
	})
	a.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "receiveWeChatPush", Method: http.MethodPost, Path: miniProgram, Tags: []string{"WeChat"},
		Summary: "WeChat tells us of events, encrypted and signed", Responses: text,
	})
}

func (a *API) verifyPush(c *gin.Context) {
	nameOperation(c.Request.Context(), "verifyWeChatPush")
	echo, err := a.Callback.Verify(c.Request)
	if err != nil {
		a.refuse(c, err)
		return
	}
	c.String(http.StatusOK, "%s", echo)
}

func (a *API) receivePush(c *gin.Context) {
	nameOperation(c.Request.Context(), "receiveWeChatPush")
	ctx, cancel := context.WithTimeout(c.Request.Context(), eventDeadline)
	defer cancel()
	content, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, eventLimit))
	if err != nil {
		a.refuse(c, ErrTooLarge.Because(err))
		return
	}
	if err := a.Callback.Receive(ctx, c.Request, content); err != nil {
		a.refuse(c, err)
		return
	}
	c.String(http.StatusOK, "success")
}

// fromWeChat says whether a request came by WeChat's own path. All of WeChat comes from a
// few addresses, so those are not counted; its signature is what lets it in.
func fromWeChat(c *gin.Context) bool { return strings.HasPrefix(c.FullPath(), wechatPath) }
