// Package roster keeps the rosters that the county brings along: who lives where, and who
// belongs to which branch of the Party.
//
// A roster comes in batches, again and again. A line is known by its natural key: which
// roster, which place, whose name; where it names no room, the phone number tells two of
// one name apart. A line that comes again unchanged changes nothing, one that comes with
// something else ends the one before and begins anew from that day, and lines that a whole
// roster no longer has end with EndUnseen. So a batch may be sent twice, by two people, or
// again after a crash.
//
// Names, phone numbers and what the Party roster says of a member are sealed in the
// database; a phone number is found again by its keyed hash, the same as that of accounts.
// Whoever shows lines masks them: see model.MaskName and model.MaskPhone.
package roster

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Line is a line of a roster as somebody wrote it.
type Line struct {
	Kind       model.RosterKind
	BranchID   model.UnitID // of Party members
	EstateID   model.UnitID
	BuildingID model.UnitID
	Stairwell  string
	Room       string
	Name       string
	Phone      string // other than mobile numbers are kept, and found by nobody
	Relation   string
	Member     Member // of Party members
}

// Member is what the roster of Party members says beside name and place.
type Member struct {
	JoinedOn  model.Date `json:"joinedOn,omitempty"`
	Probation bool       `json:"probation,omitempty"` // 预备党员
	Duty      string     `json:"duty,omitempty"`
	WorksAt   string     `json:"worksAt,omitempty"` // of working members who serve where they live
}

// Entry is a line in force.
type Entry struct {
	model.RosterEntry
	Name, Phone string
	Member      Member
	Key         []byte // its natural key's hash, under the current key whatever the row stands under
}

// Change is what a line means for the roster.
type Change string

// The changes.
const (
	Added     Change = "added"
	Changed   Change = "changed"
	Unchanged Change = "unchanged"
	Doubled   Change = "doubled" // the same key stands further up in the batch; ignored
)

// errTooMany says that a batch is over its limit, which is a mistake of whoever calls.
var errTooMany = errors.New("roster: a batch has at most 1,000 lines")

// Service keeps the rosters.
type Service struct{ store *store.Store }

// New makes the service.
func New(s *store.Store) *Service { return &Service{store: s} }

// Diff says what Put would do with each line, and changes nothing.
func (s *Service) Diff(ctx context.Context, lines []Line) ([]Change, error) {
	p, err := planned(ctx, s.store, lines)
	return p.changes, err
}

// Difference is what a line means for the roster, and the line it would end.
type Difference struct {
	Change Change
	Before *Entry // of a line that changed
	Key    []byte // the live key of the line in force, or to be
}

// Compare is Diff with the lines that would end, for whoever shows them beforehand.
func Compare(ctx context.Context, s *store.Store, lines []Line) ([]Difference, error) {
	p, err := planned(ctx, s, lines)
	if err != nil {
		return nil, err
	}
	out := make([]Difference, len(lines))
	for i, change := range p.changes {
		out[i] = Difference{Change: change, Key: p.keys[i]}
		if change != Changed {
			continue
		}
		before, err := open(s, p.known[i])
		if err != nil {
			return nil, err
		}
		out[i].Before = &before
	}
	return out, nil
}

// Standing pages the lines in force of a scope in order of ids, 1,000 at a time, opened.
func Standing(ctx context.Context, s *store.Store, scope Scope, after model.RosterEntryID) ([]Entry, error) {
	rows, err := s.RosterEntries.ListStanding(ctx, scope, after)
	if err != nil {
		return nil, err
	}
	return opened(s, rows)
}

// Put brings at most 1,000 lines into the roster, in the transaction of whoever calls, and
// says what each one changed. Fault: busy, when somebody else brings in the same line at
// the same time and is not done; the transaction may be repeated.
func Put(ctx context.Context, tx *store.Store, batch model.RosterBatchID, lines []Line) ([]Change, error) {
	p, err := planned(ctx, tx, lines)
	if err != nil {
		return nil, err
	}
	today := model.DateOf(tx.Now())
	if err := tx.RosterEntries.SaveSeen(ctx, p.unchanged, batch); err != nil {
		return nil, err
	}
	if _, err := tx.RosterEntries.SaveEnded(ctx, p.ended, today); err != nil {
		return nil, err
	}
	rows := make([]*model.RosterEntry, len(p.fresh))
	for i, line := range p.fresh {
		if rows[i], err = line.sealed(tx, batch, today); err != nil {
			return nil, err
		}
	}
	err = tx.RosterEntries.Add(ctx, rows...)
	if errors.Is(err, store.ErrDuplicate) {
		err = fault.ErrBusy.Because(err)
	}
	return p.changes, err
}

// plan is what a batch does.
type plan struct {
	changes   []Change            // one a line
	keys      [][]byte            // the same
	known     []model.RosterEntry // the same: the line in force under that key, or none
	fresh     []keyed
	ended     []model.RosterEntryID
	unchanged []model.RosterEntryID
}

func planned(ctx context.Context, s *store.Store, lines []Line) (p plan, err error) {
	if len(lines) > store.MaxBatch {
		return p, errTooMany
	}
	all := make([]keyed, len(lines))
	var sought [][]byte
	for i, line := range lines {
		all[i] = line.keyed(s.Keys())
		sought = append(sought, s.Keys().Indexes(keyPurpose, all[i].natural)...)
	}
	rows, err := s.RosterEntries.ListLive(ctx, sought)
	if err != nil {
		return p, err
	}
	live := map[string]model.RosterEntry{}
	for _, row := range rows {
		live[string(row.LiveKey)] = row
	}
	versions, met := len(sought)/max(1, len(all)), map[string]bool{}
	for i, line := range all {
		var before model.RosterEntry
		for _, key := range sought[i*versions : (i+1)*versions] {
			if row, is := live[string(key)]; is {
				before = row
			}
		}
		p.keys, p.known = append(p.keys, line.key), append(p.known, before)
		p.add(s.Keys(), line, before, met[string(line.key)])
		met[string(line.key)] = true
	}
	return p, nil
}

func (p *plan) add(keys *store.Keys, line keyed, before model.RosterEntry, met bool) {
	change, known := Added, !before.ID.IsZero()
	switch {
	case met:
		change = Doubled
	case known && keys.Indexed(before.Content, contentPurpose, line.said):
		change = Unchanged
		p.unchanged = append(p.unchanged, before.ID)
	case known:
		change = Changed
		p.ended, p.fresh = append(p.ended, before.ID), append(p.fresh, line)
	default:
		p.fresh = append(p.fresh, line)
	}
	p.changes = append(p.changes, change)
}

// Scope is a part of a roster: an estate's residents, a branch's members.
type Scope = store.RosterScope

// EndUnseen ends lines of a scope that a run did not have, at most 1,000, and says how
// many. Whoever brings in a whole roster calls it after the last batch until it says none.
func EndUnseen(ctx context.Context, tx *store.Store, scope Scope, batch model.RosterBatchID) (int, error) {
	ids, err := tx.RosterEntries.ListUnseen(ctx, scope, batch)
	if err != nil {
		return 0, err
	}
	return tx.RosterEntries.SaveEnded(ctx, ids, model.DateOf(tx.Now()))
}

// ByPhone are the lines in force of whoever has a mobile number.
func ByPhone(ctx context.Context, s *store.Store, number string) ([]Entry, error) {
	plain, ok := model.PlainPhone(number)
	if !ok {
		return nil, nil
	}
	rows, err := s.RosterEntries.ListByPhone(ctx, s.Keys().PhoneIndexes(plain))
	if err != nil {
		return nil, err
	}
	return opened(s, rows)
}

// OfRoom are the lines in force of a household.
func OfRoom(ctx context.Context, s *store.Store, building model.UnitID, stairwell, room string) ([]Entry, error) {
	rows, err := s.RosterEntries.ListByRoom(ctx, building, model.PlainPlace(stairwell), model.PlainPlace(room))
	if err != nil {
		return nil, err
	}
	return opened(s, rows)
}

// keyed is a line in its plain form with its key.
type keyed struct {
	Line
	natural, said string // what the hashes are of
	key, content  []byte
}

// What the keyed hashes are for.
const (
	keyPurpose     = "roster_entries.live_key"
	contentPurpose = "roster_entries.content"
)

func (l Line) keyed(keys *store.Keys) keyed {
	l.Stairwell, l.Room = model.PlainPlace(l.Stairwell), model.PlainPlace(l.Room)
	l.Name, l.Relation = strings.TrimSpace(l.Name), strings.TrimSpace(l.Relation)
	if mobile, ok := model.PlainPhone(l.Phone); ok {
		l.Phone = mobile
	}
	l.Phone = strings.TrimSpace(l.Phone)
	where := l.BuildingID
	if where.IsZero() {
		where = l.EstateID
	}
	natural := []string{string(l.Kind), l.BranchID.String(), where.String(), l.Stairwell, l.Room, l.Name}
	if l.Room == "" {
		natural = append(natural, l.Phone)
	}
	said, _ := json.Marshal(l) // plain texts: never fails
	k := keyed{Line: l, natural: strings.Join(natural, "\x00"), said: string(said)}
	k.key, k.content = keys.Index(keyPurpose, k.natural), keys.Index(contentPurpose, k.said)
	return k
}
