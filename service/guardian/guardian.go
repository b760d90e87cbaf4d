// Package guardian keeps the children under fourteen whom their guardians register, so that a
// station knows what a child is called, whom to call and who may collect it.
//
// A guardian says name, month of birth, their relation to the child, an emergency contact and
// up to five people who may collect it. That takes a consent of its own, given before: the
// store refuses the row without it, and deletes all rows within a minute after it is taken
// back. Name and contacts are sealed. Only the guardian sees them; a child has no account.
//
// A guardian has six children here at most, and the same child, by name and month of birth,
// once. Another guardian may register it too: neither learns of the other. To take a child
// out is to erase it at once; nothing of it stays, and closing the account does the same.
//
// At fourteen a child decides for itself, and its guardian's consent does not do any more. As
// a child has no way of agreeing here, the record is erased in the night after the month of
// its birthday, and its guardian is told that the child may now have an account of its own.
package guardian

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Faults of children.
var (
	ErrTooMany = fault.Define(fault.Conflict, "too_many_children",
		"每位监护人最多登记 6 名儿童。", "A guardian can register six children at most.")
	ErrKnown = fault.Define(fault.Conflict, "child_registered",
		"您已登记过这名儿童。", "You have registered this child already.")
	ErrGrown = fault.Define(fault.Invalid, "child_grown",
		"只能登记不满十四周岁的儿童；年满十四周岁可由本人注册账号。", "Only children under fourteen are registered here; from fourteen on they can have an account of their own.")
)

// MaxCollectors is how many people may collect a child, besides its guardian.
const MaxCollectors = 5

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Service keeps the children.
type Service struct {
	store   *store.Store
	notices Notices
}

// New makes the service.
func New(s *store.Store, notices Notices) *Service { return &Service{store: s, notices: notices} }

// Contact is somebody to call, or who may collect a child.
type Contact struct {
	Name     string `json:"name"`
	Relation string `json:"relation"` // to the child, in the guardian's words
	Phone    string `json:"phone"`    // plain
}

// Details are what is sealed about a child.
type Details struct {
	Name       string    `json:"name"`
	Emergency  Contact   `json:"emergency"`
	Collectors []Contact `json:"collectors,omitempty"`
}

// Said is what a guardian says of a child.
type Said struct {
	Details
	Relation   string // of the guardian: mother, father, grandparent, other
	BirthMonth model.Month
}

// Child is a child as its guardian sees it.
type Child struct {
	model.Child
	Details
}

// Add registers a child of the actor's. Faults: unauthenticated, invalid, child_grown,
// child_registered, too_many_children, consent_required.
func (s *Service) Add(ctx context.Context, actor model.Actor, said Said) (Child, error) {
	if actor.Nobody() {
		return Child{}, fault.ErrUnauthenticated
	}
	if err := said.judge(model.DateOf(s.store.Now())); err != nil {
		return Child{}, err
	}
	// Only the id is kept for a repeat: an erased child must not live on in an answer.
	id, err := store.Once(ctx, s.store, func(tx *store.Store) (model.ChildID, error) {
		row, err := NewChild(tx, actor.User, said)
		if err != nil {
			return row.ID, err
		}
		return row.ID, place(ctx, tx, row, said)
	})
	if err != nil {
		return Child{}, err
	}
	return s.Get(ctx, actor, id)
}

// judge looks at the form and brings numbers to plain form. Faults: invalid, child_grown.
func (said *Said) judge(today model.Date) error {
	said.Name = strings.TrimSpace(said.Name)
	switch {
	case said.Name == "":
		return fault.InvalidField("name", "required", "请填写儿童姓名。", "Say what the child is called.")
	case !said.BirthMonth.Valid() || said.BirthMonth > today.Month():
		return fault.InvalidField("birthMonth", "invalid", "出生年月不正确。", "This is no month of birth.")
	case (model.Child{BirthMonth: said.BirthMonth}).Grown(today):
		return ErrGrown
	case len(said.Collectors) > MaxCollectors:
		return fault.InvalidField("collectors", "too_many", "最多登记 5 名接送人。", "Five people at most may collect a child.")
	}
	if err := said.Emergency.judge("emergency"); err != nil {
		return err
	}
	for i := range said.Collectors {
		if err := said.Collectors[i].judge(fmt.Sprintf("collectors[%d]", i)); err != nil {
			return err
		}
	}
	return nil
}

func (c *Contact) judge(path string) error {
	c.Name, c.Relation = strings.TrimSpace(c.Name), strings.TrimSpace(c.Relation)
	if c.Name == "" {
		return fault.InvalidField(path+".name", "required", "请填写姓名。", "Say what they are called.")
	}
	number, ok := model.PlainPhone(c.Phone)
	if !ok {
		return fault.InvalidField(path+".phone", "invalid", "请填写 11 位手机号。", "This is no mobile number.")
	}
	c.Phone = number
	return nil
}

// NewChild is the row of a child, in no slot yet.
func NewChild(s *store.Store, guardian model.UserID, said Said) (model.Child, error) {
	now := s.Now()
	row := model.Child{
		ID: model.NewID[model.Child](now), GuardianID: guardian, Slot: 1, Relation: said.Relation, BirthMonth: said.BirthMonth,
		LiveKey: s.Keys().Index(livePurpose, natural(guardian, said.Name, said.BirthMonth)), CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	var err error
	row.Details, err = seal(s, row.ID, said.Details)
	return row, err
}

// addTries bounds how often a slot is taken by somebody who adds at the same moment.
const addTries = 12

// place adds a row in the first free slot. What two at once have both seen free, a unique key
// gives to one. Faults: child_registered, too_many_children, consent_required.
func place(ctx context.Context, tx *store.Store, row model.Child, said Said) error {
	for range addTries {
		rows, err := tx.Children.ListByGuardian(ctx, row.GuardianID)
		if err != nil {
			return err
		}
		if known(tx, rows, row.ID, said) {
			return ErrKnown
		}
		if row.Slot = free(rows); row.Slot == 0 {
			return ErrTooMany
		}
		if err := tx.Children.Add(ctx, &row); !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
	return fault.ErrBusy
}

// free is the first slot that none of the rows has; 0 when all are taken.
func free(rows []model.Child) int {
	for slot := 1; slot <= model.MaxChildren; slot++ {
		if !slices.ContainsFunc(rows, func(c model.Child) bool { return c.Slot == slot }) {
			return slot
		}
	}
	return 0
}

// known says whether another of the rows is the same child, under whichever key it stands.
func known(s *store.Store, rows []model.Child, but model.ChildID, said Said) bool {
	return slices.ContainsFunc(rows, func(c model.Child) bool {
		return c.ID != but && s.Keys().Indexed(c.LiveKey, livePurpose, natural(c.GuardianID, said.Name, said.BirthMonth))
	})
}

// Mine are the actor's children, first to last.
func (s *Service) Mine(ctx context.Context, actor model.Actor) ([]Child, error) {
	return Of(ctx, s.store, actor.User)
}

// Of are a guardian's children.
func Of(ctx context.Context, s *store.Store, guardian model.UserID) ([]Child, error) {
	rows, err := s.Children.ListByGuardian(ctx, guardian)
	children := make([]Child, len(rows))
	for i, row := range rows {
		if children[i], err = open(s, row); err != nil {
			return nil, err
		}
	}
	return children, err
}

// Get is one of the actor's children. Fault: not_found.
func (s *Service) Get(ctx context.Context, actor model.Actor, id model.ChildID) (Child, error) {
	row, err := own(ctx, s.store, actor, id)
	if err != nil {
		return Child{}, err
	}
	return open(s.store, row)
}

func own(ctx context.Context, s *store.Store, actor model.Actor, id model.ChildID) (model.Child, error) {
	row, err := s.Children.Get(ctx, id)
	if err == nil && row.GuardianID != actor.User {
		err = fault.ErrNotFound
	}
	return row, err
}

// Change says everything about a child anew. version, unless nil, is the one they saw.
// Faults: not_found, invalid, child_grown, child_registered, changed_meanwhile, consent_required.
func (s *Service) Change(ctx context.Context, actor model.Actor, id model.ChildID, version *int, said Said) (Child, error) {
	if err := said.judge(model.DateOf(s.store.Now())); err != nil {
		return Child{}, err
	}
	err := s.store.InTx(ctx, func(tx *store.Store) error {
		row, err := own(ctx, tx, actor, id)
		if err == nil {
			err = store.Seen(version, row.Version)
		}
		if err != nil {
			return err
		}
		return change(ctx, tx, row, said)
	})
	if err != nil {
		return Child{}, err
	}
	return s.Get(ctx, actor, id)
}

func change(ctx context.Context, tx *store.Store, row model.Child, said Said) error {
	rows, err := tx.Children.ListByGuardian(ctx, row.GuardianID)
	if err != nil {
		return err
	}
	if known(tx, rows, row.ID, said) {
		return ErrKnown
	}
	row.Relation, row.BirthMonth = said.Relation, said.BirthMonth
	row.LiveKey = tx.Keys().Index(livePurpose, natural(row.GuardianID, said.Name, said.BirthMonth))
	if row.Details, err = seal(tx, row.ID, said.Details); err != nil {
		return err
	}
	saved, err := tx.Children.SaveChanged(ctx, row)
	if errors.Is(err, store.ErrDuplicate) {
		return ErrKnown
	}
	return store.Kept(saved, err)
}

// Remove erases one of the actor's children. Fault: not_found.
func (s *Service) Remove(ctx context.Context, actor model.Actor, id model.ChildID) error {
	was, err := s.store.Children.Delete(ctx, actor.User, id)
	if err == nil && !was {
		err = fault.ErrNotFound
	}
	return err
}

// ForgetGrown erases the children who are fourteen, and tells their guardians; a job's work.
func (s *Service) ForgetGrown(ctx context.Context) error {
	before := model.LastChildMonth(model.DateOf(s.store.Now()))
	for {
		rows, err := s.store.Children.ListGrown(ctx, before)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if err := s.release(ctx, row); err != nil {
				return err
			}
		}
	}
}

func (s *Service) release(ctx context.Context, row model.Child) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		was, err := tx.Children.Delete(ctx, row.GuardianID, row.ID)
		if err != nil || !was {
			return err
		}
		return s.notices.Tell(ctx, tx, grown(row))
	})
}

// grown does not name the child: notices outlive its record.
func grown(row model.Child) model.Notice {
	return model.Notice{
		User: row.GuardianID, Kind: "child", Link: "pages/me/children", Key: "child/grown/" + row.ID.String(),
		Title: fault.Text{ZH: "儿童登记已到期删除", EN: "The record of a child was erased"},
		Text: fault.Text{
			ZH: "您登记的一名儿童已年满十四周岁，监护人的同意不再适用，登记信息已删除。今后可由本人注册账号并自行同意。",
			EN: "A child you registered is fourteen. A guardian's consent does not do any more, and the record was erased. From now on they can have an account and agree themselves.",
		},
	}
}
