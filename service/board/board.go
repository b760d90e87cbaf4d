// Package board shows the public what is asked of the red mailbox and what comes of it,
// without showing whose it is.
//
// Nothing a resident wrote is shown. Staff write a public version of a request in words of
// their own: a title, a text and, once there is one, the answer. It is refused as long as it
// tells who or where somebody is: telephone, identity and other long numbers, door numbers,
// number plates, addresses of mail, and whatever is known of the submitter, as their name or
// their child's. Then it passes WeChat's text check, as every public text does, and somebody
// else than its author approves it as they read it. What was approved is shown until it is
// withdrawn, also while other words are proposed. Rejected words are written anew.
//
// Whose identity is not named to the staff must not be found by trying names: while words are written
// nothing known of them counts, and words that have something of it are not approved but go back to
// their author, with an event and a record, and without saying why. When that happens again, the
// request stays off the board for good, and its submitter hears so.
//
// A request with a sealed identity is never shown, and no request that waits for a person's
// eye, was heard in a group and not confirmed, was merged or taken back. The submitter reads what
// is proposed, hears when it is shown, and may withdraw it at any time without a reason; when they
// take the request itself back, its public version goes in the same transaction.
//
// The board says of a request its estate, its category, the day it came and how far it is,
// and the building only where the author named it. Anybody reads it, and may keep it a minute.
//
// Open requests that are shown are indexed by their words and places, for suggestions, with each step.
// When what the index holds changes, a job indexes all of them anew.
package board

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/moderation"
	"jinlin/service/org"
	"jinlin/service/privacy"
)

// Faults of the board.
var (
	ErrNotPublishable = fault.Define(fault.Conflict, "not_publishable",
		"这条诉求不能公开：密封提交、尚未初审、群消息摘录未经本人确认、已合并、已撤回，或公开内容两次未通过核查的诉求不上公开栏。",
		"This request cannot be shown: requests stay off the board that are sealed, not screened yet, heard in a group and not confirmed, merged or taken back, and those whose words did not pass twice.")
	ErrIdentifying = fault.Define(fault.Invalid, "identifying",
		"公开内容中有可能识别个人的信息，请删去后再提交。", "The text has something that may tell who somebody is. Take it out.")
	ErrReturned = fault.Define(fault.Conflict, "public_version_returned",
		"公开内容未通过核查，没有公开。第一次会退回撰写人改写，第二次后这条诉求不再公开。",
		"The words did not pass and are not shown. They go back to their author once; after a second time the request stays off the board.")
	ErrOwnVersion = fault.Define(fault.Forbidden, "own_public_version",
		"不能审核自己撰写的公开内容，请由他人审核。", "You cannot approve or reject a public version you wrote yourself.")
)

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Service keeps the board.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	texts   *moderation.Service
	notices Notices
	hidden  []Hidden
}

// Hidden hears in its transaction that the board shows a request no more: the request as it is
// now, and the step that took it off.
type Hidden func(ctx context.Context, tx *store.Store, r model.Request, e model.PublicVersionEvent) error

// OnHidden has somebody hear of that. Call it before anything is hidden.
func (s *Service) OnHidden(hear Hidden) { s.hidden = append(s.hidden, hear) }

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, texts *moderation.Service, notices Notices) *Service {
	return &Service{store: s, access: a, org: o, texts: texts, notices: notices}
}

// maxReason is the most letters of a reason.
const maxReason = 500

// Words are what the public is to read.
type Words struct {
	Title      string // at most 80 characters
	Text       string // at most 2,000
	Answer     string // at most 2,000, may be empty
	BuildingID model.UnitID
}

// plain is the words without the space around them. Fault: invalid.
func (w Words) plain() (Words, error) {
	w.Title, w.Text, w.Answer = strings.TrimSpace(w.Title), strings.TrimSpace(w.Text), strings.TrimSpace(w.Answer)
	for _, part := range []struct{ path, text string }{{"title", w.Title}, {"text", w.Text}} {
		if part.text == "" {
			return w, fault.InvalidField(part.path, "required", "请填写内容。", "Please write something.")
		}
	}
	return w, nil
}

// Propose writes the public version of a request, for somebody else to approve. seen is the
// version that was read, nil for any.
// Faults: unauthenticated, forbidden, not_found, invalid, not_publishable, identifying,
// content_refused, changed_meanwhile.
func (s *Service) Propose(ctx context.Context, actor model.Actor, id model.RequestID, w Words, seen *int) (model.PublicVersion, error) {
	request, err := access.Find(ctx, s.access, actor, access.BoardWrite, s.store.Requests.Get, id)
	if err != nil {
		return model.PublicVersion{}, err
	}
	if w, err = w.plain(); err != nil {
		return model.PublicVersion{}, err
	}
	if !w.BuildingID.IsZero() && w.BuildingID != request.BuildingID {
		return model.PublicVersion{}, fault.InvalidField("buildingId", "unknown", "只能填写这条诉求自己的楼栋。", "Only the request's own building can be named.")
	}
	if err := mayShow(ctx, s.store, request); err != nil {
		return model.PublicVersion{}, err
	}
	if err := anonymous(ctx, s.store, request, w); err != nil {
		return model.PublicVersion{}, err
	}
	verdict, err := s.texts.Judge(ctx, actor.User, moderation.Text{
		Scene: moderation.Forum, Title: w.Title, Body: strings.TrimSpace(w.Title + "\n" + w.Text + "\n\n" + w.Answer),
	})
	if err != nil {
		return model.PublicVersion{}, err
	}
	if verdict == moderation.Refused {
		return model.PublicVersion{}, fault.ErrContentRefused
	}
	return s.propose(ctx, actor, request, w, verdict != moderation.Passed, seen)
}

func (s *Service) propose(ctx context.Context, actor model.Actor, request model.Request, w Words, held bool, seen *int) (v model.PublicVersion, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if request, err = tx.Requests.GetLocked(ctx, request.ID); err != nil {
			return err
		}
		if err := mayShow(ctx, tx, request); err != nil {
			return err
		}
		if v, err = heldOf(ctx, tx, request); err != nil {
			return err
		}
		if v.Status == model.PublicBarred {
			return ErrNotPublishable
		}
		if err := store.Seen(seen, v.Version); err != nil {
			return err
		}
		v.Title, v.Text, v.Answer, v.BuildingID, v.Held = w.Title, w.Text, w.Answer, w.BuildingID, held
		return s.step(ctx, tx, actor, &v, request, model.ProposePublic, "")
	})
	return v, err
}

// mayShow refuses requests of which the public may read nothing. Fault: not_publishable.
func mayShow(ctx context.Context, from *store.Store, r model.Request) error {
	if !publishable(r) {
		return ErrNotPublishable
	}
	if r.Source != model.SourceGroup {
		return nil
	}
	unverified, err := from.Absentees.ListUnverified(ctx, r.ID)
	if err == nil && len(unverified) > 0 {
		return ErrNotPublishable
	}
	return err
}

// publishable says whether the public may read anything of a request by what it is and how far.
func publishable(r model.Request) bool {
	switch r.Status {
	case model.RequestSubmitted, model.RequestMerged, model.RequestWithdrawn:
		return false
	}
	return r.Identity != model.IdentitySealed
}

// parts are the words by the paths of their fields.
func (w Words) parts() []struct{ path, text string } {
	return []struct{ path, text string }{{"title", w.Title}, {"text", w.Text}, {"answer", w.Answer}}
}

// anonymous refuses words that tell who somebody is, naming where and by what. What is known of
// the submitter counts only where the staff know who that is. Fault: identifying.
func anonymous(ctx context.Context, from *store.Store, r model.Request, w Words) (err error) {
	var fields []fault.Field
	if r.Identity == model.IdentityNamed {
		if fields, err = naming(ctx, from, r, w); err != nil {
			return err
		}
	}
	for _, part := range w.parts() {
		for _, g := range identifying(part.text) {
			fields = append(fields, fault.Field{Path: part.path, Code: g.code, Message: g.text})
		}
	}
	if len(fields) > 0 {
		return ErrIdentifying.WithFields(fields...)
	}
	return nil
}

// naming are the words that have something of what is known of the submitter.
func naming(ctx context.Context, from *store.Store, r model.Request, w Words) (fields []fault.Field, err error) {
	for _, part := range w.parts() {
		names, err := privacy.Names(ctx, from, r.SubmitterID, part.text)
		if err != nil {
			return nil, err
		}
		if names {
			fields = append(fields, fault.Field{Path: part.path, Code: submitter.code, Message: submitter.text})
		}
	}
	return fields, nil
}

// Approve shows what was proposed, or gives back what names somebody who is hidden. seen is the
// version that was read, nil for any. Faults: unauthenticated, forbidden, not_found,
// own_public_version, not_publishable, identifying, public_version_returned, illegal_transition,
// changed_meanwhile.
func (s *Service) Approve(ctx context.Context, actor model.Actor, id model.RequestID, seen *int) (model.PublicVersion, error) {
	v, err := s.decide(ctx, actor, id, seen, arrow{model.ApprovePublic, ""})
	if err == nil && v.Status != model.PublicApproved { // which is written down, as a fault from inside would not be
		return model.PublicVersion{}, ErrReturned
	}
	return v, err
}

// Reject sends what was proposed back to its author with a reason.
// Faults: unauthenticated, forbidden, not_found, invalid, own_public_version,
// illegal_transition, changed_meanwhile.
func (s *Service) Reject(ctx context.Context, actor model.Actor, id model.RequestID, seen *int, reason string) (model.PublicVersion, error) {
	reason, err := fault.Reason(reason, 1, maxReason)
	if err != nil {
		return model.PublicVersion{}, err
	}
	return s.decide(ctx, actor, id, seen, arrow{model.RejectPublic, reason})
}

// arrow is a move and why it is made.
type arrow struct {
	move   model.PublicVersionMove
	reason string
}

func (s *Service) decide(ctx context.Context, actor model.Actor, id model.RequestID, seen *int, to arrow) (model.PublicVersion, error) {
	if _, err := access.Find(ctx, s.access, actor, access.BoardApprove, s.store.Requests.Get, id); err != nil {
		return model.PublicVersion{}, err
	}
	return s.move(ctx, actor, id, func(tx *store.Store, v model.PublicVersion, r model.Request) (arrow, error) {
		if v.AuthorID == actor.User {
			return to, ErrOwnVersion
		}
		if err := store.Seen(seen, v.Version); err != nil || to.move == model.RejectPublic {
			return to, err
		}
		if err := mayShow(ctx, tx, r); err != nil {
			return to, err
		}
		return approval(ctx, tx, r, Words{Title: v.Title, Text: v.Text, Answer: v.Answer})
	})
}

// The reasons of what goes back without being read by anybody: once, and for good.
const (
	giveBack = "公开内容未通过核查，请改写后重新送审。"
	barred   = "公开内容两次未通过核查，这条诉求不再公开。"
)

// approval is what comes of approving words: more may be known of the submitter than when they were
// written. Fault: identifying.
func approval(ctx context.Context, tx *store.Store, r model.Request, w Words) (arrow, error) {
	shows := arrow{model.ApprovePublic, ""}
	if err := anonymous(ctx, tx, r, w); err != nil || r.Identity == model.IdentityNamed {
		return shows, err
	}
	named, err := naming(ctx, tx, r, w)
	if err != nil || len(named) == 0 {
		return shows, err
	}
	before, err := tx.PublicVersionEvents.CountOf(ctx, r.ID, model.ReturnPublic)
	if err != nil || before == 0 {
		return arrow{model.ReturnPublic, giveBack}, err
	}
	return arrow{model.BarPublic, barred}, nil
}

// Withdraw takes a public version back: staff for a reason, the submitter for none.
// Faults: unauthenticated, forbidden, not_found, invalid, illegal_transition.
func (s *Service) Withdraw(ctx context.Context, actor model.Actor, id model.RequestID, reason string) (model.PublicVersion, error) {
	_, mine, err := s.eitherSide(ctx, actor, id, access.BoardWrite)
	if err != nil {
		return model.PublicVersion{}, err
	}
	least := 1
	if mine {
		least = 0
	}
	if reason, err = fault.Reason(reason, least, maxReason); err != nil {
		return model.PublicVersion{}, err
	}
	return s.move(ctx, actor, id, func(*store.Store, model.PublicVersion, model.Request) (arrow, error) {
		return arrow{model.WithdrawPublic, reason}, nil
	})
}

// move takes a public version along the arrow that judge says, once for its key.
func (s *Service) move(ctx context.Context, actor model.Actor, id model.RequestID,
	judge func(*store.Store, model.PublicVersion, model.Request) (arrow, error),
) (model.PublicVersion, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (model.PublicVersion, error) {
		request, err := tx.Requests.GetLocked(ctx, id) // before its public version, as whoever takes the request back does
		if err != nil {
			return model.PublicVersion{}, err
		}
		v, err := tx.PublicVersions.GetLocked(ctx, id)
		if err != nil {
			return v, err
		}
		to, err := judge(tx, v, request)
		if err != nil {
			return v, err
		}
		err = s.step(ctx, tx, actor, &v, request, to.move, to.reason)
		return v, err
	})
}

// heldOf is the public version of a request that the transaction holds, new where there is none.
func heldOf(ctx context.Context, tx *store.Store, r model.Request) (model.PublicVersion, error) {
	v, err := tx.PublicVersions.GetLocked(ctx, r.ID)
	if errors.Is(err, fault.ErrNotFound) {
		now := tx.Now()
		return model.PublicVersion{RequestID: r.ID, EstateID: r.EstateID, Category: r.Category, CameAt: r.CreatedAt, PublishedAt: now, CreatedAt: now}, nil
	}
	return v, err
}

// step writes one arrow down, with its event, its record and what the submitter hears of it.
func (s *Service) step(ctx context.Context, tx *store.Store, actor model.Actor, v *model.PublicVersion, r model.Request, move model.PublicVersionMove, reason string) error {
	read, shown := v.Version, v.Shown
	event, err := v.Step(move, actor.User, reason, tx.Now())
	if err != nil {
		return err
	}
	if read == 0 {
		err = store.First(tx.PublicVersions.Add(ctx, v))
	} else {
		err = store.Held(tx.PublicVersions.SaveMoved(ctx, *v, read))
	}
	if err != nil {
		return err
	}
	if err := tx.PublicVersionEvents.Add(ctx, event); err != nil {
		return err
	}
	if shown || v.Shown {
		if err := index(ctx, tx, *v, r); err != nil {
			return err
		}
	}
	if actor.User != r.SubmitterID {
		if err := record(ctx, tx, actor, r, event); err != nil {
			return err
		}
	}
	if move == model.BarPublic {
		if err := s.notices.Tell(ctx, tx, barredNotice(r, event)); err != nil {
			return err
		}
	}
	switch {
	case !shown && v.Shown:
		return s.notices.Tell(ctx, tx, shownNotice(r, event))
	case shown && !v.Shown:
		return s.tellHidden(ctx, tx, r, *event)
	}
	return nil
}

func (s *Service) tellHidden(ctx context.Context, tx *store.Store, r model.Request, e model.PublicVersionEvent) error {
	for _, hear := range s.hidden {
		if err := hear(ctx, tx, r, e); err != nil {
			return err
		}
	}
	return nil
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, r model.Request, e *model.PublicVersionEvent) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "board." + string(e.Move), ObjectKind: "request", ObjectID: r.ID, Unit: r.BranchID, Detail: string(e.From) + " → " + string(e.To),
	})
}

// eitherSide finds a request for its submitter or for staff, and says whether it is the
// actor's own. Faults: unauthenticated, not_found.
func (s *Service) eitherSide(ctx context.Context, actor model.Actor, id model.RequestID, actions ...access.Action) (model.Request, bool, error) {
	if actor.Nobody() {
		return model.Request{}, false, fault.ErrUnauthenticated
	}
	request, err := s.store.Requests.Get(ctx, id)
	if err != nil || request.SubmitterID == actor.User {
		return request, err == nil, err
	}
	for _, action := range actions {
		err = s.access.Require(ctx, actor, action, request.Units()...)
		if err == nil || fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Forbidden {
			return request, false, err
		}
	}
	return model.Request{}, false, fault.ErrNotFound
}
