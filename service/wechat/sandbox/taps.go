package sandbox

import (
	"regexp"
)

type personaIn struct {
	Persona string `json:"persona"`
}

type codeOut struct {
	Code   string `json:"code"`
	OpenID string `json:"openid"`
}

// giveLoginCode is wx.login: whoever calls it has the mini-program open.
func (s *Sandbox) giveLoginCode(in personaIn) (any, error) {
	u, err := s.meet(in.Persona)
	if err != nil {
		return nil, err
	}
	value, err := s.loginCode(u)
	return codeOut{value, u.openid}, err
}

func (s *Sandbox) loginCode(u *user) (string, error) {
	if err := s.visit(u); err != nil {
		return "", err
	}
	return s.codes.add(&code{purpose: forLogin, openid: u.openid, issued: s.now()}), nil
}

type phoneIn struct {
	Persona string `json:"persona"`
	Phone   string `json:"phone"`
}

var mainlandPhone = regexp.MustCompile(`^1[0-9]{10}$`)

// givePhoneCode is the getPhoneNumber button.
func (s *Sandbox) givePhoneCode(in phoneIn) (any, error) {
	if !mainlandPhone.MatchString(in.Phone) {
		return nil, invalid("phone", "a mainland number: 1 and ten digits")
	}
	u, err := s.meet(in.Persona)
	if err != nil {
		return nil, err
	}
	value := s.codes.add(&code{purpose: forPhone, openid: u.openid, phone: in.Phone, issued: s.now()})
	return codeOut{value, u.openid}, nil
}

type tapIn struct {
	Persona    string `json:"persona"`
	TemplateID string `json:"templateId"`
	Result     string `json:"result"`
}

type grantOut struct {
	TemplateID string `json:"templateId"`
	grant
}

// tapDialog is the user's answer to wx.requestSubscribeMessage.
func (s *Sandbox) tapDialog(in tapIn) (any, error) {
	t, known := s.world.templates[in.TemplateID]
	switch {
	case !known:
		return nil, missing("no such template")
	case in.Result != "accept" && in.Result != "reject":
		return nil, invalid("result", "accept or reject")
	}
	u, err := s.meet(in.Persona)
	if err != nil {
		return nil, err
	}
	after := u.grants[t.ID].afterTap(t, in.Result == "accept")
	err = s.world.record(fact{Grant: &grantFact{Persona: u.persona, TemplateID: t.ID, grant: after}})
	if err != nil {
		return nil, err
	}
	s.courier.send(popupEvent(u, t.ID, in.Result, u.tapped(s.now())))
	return struct {
		OpenID string `json:"openid"`
		Result string `json:"result"`
		grantOut
	}{u.openid, in.Result, grantOut{t.ID, after}}, nil
}

// openMiniProgram starts the two hours within which content can be checked.
func (s *Sandbox) openMiniProgram(in personaIn) (any, error) {
	u, err := s.meet(in.Persona)
	if err != nil {
		return nil, err
	}
	if err := s.visit(u); err != nil {
		return nil, err
	}
	return map[string]any{"openid": u.openid, "at": u.lastVisit}, nil
}

type revocationIn struct {
	Persona string `json:"persona"`
	Info    string `json:"revokeInfo"` // WeChat's numbers of what was withdrawn; "8", the phone number, when absent
}

// revokeAuthorization is the user withdrawing a consent in WeChat's settings.
func (s *Sandbox) revokeAuthorization(in revocationIn) (any, error) {
	u, err := s.meet(in.Persona)
	if err != nil {
		return nil, err
	}
	s.courier.send(s.revocationEvent(u, orElse(in.Info, "8")))
	return map[string]string{"openid": u.openid}, nil
}
