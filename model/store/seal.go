package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Keys seal what must not be readable in the database: AES-256-GCM with a random
// nonce, bound to table, column and row so that a ciphertext moved elsewhere does not
// open, and marked with the version of its key.
type Keys struct {
	current byte
	sealers map[byte]cipher.AEAD
	index   []byte
}

// Place is where a sealed value lives.
type Place struct{ Table, Column, Row string }

func (p Place) bytes() []byte { return []byte(p.Table + "\x00" + p.Column + "\x00" + p.Row) }

// KeySize is the length of a master key in bytes.
const KeySize = 32

// ErrSealed says that a sealed value does not open: a wrong key, or it was moved or changed.
var ErrSealed = errors.New("store: a sealed value does not open")

// NewKeys takes master keys by version, the current one last. Each use derives its own.
func NewKeys(masters ...[]byte) (*Keys, error) {
	if len(masters) == 0 || len(masters) > 255 {
		return nil, errors.New("store: one to 255 field keys are needed")
	}
	k := &Keys{sealers: map[byte]cipher.AEAD{}, current: byte(len(masters))}
	for i, master := range masters {
		if len(master) != KeySize {
			return nil, fmt.Errorf("store: field key %d must have %d bytes", i+1, KeySize)
		}
		block, err := aes.NewCipher(derive(master, "seal"))
		if err != nil {
			return nil, err
		}
		if k.sealers[byte(i+1)], err = cipher.NewGCM(block); err != nil {
			return nil, err
		}
	}
	k.index = derive(masters[0], "index") // stays with the first key, or nothing would be found again
	return k, nil
}

// derive gives each purpose a key of its own.
func derive(master []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, master)
	mac.Write([]byte("jinlin/" + purpose))
	return mac.Sum(nil)
}

// Seal encrypts for one place.
func (k *Keys) Seal(at Place, plain []byte) ([]byte, error) {
	sealer := k.sealers[k.current]
	out := make([]byte, 1+sealer.NonceSize(), 1+sealer.NonceSize()+len(plain)+sealer.Overhead())
	out[0] = k.current
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
	sealer, ok := k.sealers[sealed[0]]
	if !ok || len(sealed) < 1+sealer.NonceSize() {
		return nil, ErrSealed
	}
	nonce, body := sealed[1:1+sealer.NonceSize()], sealed[1+sealer.NonceSize():]
	plain, err := sealer.Open(nil, nonce, body, at.bytes())
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Index is a keyed hash by which a sealed value can be found again by equality.
func (k *Keys) Index(column, value string) []byte {
	mac := hmac.New(sha256.New, k.index)
	mac.Write([]byte(column + "\x00" + value))
	return mac.Sum(nil)
}

// PhoneIndex is the hash by which a mobile number in plain form (model.PlainPhone) is found:
// the same for accounts and rosters, so that one can be held against the other.
func (k *Keys) PhoneIndex(number string) []byte { return k.Index("phone", number) }

// Keys are the store's sealing keys, for columns that services seal themselves.
func (s *Store) Keys() *Keys { return s.keys }
