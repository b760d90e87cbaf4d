package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
)

// OpenID is the openid of a persona: 28 characters, the same in every sandbox
// and after every restart.
func OpenID(persona string) string { return "o" + fingerprint("openid", persona) }

// unionID is the persona's identity across the apps of one Open Platform account.
func unionID(persona string) string { return "u" + fingerprint("unionid", persona) }

// fingerprint is 27 characters of the alphabet real openids use.
func fingerprint(purpose, persona string) string {
	sum := sha256.Sum256([]byte("wechat-sandbox\x00" + purpose + "\x00" + persona))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:27]
}
