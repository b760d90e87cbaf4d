package mailbox_test

import (
	"context"
	"strings"
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/wechat"
)

// markers is a text check that goes by the sandbox's marker words.
type markers struct{}

func (markers) CheckText(_ context.Context, c wechat.TextCheck) wechat.Verdict {
	switch {
	case strings.Contains(c.Text, "【违规】"):
		return wechat.Verdict{Suggest: wechat.Risky}
	case strings.Contains(c.Text, "【复核】"):
		return wechat.Verdict{Suggest: wechat.Review}
	}
	return wechat.Verdict{Suggest: wechat.Pass}
}

// world is one town with two estates, each led by a branch of its own.
type world struct {
	t       testing.TB
	store   *store.Store
	clock   *storetest.Clock
	mailbox *mailbox.Service

	county, town, community, grid model.UnitID
	hongqiao, hongqiaoBranch      model.UnitID
	building                      model.UnitID
	tianyue, tianyueBranch        model.UnitID
	lonely                        model.UnitID // an estate that no branch leads

	wang, li                  model.Actor // residents; wang's residence is verified
	secretary, otherSecretary model.Actor // of hongqiao, of tianyue
	worker, gridWorker        model.Actor
	clerk, auditor            model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{t: t, store: s, clock: clock}
	w.county = w.unit(model.County, model.UnitID{})
	w.town = w.unit(model.Town, w.county)
	w.community = w.unit(model.Community, w.town)
	w.grid = w.unit(model.Grid, w.community)
	w.hongqiao, w.hongqiaoBranch = w.unit(model.Estate, w.community), w.unit(model.Branch, w.community)
	w.tianyue, w.tianyueBranch = w.unit(model.Estate, w.community), w.unit(model.Branch, w.community)
	w.lonely = w.unit(model.Estate, w.community)
	w.building = w.unit(model.Building, w.hongqiao)
	w.cover(w.hongqiaoBranch, w.hongqiao)
	w.cover(w.tianyueBranch, w.tianyue)
	w.cover(w.grid, w.building)
	w.wang, w.li = w.person("王女士"), w.person("李师傅")
	w.secretary, w.otherSecretary = w.staff(model.Secretary, w.hongqiaoBranch), w.staff(model.Secretary, w.tianyueBranch)
	w.worker, w.gridWorker = w.staff(model.CommunityWorker, w.community), w.staff(model.GridWorker, w.grid)
	w.clerk, w.auditor = w.staff(model.CountyClerk, w.county), w.staff(model.Auditor, w.county)
	w.must(s.Residences.Add(t.Context(), &model.Residence{
		ID: model.NewID[model.Residence](s.Now()), UserID: w.wang.User, EstateID: w.hongqiao, BuildingID: w.building,
		Status: model.ResidenceVerified, CreatedAt: s.Now(),
	}))
	w.mailbox = w.service(mailbox.Defaults())
	return w
}

func (w *world) service(settings mailbox.Settings) *mailbox.Service {
	units := org.New(w.store)
	return mailbox.New(w.store, access.New(w.store, units), units, moderation.New(w.store, markers{}), settings)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) unit(kind model.UnitKind, parent model.UnitID) model.UnitID {
	u := model.Unit{ID: model.NewID[model.Unit](w.store.Now()), ParentID: parent, Kind: kind, Name: string(kind), ValidFrom: "2020-01-01", CreatedAt: w.store.Now()}
	w.must(w.store.Units.Add(w.t.Context(), &u))
	return u.ID
}

func (w *world) cover(unit, covered model.UnitID) {
	w.must(w.store.Covers.Add(w.t.Context(), &model.Cover{UnitID: unit, CoveredID: covered, ValidFrom: "2020-01-01"}))
}

func (w *world) person(nickname string) model.Actor {
	now := w.store.Now()
	user := model.User{ID: model.NewID[model.User](now), Nickname: nickname, Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
	w.must(w.store.Users.Add(w.t.Context(), &user))
	w.must(w.store.WeChat.Add(w.t.Context(), &model.WeChatAccount{OpenID: user.ID.String(), UserID: user.ID, CreatedAt: now, LastSeenAt: now}))
	return model.Actor{User: user.ID}
}

func (w *world) staff(role model.Role, unit model.UnitID) model.Actor {
	actor := w.person(string(role))
	w.must(w.store.Grants.Add(w.t.Context(), &model.Grant{
		ID: model.NewID[model.Grant](w.store.Now()), UserID: actor.User, Role: role, UnitID: unit, ValidFrom: w.store.Now(), CreatedAt: w.store.Now(),
	}))
	return actor
}

// lamp is a submission whose text passes.
func (w *world) lamp() mailbox.Submission {
	return mailbox.Submission{Category: "facilities", Text: "三号楼楼道灯坏了", Identity: model.IdentityNamed, EstateID: w.hongqiao, BuildingID: w.building}
}

// submitted is a request of wang's.
func (w *world) submitted(change ...func(*mailbox.Submission)) model.RequestID {
	w.t.Helper()
	in := w.lamp()
	for _, c := range change {
		c(&in)
	}
	state, err := w.mailbox.Submit(w.t.Context(), w.wang, in)
	w.must(err)
	return state.ID
}

// replied is a request of wang's that the secretary has answered.
func (w *world) replied() model.RequestID {
	w.t.Helper()
	id := w.submitted()
	_, err := w.mailbox.Accept(w.t.Context(), w.secretary, id, "")
	w.must(err)
	_, err = w.mailbox.Reply(w.t.Context(), w.secretary, id, "已换新灯")
	w.must(err)
	return id
}
