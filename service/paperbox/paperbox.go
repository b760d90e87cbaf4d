// Package paperbox is the red mailbox of tin, for those who write on paper.
//
// A box hangs in an estate, belongs to the branch that answers, and is opened at a set rhythm:
// at the latest so many days after the last time. Those that should have been opened are
// listed, and the branch's team hears of it on the next morning, the community on the one after;
// each of them once of each opening that was missed. Two people open it together: one says so and how many slips there were, and the other
// confirms the number; only then is it an opening, and the next one is due. One at a time of a
// box waits for its second person, by a unique key; where the counts differ it is void, and
// they count again.
//
// Slips come in books, numbered through the county, with a check digit that tells what was
// mistyped, and a code on the part that the writer tears off. Numbers and codes are answered
// once, when a book is printed; the codes are kept nowhere.
//
// Slips are keyed in from a confirmed opening, up to fifty at a time, each with the photo of
// the paper or the reason why there is none. The number of the slip makes that idempotent: what was keyed in already is
// answered again, and a slip found in another opening is refused; the others of the batch go
// on. No more can be keyed in than were counted. The clocks of a request from a slip run from
// the opening, however late somebody types it. What the writer put down of themselves is kept
// as package proxy keeps it, and they can take the request over there.
//
// Anybody can ask for a slip by its number: they hear how far it has come. With the code they
// also read the answer.
package paperbox

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/mailbox"
	"jinlin/service/org"
	"jinlin/service/proxy"
	"jinlin/service/team"
)

// Faults of boxes and slips.
var (
	ErrOpenedAlready = fault.Define(fault.Conflict, "box_opened_already",
		"这个信箱已有一次开箱待第二人确认。", "An opening of this box waits for its second person.")
	ErrSecondPerson = fault.Define(fault.Forbidden, "second_opener_required",
		"开箱须由两人共同进行，请由另一人确认。", "Two people open a box. Somebody else has to confirm it.")
	ErrCountDiffers = fault.Define(fault.Conflict, "slip_count_differs",
		"两人清点的纸条数量不一致，请重新清点后再确认。", "The two of you counted different numbers of slips. Count again.")
	ErrBoxEnded = fault.Define(fault.Conflict, "box_ended",
		"这个信箱已撤除。", "This box was taken down.")
	ErrNotConfirmed = fault.Define(fault.Conflict, "opening_not_confirmed",
		"开箱尚未经第二人确认，不能录入纸条。", "The second person has not confirmed this opening yet.")
	ErrElsewhere = fault.Define(fault.Conflict, "slip_entered_elsewhere",
		"这张纸条已在另一次开箱中录入。", "This slip was keyed in from another opening.")
	ErrTooMany = fault.Define(fault.Conflict, "more_slips_than_counted",
		"录入的纸条多于开箱时清点的数量。", "More slips than were counted at the opening.")
	ErrNoPhoto = fault.Define(fault.Conflict, "slip_photo_missing",
		"请附上纸条的照片，或注明没有照片的原因。", "Attach the photo of the slip, or say why there is none.")
	ErrUnknownSlip = fault.Define(fault.Conflict, "slip_unknown",
		"没有印制过这个编号的纸条。", "No slip with this number was ever printed.")
)

// LongestRhythm is the most days between two openings.
const LongestRhythm = 31

// Service keeps boxes and what is found in them.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	mailbox *mailbox.Service
	proxy   *proxy.Service
	teams   *team.Service
	notices Notices
}

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, m *mailbox.Service, p *proxy.Service, notices Notices) *Service {
	return &Service{store: s, access: a, org: o, mailbox: m, proxy: p, teams: team.New(s, a, o), notices: notices}
}

// Form is what is said of a box.
type Form struct {
	Place      string
	RhythmDays int
}

func (f *Form) judge() error {
	f.Place = strings.TrimSpace(f.Place)
	switch {
	case f.Place == "":
		return fault.InvalidField("place", "required", "请填写信箱位置。", "Say where it hangs.")
	case f.RhythmDays < 1 || f.RhythmDays > LongestRhythm:
		return fault.InvalidField("rhythmDays", "out_of_range", "开箱周期为 1 至 31 天。", "It is opened every 1 to 31 days.")
	}
	return nil
}

// Hang registers a box in an estate; the branch that leads the estate opens it.
// Faults: unauthenticated, forbidden, not_found, invalid, no_branch.
func (s *Service) Hang(ctx context.Context, actor model.Actor, estate model.UnitID, form Form) (model.Box, error) {
	if err := s.access.Require(ctx, actor, access.BoxManage, estate); err != nil {
		return model.Box{}, err
	}
	if err := form.judge(); err != nil {
		return model.Box{}, err
	}
	unit, err := s.org.Unit(ctx, estate)
	if err == nil && (unit.Kind != model.Estate || !unit.In(model.DateOf(s.store.Now()))) {
		err = fault.InvalidField("estateId", "unknown", "没有找到这个小区。", "There is no such estate.")
	}
	if err != nil {
		return model.Box{}, err
	}
	branch, err := s.org.BranchOf(ctx, estate)
	if err != nil {
		return model.Box{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Box, error) {
		now := tx.Now()
		b := model.Box{
			ID: model.NewID[model.Box](now), BranchID: branch.ID, EstateID: estate, Place: form.Place, RhythmDays: form.RhythmDays,
			DueOn: model.DateOf(now).AddDays(form.RhythmDays), CreatedAt: now, Version: 1,
		}
		if err := tx.Boxes.Add(ctx, &b); err != nil {
			return b, err
		}
		return b, recordBox(ctx, tx, actor, "box.hang", b)
	})
}

// Change says place and rhythm anew; a shorter rhythm makes the next opening due sooner.
// version, unless nil, is the one they saw.
// Faults: those of access.Find, invalid, box_ended, changed_meanwhile.
func (s *Service) Change(ctx context.Context, actor model.Actor, id model.BoxID, version *int, form Form) (model.Box, error) {
	if _, err := access.Find(ctx, s.access, actor, access.BoxManage, s.store.Boxes.Get, id); err != nil {
		return model.Box{}, err
	}
	if err := form.judge(); err != nil {
		return model.Box{}, err
	}
	return s.change(ctx, actor, id, version, "box.change", func(tx *store.Store, b *model.Box) {
		from := b.CreatedAt
		if b.OpenedAt != nil {
			from = *b.OpenedAt
		}
		b.Place, b.RhythmDays, b.DueOn = form.Place, form.RhythmDays, model.DateOf(from).AddDays(form.RhythmDays)
		if b.DueOn >= model.DateOf(tx.Now()) {
			b.Told = model.ToldNobody // otherwise it is the same opening that was missed
		}
	})
}

// TakeDown ends a box. Faults: those of access.Find, box_ended.
func (s *Service) TakeDown(ctx context.Context, actor model.Actor, id model.BoxID) (model.Box, error) {
	if _, err := access.Find(ctx, s.access, actor, access.BoxManage, s.store.Boxes.Get, id); err != nil {
		return model.Box{}, err
	}
	return s.change(ctx, actor, id, nil, "box.end", func(tx *store.Store, b *model.Box) {
		now := tx.Now()
		b.EndedAt = &now
	})
}

func (s *Service) change(ctx context.Context, actor model.Actor, id model.BoxID, version *int, action string, do func(*store.Store, *model.Box)) (model.Box, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Box, error) {
		b, err := tx.Boxes.GetLocked(ctx, id)
		if err == nil && b.EndedAt != nil {
			err = ErrBoxEnded
		}
		if err == nil {
			err = store.Seen(version, b.Version)
		}
		if err != nil {
			return b, err
		}
		do(tx, &b)
		if err := store.Kept(tx.Boxes.SaveChanged(ctx, b)); err != nil {
			return b, err
		}
		b.Version++
		return b, recordBox(ctx, tx, actor, action, b)
	})
}

// Get is one box. Faults: those of access.Find.
func (s *Service) Get(ctx context.Context, actor model.Actor, id model.BoxID) (model.Box, error) {
	return access.Find(ctx, s.access, actor, access.MailboxRead, s.store.Boxes.Get, id)
}

// Boxes pages the boxes of a unit and all below it, or of the actor's whole authority; those
// only that should have been opened, where that is asked. Faults: those of access.Ground.
func (s *Service) Boxes(ctx context.Context, actor model.Actor, unit model.UnitID, overdue bool, page model.Page) (model.Listing[model.Box], error) {
	tops, err := s.access.Ground(ctx, actor, access.MailboxRead, unit)
	if err != nil {
		return model.Listing[model.Box]{}, err
	}
	var units []model.UnitID
	for _, top := range tops {
		below, err := s.org.Below(ctx, top)
		if err != nil {
			return model.Listing[model.Box]{}, err
		}
		units = append(units, below...)
	}
	var before model.Date
	if overdue {
		before = s.Today()
	}
	return s.store.Boxes.List(ctx, units, before, page)
}

// Today is the day by which boxes are overdue or not.
func (s *Service) Today() model.Date { return model.DateOf(s.store.Now()) }

func recordBox(ctx context.Context, tx *store.Store, actor model.Actor, action string, b model.Box) error {
	return audit.Record(ctx, tx, actor, audit.Act{Action: action, ObjectKind: "box", ObjectID: b.ID, Unit: b.BranchID})
}

// Printed is a slip as it is printed. The code is answered here and kept nowhere.
type Printed struct {
	Number model.SlipNumber
	Code   string
}

// Book is a book of slips as it is printed.
type Book struct {
	model.SlipBook
	Slips []Printed
}

// Print makes a book of the next numbers for a branch.
// Faults: unauthenticated, forbidden, not_found, invalid, busy.
func (s *Service) Print(ctx context.Context, actor model.Actor, branch model.UnitID, count int) (Book, error) {
	if err := s.access.Require(ctx, actor, access.BoxManage, branch); err != nil {
		return Book{}, err
	}
	unit, err := s.org.Unit(ctx, branch)
	switch {
	case err != nil:
		return Book{}, err
	case unit.Kind != model.Branch || !unit.In(s.Today()):
		return Book{}, fault.InvalidField("branchId", "unknown", "没有找到这个党支部。", "There is no such branch.")
	case count < 1 || count > model.MaxBook:
		return Book{}, fault.InvalidField("count", "out_of_range", "每本 1 至 100 张。", "A book has 1 to 100 slips.")
	}
	for range tries {
		book, err := store.Once(ctx, s.store, func(tx *store.Store) (Book, error) { return printed(ctx, tx, actor, branch, count) })
		if !errors.Is(err, store.ErrDuplicate) { // or another book has these numbers by now
			return book, err
		}
	}
	return Book{}, fault.ErrBusy
}

const tries = 20

func printed(ctx context.Context, tx *store.Store, actor model.Actor, branch model.UnitID, count int) (Book, error) {
	last, err := tx.SlipBooks.GetLast(ctx)
	if err == nil && last+int64(count) > model.MaxSlips {
		err = fault.ErrBusy
	}
	if err != nil {
		return Book{}, err
	}
	b := Book{SlipBook: model.SlipBook{
		ID: model.NewID[model.SlipBook](tx.Now()), BranchID: branch, First: last + 1, Last: last + int64(count), PrintedBy: actor.User, CreatedAt: tx.Now(),
	}}
	if err := tx.SlipBooks.Add(ctx, &b.SlipBook); err != nil {
		return b, err
	}
	slips := make([]*model.Slip, count)
	for i := range slips {
		number, code := model.NewSlipNumber(b.First+int64(i)), proxy.NewCode()
		slips[i] = &model.Slip{Number: number, BookID: b.ID, BranchID: branch, CodeHash: proxy.HashOf(code)}
		b.Slips = append(b.Slips, Printed{number, code})
	}
	if err := tx.Slips.Add(ctx, slips...); err != nil {
		return b, err
	}
	return b, audit.Record(ctx, tx, actor, audit.Act{Action: "box.print", ObjectKind: "slip_book", ObjectID: b.ID, Unit: branch})
}
