package mailbox_test

import (
	"testing"

	"jinlin/model"
	"jinlin/model/files"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/moderation/moderationtest"
	"jinlin/service/org"
	"jinlin/service/privacy"
	"jinlin/service/push"
	"jinlin/service/upload"
)

// world is one town with two estates, each led by a branch of its own.
type world struct {
	storetest.World
	mailbox *mailbox.Service
	texts   *moderation.Service
	uploads *upload.Service
	folder  *files.Files

	county, town, community, grid model.UnitID
	hongqiao, hongqiaoBranch      model.UnitID
	building                      model.UnitID
	tianyue, tianyueBranch        model.UnitID
	lonely                        model.UnitID // an estate that no branch leads

	wang, li                      model.Actor // residents; wang's residence is verified
	secretary, otherSecretary     model.Actor // of hongqiao, of tianyue
	worker, gridWorker, committee model.Actor // committee: of the town's committee
	clerk, auditor                model.Actor
}

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}}
	w.county = w.Unit(model.County, model.UnitID{})
	w.town = w.Unit(model.Town, w.county)
	w.community = w.Unit(model.Community, w.town)
	w.grid = w.Unit(model.Grid, w.community)
	w.hongqiao, w.hongqiaoBranch = w.Unit(model.Estate, w.community), w.Unit(model.Branch, w.community)
	w.tianyue, w.tianyueBranch = w.Unit(model.Estate, w.community), w.Unit(model.Branch, w.community)
	w.lonely = w.Unit(model.Estate, w.community)
	w.building = w.Unit(model.Building, w.hongqiao)
	w.Cover(w.hongqiaoBranch, w.hongqiao)
	w.Cover(w.tianyueBranch, w.tianyue)
	w.Cover(w.grid, w.building)
	w.wang, w.li = w.Person("王女士"), w.Person("李师傅")
	w.secretary, w.otherSecretary = w.Staff(model.Secretary, w.hongqiaoBranch), w.Staff(model.Secretary, w.tianyueBranch)
	w.worker, w.gridWorker = w.Staff(model.CommunityWorker, w.community), w.Staff(model.GridWorker, w.grid)
	w.committee = w.Staff(model.TownCommittee, w.town)
	w.clerk, w.auditor = w.Staff(model.CountyClerk, w.county), w.Staff(model.Auditor, w.county)
	w.LivesIn(w.wang, w.hongqiao, w.building)
	var err error
	w.folder, err = files.Open("", t.TempDir())
	w.Must(err)
	t.Cleanup(func() { _ = w.folder.Close() })
	w.mailbox = w.service(mailbox.Defaults())
	return w
}

func (w *world) service(settings mailbox.Settings) *mailbox.Service {
	return w.hearing(nil, settings)
}

// hearing is a service whose notices somebody hears; nil sends them.
func (w *world) hearing(ears mailbox.Notices, settings mailbox.Settings) *mailbox.Service {
	units := org.New(w.Store)
	rights := access.New(w.Store, units)
	pushes := push.New(w.Store, rights, units, nil, push.Settings{})
	if ears == nil {
		ears = pushes
	}
	w.texts = moderation.New(w.Store, rights, units, moderationtest.Markers{})
	w.uploads = upload.New(w.Store, w.folder, rights, units, nil, w.texts, pushes, func() string { return "" }, false)
	service := mailbox.New(w.Store, rights, units, w.texts, w.uploads, ears, settings)
	w.texts.OnDecision(model.ModeratedMessage, service.MessageDecided)
	w.texts.OnDecision(model.ModeratedUpload, w.uploads.Decided)
	w.uploads.AttachTo(model.HeldByRequest, service)
	service.ConcealWith(privacy.Conceal)
	return service
}

// lamp is a submission whose text passes.
func (w *world) lamp() mailbox.Submission {
	return mailbox.Submission{Category: "facilities", Text: "三号楼楼道灯坏了", Identity: model.IdentityNamed, EstateID: w.hongqiao, BuildingID: w.building}
}

// submitted is a request of wang's.
func (w *world) submitted(change ...func(*mailbox.Submission)) model.RequestID {
	w.T.Helper()
	in := w.lamp()
	for _, c := range change {
		c(&in)
	}
	state, err := w.mailbox.Submit(w.T.Context(), w.wang, in)
	w.Must(err)
	return state.ID
}

// replied is a request of wang's that the secretary has answered.
func (w *world) replied() model.RequestID {
	w.T.Helper()
	id := w.submitted()
	_, err := w.mailbox.Accept(w.T.Context(), w.secretary, id, "")
	w.Must(err)
	_, err = w.mailbox.Reply(w.T.Context(), w.secretary, id, "已换新灯")
	w.Must(err)
	return id
}
