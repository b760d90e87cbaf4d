package shop

import (
	"crypto/rand"
	"math/big"
	"strings"

	"jinlin/model"
	"jinlin/model/store"
)

// codeLetters leaves out 0, 1, I, L and O, which are taken for one another.
const (
	codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	codeLength  = 8
)

func newCode() (string, error) {
	code := make([]byte, codeLength)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		if err != nil {
			return "", err
		}
		code[i] = codeLetters[n.Int64()]
	}
	return string(code), nil
}

// canonical forgives how a code was typed: small letters, spaces and hyphens.
func canonical(code string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToUpper(code))
}

const codePurpose = "redemptions.code"

// Reindex makes the hash of a pick-up code anew; see store.Reindex.
func Reindex(k *store.Keys, _ model.Redemption, opened map[string]string) map[string][]byte {
	return map[string][]byte{"code_hash": k.Index(codePurpose, opened["code_sealed"])}
}

// sealCode puts a new code into a redemption.
func sealCode(s *store.Store, r *model.Redemption) (code string, err error) {
	if code, err = newCode(); err != nil {
		return "", err
	}
	r.CodeHash = s.Keys().Index(codePurpose, code)
	r.CodeSealed, err = s.Keys().Seal(codePlace(r.ID), []byte(code))
	return code, err
}

func openCode(s *store.Store, r model.Redemption) (string, error) {
	code, err := s.Keys().Open(codePlace(r.ID), r.CodeSealed)
	return string(code), err
}

func codePlace(id model.RedemptionID) store.Place {
	return store.Place{Table: "redemptions", Column: "code_sealed", Row: id.String()}
}
