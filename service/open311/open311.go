// Package open311 lets other people's programs read and submit requests by the standard
// GeoReport v2 (wiki.open311.org).
//
// A service is a category of the mailbox, its questions are the service's attributes. What is
// read is what the public board shows, and no more: by the board's id, or the newest thousand of
// those that came on the days of a time of 90 days at most. With its key a client also reads how
// far its own requests are, by the ids that it was given for them, without words where the board
// shows none.
//
// Only a client that the county has registered may submit. Its key is told once and kept as a
// hash; what it submits stands under the client's name, counts against the client's daily
// limit, and waits as submitted until a person has looked at it, because nobody knows who
// wrote it. A place must be an estate that a branch leads: by address_id, or by an
// address_string that has one estate's name in it. Coordinates are those of GPS and become a mark
// on the map; the county's places have none to find an estate by. Names, telephones, addresses of
// mail and devices that the standard would take are not kept.
package open311

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/board"
	"jinlin/service/mailbox"
	"jinlin/service/org"
)

// Faults of the standard's operations, by the kinds that it has statuses for.
var (
	ErrNoKey = fault.Define(fault.Forbidden, "api_key_invalid",
		"api_key 缺失或无效。", "The api_key is missing or not valid.")
	ErrNoService = fault.Define(fault.NotFound, "service_not_found",
		"没有这个 service_code。", "There is no such service_code.")
	ErrNoJurisdiction = fault.Define(fault.NotFound, "jurisdiction_not_found",
		"没有这个 jurisdiction_id。", "There is no such jurisdiction_id.")
	ErrBadForm = fault.Define(fault.Invalid, "open311_invalid",
		"提交的参数有误。", "A parameter is missing or not valid.")
)

// Service speaks for the mailbox.
type Service struct {
	store        *store.Store
	access       *access.Service
	org          *org.Service
	mailbox      *mailbox.Service
	board        *board.Service
	jurisdiction string
}

// New makes the service. jurisdiction is the county's id; "" takes any.
func New(s *store.Store, a *access.Service, o *org.Service, m *mailbox.Service, b *board.Service, jurisdiction string) *Service {
	return &Service{store: s, access: a, org: o, mailbox: m, board: b, jurisdiction: jurisdiction}
}

// Jurisdiction lets pass what names this county, or nothing. Fault: jurisdiction_not_found.
func (s *Service) Jurisdiction(id string) error {
	if id != "" && s.jurisdiction != "" && id != s.jurisdiction {
		return ErrNoJurisdiction
	}
	return nil
}

// Services are what requests can be about.
func (s *Service) Services() []mailbox.Category { return s.mailbox.Categories() }

// Definition is one of them. Fault: service_not_found.
func (s *Service) Definition(code string) (mailbox.Category, error) {
	all := s.mailbox.Categories()
	i := slices.IndexFunc(all, func(c mailbox.Category) bool { return c.Code == code })
	if i < 0 {
		return mailbox.Category{}, ErrNoService
	}
	return all[i], nil
}

// RequestID is the standard's service_request_id: for a client's own request the id that it was given,
// for everybody else's the board's.
type RequestID = model.ID[Request]

// Request is one as the standard tells of it.
type Request struct {
	board.Item
	ServiceID RequestID
	Updated   time.Time // to the day, but of a client's own
	Closed    bool
	Public    bool // the board shows it; otherwise it is without words
}

// requestOf is an item of the board.
func requestOf(i board.Item) Request {
	return Request{Item: i, ServiceID: RequestID(i.ID), Updated: i.UpdatedOn.At(0, 0), Closed: i.Status.Ended(), Public: true}
}

// Filter narrows Requests.
type Filter struct {
	Codes    []string // services; none is any
	Open     bool
	Closed   bool // neither is both
	From, To *time.Time
}

// Bounds of the standard.
const (
	MaxSpan     = 90 * 24 * time.Hour
	MaxRequests = 1000
	MaxNamed    = 500 // by their ids: an address has room for no more
)

// span is the time that a filter asks for, without what lies before everything that databases
// keep and after today; false where nothing is left. Fault: open311_invalid.
func (f Filter) span(now time.Time) (from, to time.Time, some bool, err error) {
	end := now.Add(time.Millisecond)
	switch {
	case f.From == nil && f.To == nil:
		from, to = end.Add(-MaxSpan), end
	case f.From == nil:
		from, to = f.To.Add(-MaxSpan), *f.To
	case f.To == nil:
		from, to = *f.From, f.From.Add(MaxSpan)
	default:
		from, to = *f.From, *f.To
	}
	if to.Before(from) || to.Sub(from) > MaxSpan {
		return from, to, false, bad("end_date", "起止时间须按先后排列，且不超过 90 天。", "The dates must be in order and at most 90 days.")
	}
	some = to.After(firstDay) && !from.After(end)
	if from.Before(firstDay) {
		from = firstDay
	}
	if to.After(end) {
		to = end
	}
	return from, to, some, nil
}

var firstDay = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// came is the filter as the board knows it.
func (f Filter) came(from, to time.Time) store.CameFilter {
	c := store.CameFilter{From: model.DateOf(from), To: model.DateOf(to), Categories: f.Codes}
	if f.Open != f.Closed {
		c.Open = &f.Open
	}
	return c
}

// known are those of some codes that a service has, each once.
func (s *Service) known(codes []string) (known []string) {
	for _, c := range codes {
		if _, err := s.Definition(c); err == nil && !slices.Contains(known, c) {
			known = append(known, c)
		}
	}
	return known
}

// Requests are what the board shows of those that came on the days of a time, newest first, at
// most MaxRequests. Without a time it is the last 90 days. Fault: open311_invalid.
func (s *Service) Requests(ctx context.Context, f Filter) (found []Request, err error) {
	from, to, some, err := f.span(s.store.Now())
	if len(f.Codes) > 0 { // as few as there are services, however many were asked for
		f.Codes = s.known(f.Codes)
		some = some && len(f.Codes) > 0
	}
	if err != nil || !some {
		return nil, err
	}
	for page := (model.Page{Limit: model.MaxLimit}); len(found) < MaxRequests; {
		items, err := s.board.Came(ctx, f.came(from, to), page)
		if err != nil {
			return nil, err
		}
		for _, item := range items.Items {
			found = append(found, requestOf(item))
		}
		if page.After = items.Next; page.After == nil {
			break
		}
	}
	return found, nil
}

// Named are those of some ids that may be read: what the board shows, and the client's own.
// Fault: open311_invalid.
func (s *Service) Named(ctx context.Context, client *model.Open311Client, ids []RequestID) (found []Request, err error) {
	slices.SortFunc(ids, RequestID.Compare)
	if ids = slices.Compact(ids); len(ids) > MaxNamed {
		return nil, bad("service_request_id", fmt.Sprintf("一次最多查询 %d 个编号。", MaxNamed), fmt.Sprintf("At most %d ids at once.", MaxNamed))
	}
	for some := range slices.Chunk(ids, model.MaxLimit) {
		part, err := s.named(ctx, client, some)
		if err != nil {
			return nil, err
		}
		found = append(found, part...)
	}
	return found, nil
}

func (s *Service) named(ctx context.Context, client *model.Open311Client, ids []RequestID) (found []Request, err error) {
	if client != nil {
		if found, err = s.own(ctx, *client, ids); err != nil {
			return nil, err
		}
	}
	public := make([]model.PublicID, len(ids))
	for i, id := range ids {
		public[i] = model.PublicID(id)
	}
	items, err := s.board.Named(ctx, public)
	for _, item := range items {
		same := func(r Request) bool { return r.ServiceID == RequestID(item.ID) } // older ones have one id for both
		if !slices.ContainsFunc(found, same) {
			found = append(found, requestOf(item))
		}
	}
	return found, err
}

// own are those of some ids that a client submitted, without words where the board shows none.
func (s *Service) own(ctx context.Context, client model.Open311Client, ids []RequestID) (own []Request, err error) {
	asked := make([]model.RequestID, len(ids))
	for i, id := range ids {
		asked[i] = model.RequestID(id)
	}
	rows, err := s.store.Requests.ListByID(ctx, asked)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r model.Request) bool { return r.SubmitterID != client.UserID })
	shown, err := s.board.ShownOf(ctx, asked)
	if err != nil {
		return nil, err
	}
	items := make([]board.Item, len(rows))
	for n, r := range rows {
		items[n] = board.Item{RequestID: r.ID, EstateID: r.EstateID, Category: r.Category, Status: r.Status, Outcome: r.Outcome, CameOn: model.DateOf(r.CreatedAt)}
	}
	err = s.board.Expect(ctx, items)
	for n, r := range rows {
		one := Request{Item: items[n], ServiceID: RequestID(r.ID), Updated: r.UpdatedAt, Closed: r.Status.Ended()}
		if i := slices.IndexFunc(shown, func(i board.Item) bool { return i.RequestID == r.ID }); i >= 0 {
			one.Item, one.Public = shown[i], true
		}
		own = append(own, one)
	}
	return own, err
}

// Client is whose key it is. Fault: api_key_invalid.
func (s *Service) Client(ctx context.Context, key string) (model.Open311Client, error) {
	if key == "" {
		return model.Open311Client{}, ErrNoKey
	}
	client, err := s.store.Open311Clients.GetByKey(ctx, hashOf(key))
	if errors.Is(err, fault.ErrNotFound) {
		err = ErrNoKey
	}
	return client, err
}

func hashOf(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// Submit takes a request of a client's in, for a person to look at.
// Faults: service_not_found, open311_invalid, no_branch, daily_limit_reached.
func (s *Service) Submit(ctx context.Context, client model.Open311Client, f Form) (mailbox.State, error) {
	service, err := s.Definition(f.ServiceCode)
	if err != nil {
		return mailbox.State{}, err
	}
	estate, err := s.place(ctx, f)
	if err != nil {
		return mailbox.State{}, err
	}
	text, err := words(f)
	if err != nil {
		return mailbox.State{}, err
	}
	said, err := answers(f, service)
	if err != nil {
		return mailbox.State{}, err
	}
	return s.mailbox.Submit(ctx, model.Actor{User: client.UserID}, mailbox.Submission{
		Category: f.ServiceCode, Text: text, Identity: model.IdentityNamed, EstateID: estate, Location: f.AddressString, Position: position(f), Answers: said, DailyLimit: client.DailyLimit,
		Source: model.SourceOpen311,
	})
}

// maxText is what a request takes.
const maxText = 2000

// words are the description with what else goes into the text. Fault: open311_invalid.
func words(f Form) (string, error) {
	text := f.Description
	if f.MediaURL != "" {
		text += "\n附件：" + f.MediaURL
	}
	if text = strings.TrimSpace(text); len([]rune(text)) > maxText {
		return "", bad("description", "描述过长。", "The description is too long.")
	}
	return text, nil
}

// answers are a form's attributes as answers to the service's questions. Fault: open311_invalid.
func answers(f Form, service mailbox.Category) (list []model.RequestAnswer, err error) {
	for _, a := range f.Attributes {
		n := questionOf(a.Code)
		if n < 0 || n >= len(service.Questions) {
			return nil, bad("attribute["+a.Code+"]", "该服务没有这个属性。", "The service has no such attribute.")
		}
		list = append(list, model.RequestAnswer{Question: service.Questions[n].Code, Text: a.Value})
	}
	return list, nil
}

// AttributeOf is the code of a service's n-th question.
func AttributeOf(n int) string { return fmt.Sprintf("q%d", n+1) }

func questionOf(code string) int {
	for n := range 10 {
		if AttributeOf(n) == code {
			return n
		}
	}
	return -1
}

// position is where a form's coordinates lie on the map; none without them.
func position(f Form) model.Position {
	latitude, longitude, ok := model.Position(f.Coordinates).Degrees()
	if !ok {
		return ""
	}
	return model.PositionOfGPS(latitude, longitude)
}

// place is the estate that a form names. Fault: open311_invalid.
func (s *Service) place(ctx context.Context, f Form) (estate model.UnitID, err error) {
	if f.AddressID != "" {
		id, err := model.ParseID[model.Unit](f.AddressID)
		if err != nil {
			return id, bad("address_id", "address_id 须为小区编号。", "The address_id must be an estate's id.")
		}
		return id, nil
	}
	estates, err := s.org.OfKind(ctx, model.Estate)
	if err != nil {
		return estate, err
	}
	longest, same := 0, 0
	for _, unit := range estates {
		n := len(unit.Name)
		if n == 0 || !strings.Contains(f.AddressString, unit.Name) || n < longest {
			continue
		}
		if n > longest {
			longest, same = n, 0
		}
		estate, same = unit.ID, same+1
	}
	if same != 1 {
		return estate, bad("address_string", "请用 address_id 指明小区，或在 address_string 中写明一个小区的名称。", "Name the estate by address_id, or one estate's name in address_string.")
	}
	return estate, nil
}

// Register lets a program submit, at most so many requests a day, and tells its key for the
// only time. Faults: unauthenticated, forbidden, invalid.
func (s *Service) Register(ctx context.Context, actor model.Actor, name string, limit int) (client model.Open311Client, key string, err error) {
	tops, err := s.access.Units(ctx, actor, access.Open311Manage)
	if err != nil {
		return client, "", err
	}
	if name = strings.TrimSpace(name); name == "" {
		return client, "", fault.InvalidField("name", "required", "请填写名称。", "Name the program.")
	}
	type registered struct {
		Client model.Open311Client
		Key    string
	}
	r, err := store.Once(ctx, s.store, func(tx *store.Store) (registered, error) {
		var secret [32]byte
		_, _ = rand.Read(secret[:]) // never fails, see crypto/rand
		r, now := registered{Key: base64.RawURLEncoding.EncodeToString(secret[:])}, tx.Now()
		user := model.User{ID: model.NewID[model.User](now), Nickname: name, Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
		r.Client = model.Open311Client{
			ID: model.NewID[model.Open311Client](now), Name: name, KeyHash: hashOf(r.Key), UserID: user.ID, DailyLimit: limit, CreatedBy: actor.User, CreatedAt: now,
		}
		if err := errors.Join(tx.Users.Add(ctx, &user), tx.Open311Clients.Add(ctx, &r.Client)); err != nil {
			return r, err
		}
		return r, record(ctx, tx, actor, tops[0], "open311.register", r.Client)
	})
	return r.Client, r.Key, err
}

// End takes a program's key away. Faults: unauthenticated, forbidden, not_found.
func (s *Service) End(ctx context.Context, actor model.Actor, id model.Open311ClientID) error {
	tops, err := s.access.Units(ctx, actor, access.Open311Manage)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		client, err := tx.Open311Clients.Get(ctx, id)
		if err != nil {
			return err
		}
		ended, err := tx.Open311Clients.SaveEnded(ctx, id, actor.User)
		if err != nil || !ended {
			return err
		}
		return record(ctx, tx, actor, tops[0], "open311.end", client)
	})
}

// Clients pages the programs, newest first. Faults: unauthenticated, forbidden.
func (s *Service) Clients(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.Open311Client], error) {
	if _, err := s.access.Units(ctx, actor, access.Open311Manage); err != nil {
		return model.Listing[model.Open311Client]{}, err
	}
	return s.store.Open311Clients.List(ctx, page)
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, unit model.UnitID, action string, c model.Open311Client) error {
	return audit.Record(ctx, tx, actor, audit.Act{Action: action, ObjectKind: "open311_client", ObjectID: c.ID, Unit: unit, Detail: c.Name})
}
