package store_test

import (
	"bytes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The examples of the standards: GB/T 32905-2016 A.1 and A.2, GB/T 32907-2016 A.1 and A.2,
// and of SM4-GCM the one of RFC 8998 A.1.
func TestTheAlgorithmsAreThoseOfTheStandards(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"abc":                      "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		strings.Repeat("abcd", 16): "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		if sum := sm3.Sum([]byte(text)); hex.EncodeToString(sum[:]) != want {
			t.Errorf("SM3 of %s is %x", text, sum)
		}
	}
	block, err := sm4.NewCipher(unhex(t, "0123456789abcdeffedcba9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	text := unhex(t, "0123456789abcdeffedcba9876543210")
	block.Encrypt(text, text)
	if !bytes.Equal(text, unhex(t, "681edf34d206965e86b3e94f536e4246")) {
		t.Errorf("SM4 once: %x", text)
	}
	for range 999_999 {
		block.Encrypt(text, text)
	}
	if !bytes.Equal(text, unhex(t, "595298c7c6fd271f0402f804c33d3f66")) {
		t.Errorf("SM4 a million times: %x", text)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain := unhex(t, strings.Repeat("aa", 8)+strings.Repeat("bb", 8)+strings.Repeat("cc", 8)+strings.Repeat("dd", 8)+
		strings.Repeat("ee", 8)+strings.Repeat("ff", 8)+strings.Repeat("ee", 8)+strings.Repeat("aa", 8))
	sealed := gcm.Seal(nil, unhex(t, "00001234567800000000abcd"), plain, unhex(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2"))
	if want := "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d" +
		"83de3541e4c2b58177e065a9bf7b62ec"; hex.EncodeToString(sealed) != want {
		t.Errorf("SM4-GCM: %x", sealed)
	}
}

var phone = store.Place{Table: "phones", Column: "sealed", Row: "one"}

// What was sealed once must open for as long as its key is known, whatever becomes of the code.
func TestWhatWasSealedOnceOpens(t *testing.T) {
	t.Parallel()
	keys := storetest.KeysOf(0, storetest.Masters...)
	for _, kept := range []string{
		"01fbc7dccc098124f3c60e99ee5c4ebe7e89dc43cd37265c858ff268654205adbf8e3871cec84439",
		"821716275a926270a8df9c9d81acfb5d91b0330b65eb9d856c073e6c5a8777f2e3a4c9745d06c13a",
	} {
		plain, err := keys.Open(phone, unhex(t, kept))
		if err != nil || string(plain) != "13800138000" {
			t.Errorf("%s: %q, %v", kept[:2], plain, err)
		}
	}
	hashes := keys.PhoneIndexes("13800138000")
	for _, kept := range []string{
		"9d0ac4bae1beecaef478daa6426425ef9c330d9dab42d8b754f792716113ed78",
		"04faf9c02e5d40366e3f0a05fc7a3ef262184fd03cfd89591cfc0d33ec655b05",
	} {
		if !slices.ContainsFunc(hashes, func(h []byte) bool { return bytes.Equal(h, unhex(t, kept)) }) {
			t.Errorf("%s is not among %x", kept, hashes)
		}
	}
}

func TestASealedValueOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	for version := range storetest.Masters {
		keys := storetest.KeysOf(version+1, storetest.Masters...)
		sealed, err := keys.Seal(phone, []byte("13800138000"))
		if err != nil || bytes.Contains(sealed, []byte("1380013")) {
			t.Fatalf("%q, %v", sealed, err)
		}
		if plain, err := keys.Open(phone, sealed); err != nil || string(plain) != "13800138000" {
			t.Errorf("%q, %v", plain, err)
		}
		for _, moved := range []store.Place{
			{Table: "phones", Column: "sealed", Row: "two"},
			{Table: "phones", Column: "other", Row: "one"},
			{Table: "users", Column: "sealed", Row: "one"},
			{Table: "phones", Column: "sealed\x00one"},
			{},
		} {
			if _, err := keys.Open(moved, sealed); !errors.Is(err, store.ErrSealed) {
				t.Errorf("version %d opens at %+v: %v", version+1, moved, err)
			}
		}
		for i := range sealed {
			spoilt := bytes.Clone(sealed)
			spoilt[i] ^= 1
			if _, err := keys.Open(phone, spoilt); !errors.Is(err, store.ErrSealed) {
				t.Errorf("version %d opens with byte %d changed: %v", version+1, i, err)
			}
			if _, err := keys.Open(phone, sealed[:i]); !errors.Is(err, store.ErrSealed) {
				t.Errorf("version %d opens with %d bytes: %v", version+1, i, err)
			}
		}
	}
}

func TestTheMarkSaysVersionAndProfile(t *testing.T) {
	t.Parallel()
	masters := slices.Clone(storetest.Masters)
	for version, mark := range map[int]byte{1: 0x01, 2: 0x82, 3: 0x03, 0: 0x03} {
		keys := storetest.KeysOf(version, masters...)
		sealed, err := keys.Seal(phone, []byte("x"))
		if err != nil || sealed[0] != mark || keys.Mark() != int(mark) {
			t.Errorf("version %d: %x, %v", version, sealed, err)
		}
	}
	before := storetest.KeysOf(1, masters...)
	sealed, err := before.Seal(phone, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	masters[0].Secret = nil
	after := storetest.KeysOf(0, masters...)
	if _, err := after.Open(phone, sealed); !errors.Is(err, store.ErrSealed) {
		t.Errorf("a retired key opens: %v", err)
	}
	if got := len(after.Indexes("phone", "1")); got != 2 {
		t.Errorf("%d hashes under two keys", got)
	}
	if after.Name() != "key 3 (aes)" || storetest.KeysOf(2, masters...).Name() != "key 2 (sm4)" {
		t.Error(after.Name())
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	retired := []store.MasterKey{{}, storetest.Masters[1]}
	for name, make := range map[string]func() (*store.Keys, error){
		"none":          func() (*store.Keys, error) { return store.NewKeys(0) },
		"a short one":   func() (*store.Keys, error) { return store.NewKeys(0, store.MasterKey{Secret: []byte("short")}) },
		"a retired one": func() (*store.Keys, error) { return store.NewKeys(1, retired...) },
		"one too far":   func() (*store.Keys, error) { return store.NewKeys(3, retired...) },
		"too many":      func() (*store.Keys, error) { return store.NewKeys(0, slices.Repeat(retired, 64)...) },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s would do", name)
		}
	}
}

func TestNobodySealsWhereNoRotationLooks(t *testing.T) {
	t.Parallel()
	if _, err := storetest.Keys().Seal(store.Place{Table: "users", Column: "nickname", Row: "one"}, []byte("x")); err == nil {
		t.Error("an unlisted column was sealed")
	}
}
