package wechat

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/silenceper/wechat/v2/util"
)

// Picture is a mini-program code as WeChat drew it.
type Picture struct {
	ContentType string // image/jpeg or image/png
	Bytes       []byte
}

type codeBody struct {
	Scene     string `json:"scene"`
	Page      string `json:"page"`
	CheckPath bool   `json:"check_path"`
	Version   string `json:"env_version"`
	Width     int    `json:"width"`
}

// Code has WeChat draw the code that opens a page of the mini-program, as in pages/desk/index,
// with a scene of 1–32 letters, digits and .-_~ and the like. WeChat makes any number of
// them. Fault: ErrUnavailable.
func (g *Gateway) Code(ctx context.Context, page, scene string) (Picture, error) {
	ctx, cancel := context.WithTimeout(ctx, g.cfg.Timeout)
	defer cancel()
	body := codeBody{Scene: scene, Page: page, CheckPath: g.cfg.MiniProgramState == "formal", Version: g.release(), Width: 280}
	var drawn Picture
	err := g.callWithToken(ctx, codePicture, func(ctx context.Context, token string) (got answer, err error) {
		drawn, got, err = draw(ctx, token, body)
		return got, err
	})
	if err != nil {
		return Picture{}, ErrUnavailable.Because(err)
	}
	return drawn, nil
}

// release is which release of the mini-program a code opens, in the words of this call.
func (g *Gateway) release() string {
	switch g.cfg.MiniProgramState {
	case "trial":
		return "trial"
	case "developer":
		return "develop"
	}
	return "release"
}

func draw(ctx context.Context, token string, body codeBody) (Picture, answer, error) {
	content, err := util.PostJSONContext(ctx, wechatHost+codePicture.path+"?access_token="+url.QueryEscape(token), body)
	if err != nil {
		return Picture{}, answer{}, err
	}
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
		got, err := decode(content, &struct{}{})
		if err == nil && got.Code == 0 {
			err = errors.New("no picture in it")
		}
		return Picture{}, got, err
	}
	kind := http.DetectContentType(content)
	if !strings.HasPrefix(kind, "image/") {
		return Picture{}, answer{}, errors.New("not a picture")
	}
	return Picture{ContentType: kind, Bytes: content}, answer{}, nil
}
