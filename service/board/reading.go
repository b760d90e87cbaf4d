package board

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Item is a request as the public sees it.
type Item struct {
	ID          model.PublicID
	RequestID   model.RequestID // never shown: it tells when it came
	EstateID    model.UnitID
	BuildingID  model.UnitID // zero where it is not named
	Category    string
	Title, Text string
	Answer      string
	Status      model.RequestStatus
	Outcome     model.RequestOutcome
	CameOn      model.Date // to the day: a minute could tell who it was
	PublishedOn model.Date
	UpdatedOn   model.Date // as long as nobody moved it, it was updated when it came
	Followers   int
	ExpectedOn  model.Date     // by the end of which it is to be answered; "" where nothing runs
	Overdue     bool           // that day is over
	Position    model.Position // to compare with, and never shown; none where the building is not named
}

// Filter narrows the board.
type Filter = store.BoardFilter

// Public pages what is shown of an estate, or of the whole county, what was published last
// coming first. Fault: not_found.
func (s *Service) Public(ctx context.Context, f Filter, page model.Page) (l model.Listing[Item], err error) {
	if !f.EstateID.IsZero() {
		if unit, err := s.org.Unit(ctx, f.EstateID); err != nil || unit.Kind != model.Estate {
			return l, missing(err)
		}
	}
	shown, err := s.store.PublicVersions.ListShown(ctx, f, page)
	if err != nil {
		return l, err
	}
	items, err := s.items(ctx, shown.Items)
	return model.Listing[Item]{Items: items, Next: shown.Next}, err
}

// Came pages what is shown by when the requests came, newest first.
func (s *Service) Came(ctx context.Context, f store.CameFilter, page model.Page) (l model.Listing[Item], err error) {
	shown, err := s.store.PublicVersions.ListCame(ctx, f, page)
	if err != nil {
		return l, err
	}
	items, err := s.items(ctx, shown.Items)
	return model.Listing[Item]{Items: items, Next: shown.Next}, err
}

func missing(err error) error {
	if err == nil {
		return fault.ErrNotFound
	}
	return err
}

// Shown is one request as the public sees it. Fault: not_found.
func (s *Service) Shown(ctx context.Context, id model.PublicID) (Item, error) {
	v, err := s.store.PublicVersions.GetShown(ctx, id)
	if err != nil {
		return Item{}, err
	}
	items, err := s.items(ctx, []model.PublicVersion{v})
	if err != nil {
		return Item{}, err
	}
	return items[0], nil
}

// ShownOf are those of some requests that are shown, at most a hundred, in no order.
func (s *Service) ShownOf(ctx context.Context, ids []model.RequestID) ([]Item, error) {
	shown, err := s.store.PublicVersions.ListShownByID(ctx, ids[:min(len(ids), model.MaxLimit)])
	if err != nil {
		return nil, err
	}
	return s.items(ctx, shown)
}

// Named are those of some ids of the public's that are shown, at most a hundred, in no order.
func (s *Service) Named(ctx context.Context, ids []model.PublicID) ([]Item, error) {
	shown, err := s.store.PublicVersions.ListNamed(ctx, ids[:min(len(ids), model.MaxLimit)])
	if err != nil {
		return nil, err
	}
	return s.items(ctx, shown)
}

// items are public versions with how far their requests are.
func (s *Service) items(ctx context.Context, shown []model.PublicVersion) ([]Item, error) {
	ids := make([]model.RequestID, len(shown))
	for i, v := range shown {
		ids[i] = v.RequestID
	}
	rows, err := s.store.Requests.ListByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	requests := make(map[model.RequestID]model.Request, len(rows))
	for _, r := range rows {
		requests[r.ID] = r
	}
	followers, err := s.store.RequestFollowers.CountOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(shown))
	for i, v := range shown {
		items[i] = itemOf(v, requests[v.RequestID])
		items[i].Followers = followers[v.RequestID]
	}
	return items, s.Expect(ctx, items)
}

// Expect says of open requests by when they are to be answered, as their reply clocks have it: to
// the day, because a minute would tell when they came. A clock that stands still promises nothing.
func (s *Service) Expect(ctx context.Context, items []Item) error {
	open := map[model.RequestID]*Item{}
	for i := range items {
		if !items[i].Status.Ended() {
			open[items[i].RequestID] = &items[i]
		}
	}
	clocks, err := s.store.RequestClocks.ListByRequests(ctx, slices.Collect(maps.Keys(open))...)
	today := model.DateOf(s.store.Now())
	for _, clock := range clocks {
		if clock.Name == model.ClockReply && clock.Running() {
			item := open[clock.RequestID]
			item.ExpectedOn = model.DateOf(clock.DueAt)
			item.Overdue = today > item.ExpectedOn
		}
	}
	return err
}

func itemOf(v model.PublicVersion, r model.Request) Item {
	item := Item{
		ID: v.PublicID, RequestID: v.RequestID, EstateID: v.EstateID, BuildingID: v.ShownBuildingID, Category: v.Category,
		Title: v.ShownTitle, Text: v.ShownText, Answer: v.ShownAnswer,
		Status: r.Status, Outcome: r.Outcome, CameOn: model.DateOf(r.CreatedAt), PublishedOn: model.DateOf(v.PublishedAt),
	}
	item.UpdatedOn = max(item.PublishedOn, model.DateOf(r.UpdatedAt))
	item.Position = spot(v, r)
	return item
}

// spot is where the public may take a matter to be: nowhere, unless its building is named. It is rough,
// because whoever asks from many places what is near finds it, and it may be where somebody stood; of
// those who are not named to the staff there is none.
func spot(v model.PublicVersion, r model.Request) model.Position {
	if v.ShownBuildingID.IsZero() || r.Identity != model.IdentityNamed {
		return ""
	}
	return r.Position.Roughly()
}

// readers may look at what is not shown yet.
var readers = []access.Action{access.BoardWrite, access.BoardApprove, access.MailboxRead}

// Read is the public version of a request in any state, for staff and the submitter.
// Faults: unauthenticated, not_found.
func (s *Service) Read(ctx context.Context, actor model.Actor, id model.RequestID) (model.PublicVersion, error) {
	if _, _, err := s.eitherSide(ctx, actor, id, readers...); err != nil {
		return model.PublicVersion{}, err
	}
	return s.store.PublicVersions.Get(ctx, id)
}

// History are the steps of a request's public version, first first.
// Faults: unauthenticated, not_found.
func (s *Service) History(ctx context.Context, actor model.Actor, id model.RequestID) ([]model.PublicVersionEvent, error) {
	if _, _, err := s.eitherSide(ctx, actor, id, readers...); err != nil {
		return nil, err
	}
	return s.store.PublicVersionEvents.ListByRequest(ctx, id)
}

// Desk pages the public versions of a unit and all below it in one status, the newest
// request coming first. Faults: those of access.Require.
func (s *Service) Desk(ctx context.Context, actor model.Actor, unit model.UnitID, status model.PublicVersionStatus, page model.Page) (l model.Listing[model.PublicVersion], err error) {
	if err := s.access.Require(ctx, actor, access.BoardWrite, unit); err != nil {
		return l, err
	}
	estates, err := s.org.EstatesOf(ctx, unit)
	if err != nil {
		return l, err
	}
	return s.store.PublicVersions.ListByStatus(ctx, estates, status, page)
}

func shownNotice(r model.Request, e *model.PublicVersionEvent) model.Notice {
	return notice("request_shown", r, e, fault.Text{ZH: "您的诉求已公开", EN: "Your request is on the public board"}, fault.Text{
		ZH: fmt.Sprintf("您提交的诉求（编号 %s）已去除个人信息，在小区公开栏展示。不愿公开的，点开后可随时撤下。", r.Receipt),
		EN: fmt.Sprintf("Your request (%s) is shown on the board of your estate, without anything that tells it is yours. Open it to take it off at any time.", r.Receipt),
	})
}

func barredNotice(r model.Request, e *model.PublicVersionEvent) model.Notice {
	return notice("request_barred", r, e, fault.Text{ZH: "您的诉求不会公开", EN: "Your request stays off the public board"}, fault.Text{
		ZH: fmt.Sprintf("为您的诉求（编号 %s）撰写的公开内容两次含有您的个人信息，系统均已拦下并留痕，这条诉求不再公开，办理不受影响。", r.Receipt),
		EN: fmt.Sprintf("What was written of your request (%s) for the board had something personal of yours in it twice. It was stopped and put on record, and the request stays off the board. It is handled as before.", r.Receipt),
	})
}

// notice tells the submitter of a step of the public version of their request.
func notice(kind string, r model.Request, e *model.PublicVersionEvent, title, text fault.Text) model.Notice {
	return model.Notice{
		User: r.SubmitterID, Kind: kind, Title: title, Text: text,
		Link: "pages/mailbox/detail?id=" + r.ID.String(),
		Key:  "board/" + e.ID.String(),
	}
}

// RequestMoved takes the public version down when the request itself was taken back or
// merged into another, in the transaction of that; one that has ended is suggested no more, and one
// that is open again is.
func (s *Service) RequestMoved(ctx context.Context, tx *store.Store, r model.Request, e model.RequestEvent) error {
	if e.From.Ended() == e.To.Ended() {
		return nil
	}
	v, err := tx.PublicVersions.GetLocked(ctx, r.ID)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if publishable(r) || v.Status == model.PublicWithdrawn || v.Status == model.PublicBarred {
		return index(ctx, tx, v, r)
	}
	return s.step(ctx, tx, model.Actor{User: e.ActorID}, &v, r, model.WithdrawPublic, "")
}
