package paperbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/org"
)

const (
	// Morning is when people hear that an opening was missed: nobody opens a box at midnight.
	Morning = 8 * time.Hour

	missedBatch = 200
)

// TellMissed tells of every opening that was missed: the branch's team on the morning after the
// day on which it was due, the community a day later. It says how many boxes it told of, and may
// run anywhere and again: that a box was told of is written in the transaction of the notices.
func (s *Service) TellMissed(ctx context.Context) (told int, err error) {
	day := model.DateOf(s.store.Now().Add(-Morning))
	for _, so := range []model.BoxTold{model.ToldNobody, model.ToldTeam} {
		n, trouble := s.tellMissed(ctx, so, day.AddDays(-int(so)))
		told, err = told+n, errors.Join(err, trouble)
	}
	return told, err
}

// tellMissed goes through the boxes of one rung. A box whose notices fail must not keep the
// others waiting.
func (s *Service) tellMissed(ctx context.Context, so model.BoxTold, dueBefore model.Date) (told int, err error) {
	for {
		boxes, err := s.store.Boxes.ListMissed(ctx, so, dueBefore, missedBatch)
		if err != nil {
			return told, err
		}
		before, trouble := told, error(nil)
		for _, b := range boxes {
			done, err := s.tellOf(ctx, b)
			trouble = errors.Join(trouble, err)
			if done {
				told++
			}
		}
		if trouble != nil || len(boxes) < missedBatch || told == before {
			return told, trouble
		}
	}
}

func (s *Service) tellOf(ctx context.Context, b model.Box) (done bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		done, err = tx.Boxes.SaveTold(ctx, b)
		if err != nil || !done {
			return err
		}
		people, err := s.responsible(ctx, tx, b)
		if err != nil {
			return err
		}
		for _, user := range people {
			if err := s.notices.Tell(ctx, tx, missedNotice(user, b)); err != nil {
				return err
			}
		}
		return nil
	})
	return done && err == nil, err
}

// responsible are who hears next: those of the team who may open the box, then those of the
// community; where there is nobody, those of the next unit up that has somebody.
func (s *Service) responsible(ctx context.Context, tx *store.Store, b model.Box) ([]model.UserID, error) {
	if b.Told == model.ToldNobody {
		people, err := s.openers(ctx, b)
		if err != nil || len(people) > 0 {
			return people, err
		}
	}
	chain, err := s.org.Chain(ctx, b.EstateID)
	if err != nil {
		return nil, err
	}
	roles := map[model.UnitKind]model.Role{model.Community: model.CommunityWorker, model.Town: model.TownCommittee, model.County: model.CountyClerk}
	for _, unit := range chain {
		if roles[unit.Kind] == "" {
			continue
		}
		grants, err := tx.Grants.ListByUnit(ctx, unit.ID, roles[unit.Kind], tx.Now())
		if err != nil || len(grants) > 0 {
			return holders(grants), err
		}
	}
	return nil, nil
}

func holders(grants []model.Grant) (people []model.UserID) {
	for _, g := range grants {
		if !slices.Contains(people, g.UserID) {
			people = append(people, g.UserID)
		}
	}
	return people
}

// openers are those of the branch's team who may open its boxes.
func (s *Service) openers(ctx context.Context, b model.Box) (people []model.UserID, err error) {
	team, err := s.teams.TeamOf(ctx, b.EstateID)
	if errors.Is(err, fault.ErrNotFound) || errors.Is(err, org.ErrNoBranch) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.access.Able(ctx, team.People(), access.MailboxEnter, b.Units()...)
}

// missedNotice has a key of the opening, so that who is of the team and of the community hears
// once.
func missedNotice(user model.UserID, b model.Box) model.Notice {
	return model.Notice{
		User: user, Kind: "box_missed", Title: fault.Text{ZH: "红色信箱逾期未开", EN: "A box was not opened in time"},
		Text: fault.Text{
			ZH: fmt.Sprintf("位于“%s”的红色信箱最迟应于 %s 开启，至今未开。请尽快由两人开箱。", b.Place, b.DueOn),
			EN: fmt.Sprintf("The red mailbox at “%s” should have been opened by %s and was not. Two people should open it soon.", b.Place, b.DueOn),
		},
		Link: "pages/mailbox/box?id=" + b.ID.String(), Key: "box/" + b.ID.String() + "/" + string(b.DueOn),
	}
}
