package identity

import (
	"jinlin/model"
	"jinlin/model/store"
)

const pairPurpose = "sealed_identities.pair_key"

// pair is what makes a sealed identity the same one.
func pair(user model.UserID, branch model.UnitID) string {
	return user.String() + "\x00" + branch.String()
}

func personOf(id model.UserID) store.Place {
	return store.Place{Table: "sealed_identities", Column: "person_sealed", Row: id.String()}
}

// NewRow is the row of a person towards a branch.
func NewRow(s *store.Store, user model.UserID, branch model.UnitID) (model.SealedIdentity, error) {
	now := s.Now()
	row := model.SealedIdentity{
		ID: model.NewID[model.User](now), BranchID: branch, Label: label(),
		PersonHash: s.Keys().PersonIndex(user), PairKey: s.Keys().Index(pairPurpose, pair(user, branch)), CreatedAt: now,
	}
	var err error
	row.PersonSealed, err = s.Keys().Seal(personOf(row.ID), []byte(user.String()))
	return row, err
}

func open(s *store.Store, row model.SealedIdentity) (model.UserID, error) {
	text, err := s.Keys().Open(personOf(row.ID), row.PersonSealed)
	if err != nil {
		return model.UserID{}, err
	}
	return model.ParseID[model.User](string(text))
}

// Reindex makes the keyed hashes of a sealed identity anew; see store.Reindex.
func Reindex(k *store.Keys, row model.SealedIdentity, opened map[string]string) map[string][]byte {
	user, err := model.ParseID[model.User](opened["person_sealed"])
	if err != nil {
		return nil
	}
	return map[string][]byte{"person_hash": k.PersonIndex(user), "pair_key": k.Index(pairPurpose, pair(user, row.BranchID))}
}
