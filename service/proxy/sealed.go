package proxy

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

func place(id model.UserID, column string) store.Place {
	return store.Place{Table: "absentees", Column: column, Row: id.String()}
}

// seal writes what is known of a person into their row.
func seal(s *store.Store, row *model.Absentee, p Person) (err error) {
	row.NameSealed, row.PhoneSealed = []byte{}, []byte{}
	if p.Name != "" {
		if row.NameSealed, err = s.Keys().Seal(place(row.ID, "name_sealed"), []byte(p.Name)); err != nil {
			return err
		}
	}
	if p.Phone != "" {
		row.PhoneHash = s.Keys().PhoneIndex(p.Phone)
		row.PhoneSealed, err = s.Keys().Seal(place(row.ID, "phone_sealed"), []byte(p.Phone))
	}
	return err
}

func open(s *store.Store, row model.Absentee) (p Person, err error) {
	for column, value := range map[string]struct {
		sealed []byte
		into   *string
	}{"name_sealed": {row.NameSealed, &p.Name}, "phone_sealed": {row.PhoneSealed, &p.Phone}} {
		if len(value.sealed) == 0 {
			continue
		}
		text, err := s.Keys().Open(place(row.ID, column), value.sealed)
		if err != nil {
			return p, err
		}
		*value.into = string(text)
	}
	return p, nil
}

// PersonOf is whom others entered a request for, by the id that stands for them; nobody where
// that is somebody else's id, or where they took the request over.
func PersonOf(ctx context.Context, s *store.Store, id model.UserID) (Person, error) {
	row, err := s.Absentees.Get(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return Person{}, nil
	}
	if err != nil {
		return Person{}, err
	}
	return open(s, row)
}

// Reindex makes the hash of an absentee's number anew; see store.Reindex.
func Reindex(k *store.Keys, _ model.Absentee, opened map[string]string) map[string][]byte {
	if opened["phone_sealed"] == "" {
		return nil
	}
	return map[string][]byte{"phone_hash": k.PhoneIndex(opened["phone_sealed"])}
}

// codeLetters leave out what is mistaken for something else: 0 and O, 1 and I.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// NewCode makes a code of eight random letters, as in 7K4M-9QTD: too many to try them.
func NewCode() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	for i := range b {
		b[i] = codeLetters[int(b[i])%len(codeLetters)]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

// HashOf is what is kept of a code. It needs no key: a code is random, opens one request's
// answer, and whoever reads the database reads that anyway.
func HashOf(code string) []byte {
	plain := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	sum := sha256.Sum256([]byte("jinlin/receipt\x00" + plain))
	return sum[:]
}

// Fits says whether a code is the one that was hashed.
func Fits(hash []byte, code string) bool {
	return code != "" && subtle.ConstantTimeCompare(hash, HashOf(code)) == 1
}

// NewRow is the row of a person whom nobody has entered anything for yet.
func NewRow(s *store.Store, p Person) (model.Absentee, error) {
	row := model.Absentee{ID: model.NewID[model.User](s.Now()), Source: model.SourceProxy, CodeHash: HashOf(NewCode()), CreatedAt: s.Now()}
	err := seal(s, &row, p)
	return row, err
}
