package county

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
)

// Offence is a unit that breaks a rule of the organisation.
type Offence struct {
	Rule     string
	Unit     model.Unit
	Sentence string // what is wrong, in plain Chinese
}

// check finds who breaks one rule, in order of ids, starting after a unit.
type check struct {
	rule  string
	find  func(ctx context.Context, s *store.Store, p *Picture, after model.UnitID, limit int) ([]Offence, error)
	judge func(p *Picture, u model.Unit) string // where the picture says it all
	kinds []model.UnitKind

	ofPosts bool // about who has which post, not how units stand to one another
}

// Checks pages those who break the rules today, in the actor's authority: of one rule, or of
// all of them one after another.
// Faults: unauthenticated, forbidden, invalid, invalid_cursor.
func (s *Service) Checks(ctx context.Context, actor model.Actor, rule string, page model.Page) (list model.Listing[Offence], err error) {
	tops, err := s.access.Units(ctx, actor, access.OrgRead)
	if err != nil {
		return list, err
	}
	first, after, err := begin(rule, page.After)
	if err != nil {
		return list, err
	}
	var found []Offence
	err = s.store.Snapshot(ctx, func(view *store.Store) error {
		p, err := ReadPicture(ctx, view, model.DateOf(view.Now()))
		for i := first; err == nil && i < len(checks) && len(found) <= page.Size(); i++ {
			if rule != "" && checks[i].rule != rule {
				break
			}
			err = s.collect(ctx, view, p, checks[i], after, tops, page.Size()+1, &found)
			after = model.UnitID{}
		}
		return err
	})
	return model.Cut(found, page.Size(), func(o Offence) model.Cursor {
		return model.Cursor{At: time.UnixMilli(int64(ruleNumber(o.Rule) + 1)).UTC(), ID: o.Unit.ID}
	}), err
}

// begin says with which rule a page begins, and after which unit: a cursor of this list has
// the rule's number in the place of the time. Fault: invalid_cursor.
func begin(rule string, after *model.Cursor) (int, model.UnitID, error) {
	if rule != "" && ruleNumber(rule) < 0 {
		return 0, model.UnitID{}, fault.InvalidField("query.rule", "not_allowed", "没有这条规则。", "There is no such rule.")
	}
	if after == nil {
		return max(0, ruleNumber(rule)), model.UnitID{}, nil
	}
	n := int(after.At.UnixMilli()) - 1
	if after.At.IsZero() || n < 0 || n >= len(checks) || rule != "" && checks[n].rule != rule {
		return 0, model.UnitID{}, model.ErrInvalidCursor
	}
	return n, after.ID, nil
}

func ruleNumber(rule string) int {
	return slices.IndexFunc(checks, func(c check) bool { return c.rule == rule })
}

// collect adds a rule's offenders in the actor's authority until there are enough.
func (s *Service) collect(ctx context.Context, view *store.Store, p *Picture, c check, after model.UnitID, tops []model.UnitID, enough int, found *[]Offence) error {
	for {
		offences, err := c.find(ctx, view, p, after, enough)
		if err != nil {
			return err
		}
		for _, o := range offences {
			after = o.Unit.ID
			o.Rule = c.rule
			if within, err := s.withinAny(ctx, o.Unit, tops); err != nil {
				return err
			} else if within && len(*found) < enough {
				*found = append(*found, o)
			}
		}
		if len(offences) < enough || len(*found) >= enough {
			return nil
		}
	}
}

// withinAny says whether a unit lies in somebody's authority; a building lies where its
// estate does.
func (s *Service) withinAny(ctx context.Context, unit model.Unit, tops []model.UnitID) (bool, error) {
	id := unit.ID
	if unit.Kind == model.Building {
		id = unit.ParentID
	}
	return s.org.Within(ctx, id, tops...)
}

func ofPosts(c check) check {
	c.ofPosts = true
	return c
}

// among makes a check of a rule that can be judged from the picture: judge says what is wrong
// with a unit of these kinds, "" when nothing is.
func among(rule string, judge func(p *Picture, u model.Unit) string, kinds ...model.UnitKind) check {
	return check{rule: rule, judge: judge, kinds: kinds, find: func(_ context.Context, _ *store.Store, p *Picture, after model.UnitID, limit int) (found []Offence, err error) {
		for _, u := range p.Of(kinds...) {
			if len(found) == limit {
				break
			}
			if bytes.Compare(u.ID[:], after[:]) <= 0 {
				continue
			}
			if sentence := judge(p, u); sentence != "" {
				found = append(found, Offence{Unit: u, Sentence: sentence})
			}
		}
		return found, nil
	}}
}

// misplaced is the rule that every building lies in exactly one grid.
func misplaced(ctx context.Context, view *store.Store, p *Picture, after model.UnitID, limit int) ([]Offence, error) {
	rows, err := view.Units.ListMisplaced(ctx, store.BuildingFilter{Day: p.day, After: after, Limit: limit})
	found := make([]Offence, len(rows))
	for i, row := range rows {
		found[i] = Offence{Unit: building(row), Sentence: fmt.Sprintf("「%s%s」没有划入任何网格。", p.units[row.ParentID].Name, row.Name)}
		if row.N > 1 {
			found[i].Sentence = fmt.Sprintf("「%s%s」同时划入了%d个网格，应当只在1个网格中。", p.units[row.ParentID].Name, row.Name, row.N)
		}
	}
	return found, err
}

func building(row store.BuildingRow) model.Unit {
	return model.Unit{ID: row.ID, Kind: model.Building, Name: row.Name, ParentID: row.ParentID}
}

// counted makes a check of rows that were added up by branch.
func counted(rule string, add func(ctx context.Context, view *store.Store, day model.Date) (map[model.UnitID]string, error)) check {
	return check{rule: rule, find: func(ctx context.Context, view *store.Store, p *Picture, after model.UnitID, limit int) ([]Offence, error) {
		sentences, err := add(ctx, view, p.day)
		var found []Offence
		for id, sentence := range sentences {
			unit, stands := p.units[id]
			if !stands {
				unit = p.ended[id]
			}
			if bytes.Compare(id[:], after[:]) > 0 {
				found = append(found, Offence{Unit: unit, Sentence: "党支部「" + unit.Name + "」" + sentence})
			}
		}
		slices.SortFunc(found, func(a, b Offence) int { return bytes.Compare(a.Unit.ID[:], b.Unit.ID[:]) })
		return found[:min(limit, len(found))], err
	}}
}

func unplaced(ctx context.Context, view *store.Store, day model.Date) (map[model.UnitID]string, error) {
	rows, err := view.RosterEntries.ListUnplaced(ctx, day)
	sentences := map[model.UnitID]string{}
	for _, row := range rows {
		sentences[row.BranchID] = fmt.Sprintf("有%d名党员没有编入楼栋，%d名编入了本支部以外的楼栋。", row.Nowhere, row.Elsewhere)
	}
	return sentences, err
}

func leftOpen(ctx context.Context, view *store.Store, day model.Date) (map[model.UnitID]string, error) {
	rows, err := view.Requests.ListLeftOpen(ctx, day)
	sentences := map[model.UnitID]string{}
	for _, row := range rows {
		sentences[row.BranchID] = fmt.Sprintf("已撤销，仍有%d件未办结的诉求没有移交。", row.N)
	}
	return sentences, err
}
