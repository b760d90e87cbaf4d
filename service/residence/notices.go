package residence

import (
	"jinlin/model"
	"jinlin/model/fault"
)

func notice(r model.Residence, key string, title, text fault.Text) model.Notice {
	return model.Notice{
		User: r.UserID, Kind: "residence", Title: title, Text: text, Link: "pages/me/residences", Key: "residence/" + key + "/" + r.ID.String(),
	}
}

// decided tells a person what staff decided.
func decided(r model.Residence, s step) model.Notice {
	switch s.move {
	case model.VerifyResidence:
		return notice(r, "approved", fault.Text{ZH: "住址已核实", EN: "Your home was verified"},
			fault.Text{ZH: "您登记的住址已由社区核实，现在可以参加本小区的活动和服务。", EN: "Your home was verified. You can now take part in what your estate offers."})
	case model.RejectResidence:
		return notice(r, "rejected", fault.Text{ZH: "住址未通过核实", EN: "Your home was not verified"},
			fault.Text{ZH: "您登记的住址未通过核实。理由：" + s.reason, EN: "Your home was not verified. Reason: " + s.reason})
	default:
		return notice(r, "removed", fault.Text{ZH: "住址登记已终止", EN: "Your home is no longer registered"},
			fault.Text{ZH: "您的住址登记已由社区终止。理由：" + s.reason, EN: "Staff ended the registration of your home. Reason: " + s.reason})
	}
}

func vouched(r model.Residence) model.Notice {
	return notice(r, "vouched", fault.Text{ZH: "住址已核实", EN: "Your home was verified"},
		fault.Text{ZH: "同住人已为您的住址作证，现在可以参加本小区的活动和服务。", EN: "Somebody of your household vouched for you. You can now take part in what your estate offers."})
}

func takenBack(r model.Residence) model.Notice {
	return notice(r, "taken_back", fault.Text{ZH: "住址登记已终止", EN: "Your home is no longer registered"},
		fault.Text{ZH: "为您作证的同住人已撤回，您的住址登记随之终止。如有疑问请联系社区。", EN: "Whoever vouched for you took it back, and the registration of your home ended. Ask your community office if that is wrong."})
}

// joining tells a member that somebody registered at their door. It does not say who: that
// stands in the list of members, which only those the household knows can read.
func joining(member, r model.Residence) model.Notice {
	n := notice(r, "joining", fault.Text{ZH: "有人登记了您的住址", EN: "Somebody registered at your door"},
		fault.Text{ZH: "有人登记了与您相同的住址，请在“我的住址”中查看。如不认识，请联系社区。", EN: "Somebody registered the same home as yours. Look under my home, and tell your community office if you do not know them."})
	n.User = member.UserID
	n.Key += "/" + member.ID.String()
	return n
}
