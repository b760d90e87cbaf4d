package roster

import (
	"encoding/json"

	"jinlin/model"
	"jinlin/model/store"
)

func place(id model.RosterEntryID, column string) store.Place {
	return store.Place{Table: "roster_entries", Column: column, Row: id.String()}
}

// sealed is the row of a line that begins today.
func (l keyed) sealed(s *store.Store, batch model.RosterBatchID, today model.Date) (*model.RosterEntry, error) {
	row := &model.RosterEntry{
		ID: model.NewID[model.RosterEntry](s.Now()), Kind: l.Kind, BranchID: l.BranchID, EstateID: l.EstateID, BuildingID: l.BuildingID,
		Stairwell: l.Stairwell, Room: l.Room, Relation: l.Relation, PhoneSealed: []byte{}, Member: []byte{},
		LiveKey: l.key, Content: l.content, BatchID: batch, SeenBatchID: batch, ValidFrom: today, CreatedAt: s.Now(),
	}
	if _, mobile := model.PlainPhone(l.Phone); mobile {
		row.PhoneHash = s.Keys().PhoneIndex(l.Phone)
	}
	member, err := json.Marshal(l.Member)
	if err != nil {
		return nil, err
	}
	for column, what := range map[string]struct {
		into *[]byte
		text string
	}{
		"name_sealed":  {&row.NameSealed, l.Name},
		"phone_sealed": {&row.PhoneSealed, l.Phone},
		"member":       {&row.Member, string(member)},
	} {
		if what.text == "" || what.text == "{}" {
			*what.into = []byte{}
			continue
		}
		if *what.into, err = s.Keys().Seal(place(row.ID, column), []byte(what.text)); err != nil {
			return nil, err
		}
	}
	return row, nil
}

func opened(s *store.Store, rows []model.RosterEntry) ([]Entry, error) {
	entries := make([]Entry, len(rows))
	for i, row := range rows {
		e, err := open(s, row)
		if err != nil {
			return nil, err
		}
		entries[i] = e
	}
	return entries, nil
}

func open(s *store.Store, row model.RosterEntry) (Entry, error) {
	e := Entry{RosterEntry: row}
	var member string
	for column, what := range map[string]struct {
		sealed []byte
		into   *string
	}{
		"name_sealed":  {row.NameSealed, &e.Name},
		"phone_sealed": {row.PhoneSealed, &e.Phone},
		"member":       {row.Member, &member},
	} {
		if len(what.sealed) == 0 {
			continue
		}
		text, err := s.Keys().Open(place(row.ID, column), what.sealed)
		if err != nil {
			return e, err
		}
		*what.into = string(text)
	}
	if member != "" {
		if err := json.Unmarshal([]byte(member), &e.Member); err != nil {
			return e, err
		}
	}
	e.Key = e.line().keyed(s.Keys()).key
	return e, nil
}

// line is what the entry was made from.
func (e Entry) line() Line {
	return Line{
		Kind: e.Kind, BranchID: e.BranchID, EstateID: e.EstateID, BuildingID: e.BuildingID, Stairwell: e.Stairwell, Room: e.Room,
		Name: e.Name, Phone: e.Phone, Relation: e.Relation, Member: e.Member,
	}
}

// Reindex makes the hashes of a line anew; see store.Reindex.
func Reindex(k *store.Keys, row model.RosterEntry, opened map[string]string) map[string][]byte {
	e := Entry{RosterEntry: row, Name: opened["name_sealed"], Phone: opened["phone_sealed"]}
	if member := opened["member"]; member != "" {
		_ = json.Unmarshal([]byte(member), &e.Member) // we wrote it; a hash of less only says "changed"
	}
	line := e.line().keyed(k)
	hashes := map[string][]byte{"content": line.content}
	if row.LiveKey != nil {
		hashes["live_key"] = line.key
	}
	if row.PhoneHash != nil {
		hashes["phone_hash"] = k.PhoneIndex(line.Phone)
	}
	return hashes
}
