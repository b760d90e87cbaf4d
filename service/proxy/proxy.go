// Package proxy enters requests for people who are not there: without a phone, or heard in a
// WeChat group; package paperbox has it do so for those who write on paper.
//
// Staff enter a request in the name of a person who agreed to that; how and when they agreed,
// and who asked them, stays beside it. The text passes the check of texts in the name of whoever
// enters it, and waits for a person where it does not. Name and telephone are sealed: staff who handle the
// request see them masked, and one whole for a reason, on record, at most as often as any
// other masked number. The request takes the course of any other. Who entered it has no more
// of a say in it than other staff: they are not its submitter, so that nobody who handles it
// can say that it is fixed.
//
// With each such request goes a code, printed on the receipt and nowhere kept. Whoever has it,
// or has bound the number that the request was entered with, takes the request over with
// their account: once, and what named them beside the request is emptied.
//
// What was said in a group is caught as unverified, without asking anybody, and the code goes
// into a link for whoever said it, which opens the mini-program from a message to them: they confirm by
// taking it over, as whoever else has the link could. Until then staff see that nobody has, and it is not
// shown in public. The answer names open
// requests of the estate that say much the same, so that nothing is entered twice.
//
// Names and telephones that nobody took over are emptied 90 days after the request has ended.
package proxy

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/mailbox"
	"jinlin/service/reveal"
)

// ErrClaimed is a fault: somebody else has taken the request over.
var ErrClaimed = fault.Define(fault.Conflict, "request_claimed",
	"这条诉求已由他人认领，请联系工作人员。", "Somebody else has taken this request over. Please ask the staff.")

// Service enters requests for others, and hands them over.
type Service struct {
	store   *store.Store
	access  *access.Service
	mailbox *mailbox.Service
	looks   *reveal.Service
	links   Linker
	limits  bool
}

// Linker makes links that open a page of the mini-program from outside it.
type Linker interface {
	Link(ctx context.Context, page, query string) (string, error)
}

// LinkWith sets who makes the links of what was said in groups; without one there are none. It is
// called before the service is used.
func (s *Service) LinkWith(l Linker) { s.links = l }

// New makes the service. limits says whether a day has only so many tries.
func New(s *store.Store, a *access.Service, m *mailbox.Service, r *reveal.Service, limits bool) *Service {
	return &Service{store: s, access: a, mailbox: m, looks: r, limits: limits}
}

// Person is whom a request is entered for, as far as they are known.
type Person struct {
	Name  string // may be empty where they wrote it themselves
	Phone string // may be empty
}

// Judge looks at what is known of a person and brings the number to plain form. Fault: invalid.
func (p *Person) Judge(named bool) error {
	p.Name, p.Phone = strings.TrimSpace(p.Name), strings.TrimSpace(p.Phone)
	if named && p.Name == "" || utf8.RuneCountInString(p.Name) > maxName {
		return fault.InvalidField("name", "required", "请填写姓名。", "Say what they are called.")
	}
	if p.Phone == "" {
		return nil
	}
	plain, ok := model.PlainPhone(p.Phone)
	if !ok {
		return fault.InvalidField("phone", "invalid", "请填写 11 位手机号。", "This is no mobile number.")
	}
	p.Phone = plain
	return nil
}

const maxName = 50

// Consent is how somebody agreed that staff enter a request for them.
type Consent struct {
	How model.ConsentHow
	At  *time.Time // nil: now
}

// Said is what staff enter for somebody.
type Said struct {
	mailbox.Submission
	Person
	Consent
}

// Receipt is what the person is handed.
type Receipt struct {
	mailbox.State
	Code string // takes the request over; it is kept nowhere
}

// Enter enters a request for somebody who agreed to it.
// Faults: unauthenticated, forbidden, not_found, invalid, no_branch, unit_ended.
func (s *Service) Enter(ctx context.Context, actor model.Actor, said Said) (Receipt, error) {
	draft, err := s.prepare(ctx, actor, said.Submission)
	if err != nil {
		return Receipt{}, err
	}
	if err := said.Person.Judge(true); err != nil {
		return Receipt{}, err
	}
	if err := said.Consent.judge(s.store.Now()); err != nil {
		return Receipt{}, err
	}
	return s.enter(ctx, actor, draft, said.Person, model.Absentee{
		Source: model.SourceProxy, ConsentHow: said.How, ConsentAt: said.At,
	})
}

func (c *Consent) judge(now time.Time) error {
	at := now
	if c.At != nil {
		at = c.At.UTC().Truncate(time.Millisecond)
	}
	c.At = &at
	switch c.How {
	case model.ConsentInPerson, model.ConsentByPhone, model.ConsentWritten:
	default:
		return fault.InvalidField("consent.how", "unknown", "请选择当事人同意的方式。", "Say in what way they agreed.")
	}
	if at.After(now) || at.Before(now.AddDate(0, 0, -oldestConsent)) {
		return fault.InvalidField("consent.at", "out_of_range", "同意的时间须在最近 30 天内。", "They agreed within the last thirty days.")
	}
	return nil
}

const oldestConsent = 30

// Caught is what was said in a group.
type Caught struct {
	mailbox.Submission
	SaidBy string // as the group calls them; may be empty
	Group  string
}

// Captured is a receipt for whoever said it, and what much the same has been said before.
type Captured struct {
	Receipt
	Link    string // opens the page where whoever said it confirms that; empty while WeChat makes none
	Similar []Similar
}

// Capture enters what was said in a group, unverified.
// Faults: unauthenticated, forbidden, not_found, invalid, no_branch, unit_ended.
func (s *Service) Capture(ctx context.Context, actor model.Actor, caught Caught) (Captured, error) {
	draft, err := s.prepare(ctx, actor, caught.Submission)
	if err != nil {
		return Captured{}, err
	}
	person := Person{Name: caught.SaidBy}
	if err := person.Judge(false); err != nil {
		return Captured{}, err
	}
	group := strings.TrimSpace(caught.Group)
	if group == "" {
		return Captured{}, fault.InvalidField("group", "required", "请填写微信群名称。", "Say in which group it was said.")
	}
	receipt, err := s.enter(ctx, actor, draft, person, model.Absentee{Source: model.SourceGroup, HeardIn: group})
	if err != nil {
		return Captured{}, err
	}
	similar, err := s.similar(ctx, draft, receipt.ID)
	return Captured{receipt, s.link(ctx, receipt), similar}, err
}

const (
	claimPage = "pages/mailbox/claim"
	linkTime  = 3 * time.Second
)

// link is where whoever said it takes a request over. It is worth no failure: what was said has been
// entered, and the code does the same by hand.
func (s *Service) link(ctx context.Context, r Receipt) string {
	if s.links == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	link, err := s.links.Link(ctx, claimPage, url.Values{"receipt": {r.Receipt}, "code": {r.Code}}.Encode())
	if err != nil {
		return ""
	}
	return link
}

// prepare judges a form of staff who may enter requests there.
func (s *Service) prepare(ctx context.Context, actor model.Actor, in mailbox.Submission) (mailbox.Draft, error) {
	if err := s.access.Require(ctx, actor, access.MailboxEnter, in.EstateID, in.BuildingID); err != nil {
		return mailbox.Draft{}, err
	}
	in.Identity = model.IdentityNamed
	return s.mailbox.Prepare(ctx, in)
}

func (s *Service) enter(ctx context.Context, actor model.Actor, draft mailbox.Draft, person Person, row model.Absentee) (Receipt, error) {
	if err := s.mailbox.Judge(ctx, actor, &draft); err != nil {
		return Receipt{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Receipt, error) {
		code := NewCode()
		row := row
		row.CodeHash = HashOf(code)
		state, err := s.Take(ctx, tx, actor, draft, person, row, tx.Now())
		return Receipt{state, code}, err
	})
}

// Take enters a draft for an absentee, in the transaction of whoever calls: row says how it
// came and has the hash of the code on their receipt. Faults: invalid, unit_ended.
func (s *Service) Take(ctx context.Context, tx *store.Store, actor model.Actor, draft mailbox.Draft, person Person, row model.Absentee, at time.Time) (mailbox.State, error) {
	if err := person.Judge(false); err != nil {
		return mailbox.State{}, err
	}
	row.ID, row.EnteredBy, row.CreatedAt = model.NewID[model.User](tx.Now()), actor.User, tx.Now()
	state, err := s.mailbox.Enter(ctx, tx, actor, draft, mailbox.Entered{For: row.ID, Source: row.Source, At: at})
	if err != nil {
		return state, err
	}
	row.RequestID = state.ID
	if err := seal(tx, &row, person); err != nil {
		return state, err
	}
	return state, tx.Absentees.Add(ctx, &row)
}
