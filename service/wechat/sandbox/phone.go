package sandbox

type phoneReply struct {
	success
	Phone phoneInfo `json:"phone_info"`
}

type phoneInfo struct {
	PhoneNumber     string    `json:"phoneNumber"`
	PurePhoneNumber string    `json:"purePhoneNumber"`
	CountryCode     string    `json:"countryCode"` // a text live, a number in the official sample: see the fault variant "types"
	Watermark       watermark `json:"watermark"`
}

type watermark struct {
	Timestamp int64  `json:"timestamp"`
	AppID     string `json:"appid"`
}

// phoneNumber is /wxa/business/getuserphonenumber. With an openid the code must
// be that user's; a mismatch leaves the code unused.
func (s *Sandbox) phoneNumber(c *call) (any, error) {
	value, openid := c.body.text("code"), c.body.text("openid")
	if c.body.err != nil {
		return nil, c.body.err
	}
	if value == "" {
		return nil, refuse(41008)
	}
	k, err := s.codes.find(forPhone, value, c.now)
	if err != nil {
		return nil, err
	}
	if openid != "" && openid != k.openid {
		return nil, refuse(40003)
	}
	k.used = true
	return phoneReply{ok, phoneInfo{
		PhoneNumber: k.phone, PurePhoneNumber: k.phone, CountryCode: "86",
		Watermark: watermark{c.now.Unix(), c.account.appID},
	}}, nil
}
