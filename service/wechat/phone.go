package wechat

import (
	"context"
	"errors"

	"jinlin/model/fault"
)

// phoneReply: the country code is a string live and a number in the documents.
type phoneReply struct {
	Info struct {
		Number      word `json:"purePhoneNumber"`
		CountryCode word `json:"countryCode"`
		Watermark   struct {
			AppID string `json:"appid"`
		} `json:"watermark"`
	} `json:"phone_info"`
}

// Phone trades the code of the getPhoneNumber button, good once and for five
// minutes and not the code of wx.login, for the number: 11 digits in mainland
// China, +country and number elsewhere. WeChat is told whose code it must be and
// gives nobody else's number.
//
// Faults: ErrPhoneCodeInvalid, also for the code of another person;
// fault.ErrRateLimited, ErrUnavailable.
func (g *Gateway) Phone(ctx context.Context, code, openID string) (string, error) {
	if !plainWord.MatchString(code) || openID == "" { // without an openid WeChat would not compare
		return "", ErrPhoneCodeInvalid
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.Timeout)
	defer cancel()
	var reply phoneReply
	err := g.callWithToken(ctx, phoneNumber, func(ctx context.Context, token string) (answer, error) {
		reply = phoneReply{}
		got, err := post(ctx, phoneNumber, token, map[string]string{"code": code, "openid": openID}, &reply)
		if err == nil && got.Code == 0 {
			err = reply.problem(g.cfg.AppID)
		}
		return got, err
	}, code, openID)
	if err != nil {
		return "", g.phoneFault(err)
	}
	return reply.number(), nil
}

func (r phoneReply) problem(appID string) error {
	switch {
	case r.Info.Number == "":
		return errors.New("no number in it")
	case r.Info.Watermark.AppID != appID:
		return errors.New("it is for another app")
	}
	return nil
}

func (r phoneReply) number() string {
	if cc := r.Info.CountryCode; cc != "" && cc != "86" {
		return "+" + string(cc) + string(r.Info.Number)
	}
	return string(r.Info.Number)
}

func (g *Gateway) phoneFault(err error) error {
	switch codeOf(err) {
	case codeLoginCodeBad, codeLoginCodeUsed, codeOpenIDWrong:
		return ErrPhoneCodeInvalid.Because(err)
	case codeTooOften:
		return fault.ErrRateLimited.Because(err).After(g.toNextMinute())
	}
	return ErrUnavailable.Because(err)
}
