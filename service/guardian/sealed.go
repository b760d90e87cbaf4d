package guardian

import (
	"encoding/json"
	"strings"

	"jinlin/model"
	"jinlin/model/store"
)

const livePurpose = "children.live_key"

// natural is what makes a child the same one for a guardian.
func natural(guardian model.UserID, name string, born model.Month) string {
	return strings.Join([]string{guardian.String(), strings.ReplaceAll(name, " ", ""), string(born)}, "\x00")
}

func detailsOf(id model.ChildID) store.Place {
	return store.Place{Table: "children", Column: "details", Row: id.String()}
}

func seal(s *store.Store, id model.ChildID, d Details) ([]byte, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	return s.Keys().Seal(detailsOf(id), text)
}

func open(s *store.Store, row model.Child) (Child, error) {
	c := Child{Child: row}
	text, err := s.Keys().Open(detailsOf(row.ID), row.Details)
	if err != nil {
		return c, err
	}
	err = json.Unmarshal(text, &c.Details)
	return c, err
}

// Reindex makes the live key of a child anew; see store.Reindex.
func Reindex(k *store.Keys, row model.Child, opened map[string]string) map[string][]byte {
	var d Details
	if json.Unmarshal([]byte(opened["details"]), &d) != nil {
		return nil
	}
	return map[string][]byte{"live_key": k.Index(livePurpose, natural(row.GuardianID, d.Name, row.BirthMonth))}
}
