package grant

import (
	"context"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// roles are what people call them.
var roles = map[model.Role]fault.Text{
	model.CountyClerk:       {ZH: "县级管理员", EN: "county clerk"},
	model.DepartmentOfficer: {ZH: "部门工作人员", EN: "department officer"},
	model.TownCommittee:     {ZH: "镇党委工作人员", EN: "member of the town's committee"},
	model.PartTimeMember:    {ZH: "兼职委员", EN: "part-time committee member"},
	model.CommunityWorker:   {ZH: "社区工作者", EN: "community worker"},
	model.GridWorker:        {ZH: "网格员", EN: "grid worker"},
	model.Secretary:         {ZH: "支部书记", EN: "secretary"},
	model.GroupLeader:       {ZH: "党小组长", EN: "leader of a Party group"},
	model.BranchMember:      {ZH: "支部党员", EN: "branch member"},
	model.ShopKeeper:        {ZH: "积分超市管理员", EN: "shop keeper"},
	model.Auditor:           {ZH: "审计员", EN: "auditor"},
}

// saying is a notice with {unit}, {role} and {time} in it.
type saying struct {
	slug        string
	title, text fault.Text
}

var (
	given = saying{
		"given",
		fault.Text{ZH: "您有新的工作角色", EN: "You have a new role"},
		fault.Text{ZH: "您已被授予“{unit}”的{role}角色，自 {time} 起生效。如有疑问，请联系组织部门。", EN: "You are {role} of “{unit}” from {time} on."},
	}
	over = saying{
		"ended",
		fault.Text{ZH: "工作角色已终止", EN: "A role of yours has ended"},
		fault.Text{ZH: "您在“{unit}”的{role}角色已于 {time} 终止。如有疑问，请联系组织部门。", EN: "Since {time} you are no longer {role} of “{unit}”."},
	}
	moved = saying{
		"moved",
		fault.Text{ZH: "您的工作角色有调整", EN: "Your role changes"},
		fault.Text{ZH: "自 {time} 起，您调整为“{unit}”的{role}，原角色同时终止。如有疑问，请联系组织部门。", EN: "From {time} on you are {role} of “{unit}”; your former role ends then."},
	}
	arrived = saying{
		"arrived",
		fault.Text{ZH: "您登记的工作人员已绑定手机号", EN: "Somebody you named has come"},
		fault.Text{ZH: "{who}已登录并绑定手机号，“{unit}”的{role}角色已按登记授予。如不是本人，请立即终止该角色。", EN: "{who} has bound that number and is now {role} of “{unit}”, as you named them. If it is somebody else, end the role at once."},
	}
	asked = saying{
		"asked",
		fault.Text{ZH: "有一项角色授予待确认", EN: "A role waits to be confirmed"},
		fault.Text{ZH: "“{unit}”的{role}角色授予需要第二人确认，请及时办理。", EN: "Somebody was proposed as {role} of “{unit}”. A second person has to confirm it."},
	}
)

// tell tells who has the role what became of it. Who is proposed hears nothing before it is
// so, and nothing when it comes to nothing.
func (s *Service) tell(ctx context.Context, tx *store.Store, g model.Grant, unit model.Unit, say saying) error {
	if g.Pending {
		return nil
	}
	at := g.ValidFrom
	if say == over {
		at = tx.Now()
	}
	return s.notices.Tell(ctx, tx, notice(g, unit, say, g.UserID, model.Moment(at)))
}

// askForSecond tells those who could confirm a role that it waits.
func (s *Service) askForSecond(ctx context.Context, tx *store.Store, g model.Grant, unit model.Unit) error {
	clerks, err := tx.Grants.ListHolding(ctx, model.CountyClerk, tx.Now())
	if err != nil {
		return err
	}
	for _, clerk := range clerks {
		if clerk.UserID == g.GrantedBy || clerk.UserID == g.UserID {
			continue
		}
		if err := s.notices.Tell(ctx, tx, notice(g, unit, asked, clerk.UserID, "")); err != nil {
			return err
		}
	}
	return nil
}

// arrival tells whoever named somebody that a person with that number has come.
func arrival(g model.Grant, unit model.Unit, to model.UserID, named Named) model.Notice {
	n := notice(g, unit, arrived, to, "")
	who := model.MaskName(named.Name) + "（" + model.MaskPhone(named.Phone) + "）"
	n.Text.ZH, n.Text.EN = strings.ReplaceAll(n.Text.ZH, "{who}", who), strings.ReplaceAll(n.Text.EN, "{who}", who)
	return n
}

func notice(g model.Grant, unit model.Unit, say saying, to model.UserID, at string) model.Notice {
	fill := func(text, role string) string {
		return strings.NewReplacer("{unit}", unit.Name, "{role}", role, "{time}", at).Replace(text)
	}
	name := roles[g.Role]
	return model.Notice{
		User: to, Kind: "grant", Title: say.title, Text: fault.Text{ZH: fill(say.text.ZH, name.ZH), EN: fill(say.text.EN, name.EN)},
		Link: "pages/me/index", Key: "grant/" + g.ID.String() + "/" + say.slug,
	}
}
