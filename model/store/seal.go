package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"slices"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"jinlin/model"
)

// Keys seal what must not be readable in the database, and hash what must be found again
// without being read. Each purpose has keys of its own, derived from the same secret: who
// stands behind a sealed identity opens with none that anything else is read with.
//
// A sealed value begins with the mark of its key, which says version and profile: AES-256-GCM
// with HMAC-SHA256, or SM4-GCM with HMAC-SM3 where an assessment asks for commercial
// cryptography. Its nonce is random, and it is bound to table, column and row, so that a
// ciphertext moved elsewhere does not open. New values come under the current key, and every
// known key opens what was sealed under it.
//
// A keyed hash bears no mark. Whoever looks for one looks for Indexes, under all known keys.
type Keys struct {
	current *key
	known   []*key // the current one first
	marked  map[byte]*key
}

// key is one master key in use.
type key struct {
	mark    byte
	sealers map[string]cipher.AEAD // by purpose
	index   []byte
	hash    func() hash.Hash
}

// Profile is a set of algorithms.
type Profile string

// The profiles.
const (
	AES Profile = "aes" // AES-256-GCM, HMAC-SHA256
	SM  Profile = "sm4" // SM4-GCM, HMAC-SM3: GB/T 32907, GB/T 32905
)

// markSM is set in the mark of a key of the profile SM; the rest of it is the version.
const markSM = 0x80

// MasterKey is one version of the secret that keys are derived from.
type MasterKey struct {
	Secret  []byte // none: retired, its version opens nothing any more
	Profile Profile
}

// Place is where a sealed value lives.
type Place struct{ Table, Column, Row string }

func (p Place) bytes() []byte { return []byte(p.Table + "\x00" + p.Column + "\x00" + p.Row) }

// KeySize is the length of a master key in bytes.
const KeySize = 32

// maxVersions is what fits into a mark.
const maxVersions = 127

var (
	// ErrSealed says that a sealed value does not open: a wrong key, or it was moved or changed.
	ErrSealed = errors.New("store: a sealed value does not open")
	// errUnlisted says that a value would be sealed where no rotation finds it again.
	errUnlisted = errors.New("store: a column is sealed and not listed in vaults")
)

// NewKeys takes master keys by version, from 1. current is the version for new values; 0 is
// the last. While processes are given a new key one after another, the one before stays
// current until all of them know both.
func NewKeys(current int, masters ...MasterKey) (*Keys, error) {
	if len(masters) == 0 || len(masters) > maxVersions {
		return nil, fmt.Errorf("store: one to %d field keys are needed", maxVersions)
	}
	if current == 0 {
		current = len(masters)
	}
	k := &Keys{marked: map[byte]*key{}}
	for i, master := range slices.Backward(masters) {
		if len(master.Secret) == 0 {
			continue
		}
		made, err := newKey(i+1, master)
		if err != nil {
			return nil, err
		}
		k.known, k.marked[made.mark] = append(k.known, made), made
		if i+1 == current {
			k.current = made
		}
	}
	if k.current == nil {
		return nil, fmt.Errorf("store: field key %d is to seal new values, and is not there", current)
	}
	k.known = slices.DeleteFunc(k.known, func(other *key) bool { return other == k.current })
	k.known = slices.Insert(k.known, 0, k.current)
	return k, nil
}

func newKey(version int, master MasterKey) (*key, error) {
	if len(master.Secret) != KeySize {
		return nil, fmt.Errorf("store: field key %d must have %d bytes", version, KeySize)
	}
	k := &key{mark: byte(version), hash: sha256.New, sealers: map[string]cipher.AEAD{}}
	newCipher, size := aes.NewCipher, 32
	if master.Profile == SM {
		k.mark, k.hash, newCipher, size = k.mark|markSM, sm3.New, sm4.NewCipher, sm4.BlockSize
	}
	k.index = k.derive(master.Secret, "index")
	for _, purpose := range []string{sealFields, sealIdentities} {
		block, err := newCipher(k.derive(master.Secret, purpose)[:size])
		if err != nil {
			return nil, err
		}
		if k.sealers[purpose], err = cipher.NewGCM(block); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// What values are sealed for; a vault names its purpose where it is not the first.
const (
	sealFields     = "seal"
	sealIdentities = "identity"
)

// derive gives each purpose a key of its own.
func (k *key) derive(master []byte, purpose string) []byte {
	return k.mac(master, "jinlin/"+purpose)
}

func (k *key) mac(secret []byte, text string) []byte {
	mac := hmac.New(k.hash, secret)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// Seal encrypts for one place, which must be one of vaults.
func (k *Keys) Seal(at Place, plain []byte) ([]byte, error) {
	if !sealedColumns()[at.Table+"."+at.Column] {
		return nil, fmt.Errorf("%w: %s.%s", errUnlisted, at.Table, at.Column)
	}
	sealer := k.current.sealers[purposeOf(at.Table)]
	out := make([]byte, 1+sealer.NonceSize(), 1+sealer.NonceSize()+len(plain)+sealer.Overhead())
	out[0] = k.current.mark
	if _, err := rand.Read(out[1:]); err != nil {
		return nil, err
	}
	return sealer.Seal(out, out[1:], plain, at.bytes()), nil
}

// Open decrypts what Seal gave for the same place. Error: ErrSealed.
func (k *Keys) Open(at Place, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, ErrSealed
	}
	with, known := k.marked[sealed[0]]
	if !known {
		return nil, ErrSealed
	}
	sealer := with.sealers[purposeOf(at.Table)]
	if len(sealed) < 1+sealer.NonceSize() {
		return nil, ErrSealed
	}
	nonce, body := sealed[1:1+sealer.NonceSize()], sealed[1+sealer.NonceSize():]
	plain, err := sealer.Open(nil, nonce, body, at.bytes())
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Index is the keyed hash by which a value will be found again by equality. Each purpose has
// hashes of its own.
func (k *Keys) Index(purpose, value string) []byte { return k.current.of(purpose, value) }

func (k *key) of(purpose, value string) []byte { return k.mac(k.index, purpose+"\x00"+value) }

// Indexes are a value's keyed hashes under all known keys, the current one first: a row
// stands under one of them.
func (k *Keys) Indexes(purpose, value string) [][]byte {
	hashes := make([][]byte, len(k.known))
	for i, with := range k.known {
		hashes[i] = with.of(purpose, value)
	}
	return hashes
}

// Indexed says whether a keyed hash is that of a value, under any known key.
func (k *Keys) Indexed(hashed []byte, purpose, value string) bool {
	return slices.ContainsFunc(k.Indexes(purpose, value), func(h []byte) bool { return hmac.Equal(h, hashed) })
}

// PhoneIndex is the hash by which a mobile number in plain form (model.PlainPhone) is found:
// the same for accounts and rosters, so that one can be held against the other.
func (k *Keys) PhoneIndex(number string) []byte { return k.Index(phonePurpose, number) }

// PhoneIndexes are Indexes of a mobile number in plain form.
func (k *Keys) PhoneIndexes(number string) [][]byte { return k.Indexes(phonePurpose, number) }

// IsPhone is Indexed of a mobile number in plain form.
func (k *Keys) IsPhone(hashed []byte, number string) bool {
	return k.Indexed(hashed, phonePurpose, number)
}

const phonePurpose = "phone"

// PersonIndex is the hash by which the sealed identities of a person are found.
func (k *Keys) PersonIndex(user model.UserID) []byte { return k.Index(personPurpose, user.String()) }

// PersonIndexes are Indexes of a person.
func (k *Keys) PersonIndexes(user model.UserID) [][]byte {
	return k.Indexes(personPurpose, user.String())
}

// IsPerson is Indexed of a person.
func (k *Keys) IsPerson(hashed []byte, user model.UserID) bool {
	return k.Indexed(hashed, personPurpose, user.String())
}

const personPurpose = "sealed_identities.person"

// Several says whether values may stand under more than one key.
func (k *Keys) Several() bool { return len(k.known) > 1 }

// Mark says which key is current, as it stands in front of each sealed value.
func (k *Keys) Mark() int { return int(k.current.mark) }

// Name says of the current key what a person wants to know.
func (k *Keys) Name() string {
	profile := AES
	if k.current.mark&markSM != 0 {
		profile = SM
	}
	return fmt.Sprintf("key %d (%s)", k.current.mark&^markSM, profile)
}

// marks are those of all known keys.
func (k *Keys) marks() [][]byte {
	marks := make([][]byte, len(k.known))
	for i, with := range k.known {
		marks[i] = []byte{with.mark}
	}
	return marks
}

// Keys are the store's sealing keys, for columns that services seal themselves.
func (s *Store) Keys() *Keys { return s.keys }
