package model

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/netip"
	"strings"
	"time"
)

// DeskLoginID names a sign-in at a desktop page.
type DeskLoginID = ID[DeskLogin]

// DeskLogin is a desktop page that waits for a member of staff to let it in with their phone.
type DeskLogin struct {
	ID         DeskLoginID     `data:"none"`
	SecretHash []byte          `data:"sensitive"`
	Browser    string          `data:"none"`     // program and system, as of a session
	Address    string          `data:"personal"` // where the page is, see MaskAddress
	Status     DeskLoginStatus `data:"none"`
	UserID     UserID          `data:"none"` // who decided; zero while nobody has
	SessionID  SessionID       `data:"none"` // what the page got; zero while it has none
	CreatedAt  time.Time       `data:"none"`
	ExpiresAt  time.Time       `data:"none"`
	DecidedAt  *time.Time      `data:"none"`
}

// DeskLoginStatus says how far a sign-in at a desktop page is.
type DeskLoginStatus string

// The statuses. Time alone makes one expired.
const (
	DeskWaiting   DeskLoginStatus = "waiting"
	DeskConfirmed DeskLoginStatus = "confirmed"
	DeskRefused   DeskLoginStatus = "refused"
	DeskUsed      DeskLoginStatus = "used" // the page has its session
	DeskExpired   DeskLoginStatus = "expired"
)

// DeskLoginMove is a step of a sign-in at a desktop page.
type DeskLoginMove string

// The moves: of the member of staff, and of the page.
const (
	ConfirmDesk DeskLoginMove = "confirmation"
	RefuseDesk  DeskLoginMove = "refusal"
	OpenDesk    DeskLoginMove = "session"
)

var deskMoves = arrows[DeskLoginStatus, DeskLoginMove]{
	DeskWaiting:   {ConfirmDesk: DeskConfirmed, RefuseDesk: DeskRefused},
	DeskConfirmed: {OpenDesk: DeskUsed},
}

// StatusAt is where it is at that time.
func (d DeskLogin) StatusAt(at time.Time) DeskLoginStatus {
	open := d.Status == DeskWaiting || d.Status == DeskConfirmed
	if open && !at.Before(d.ExpiresAt) {
		return DeskExpired
	}
	return d.Status
}

// After is where a move leads at that time. Fault: illegal_transition.
func (d DeskLogin) After(move DeskLoginMove, at time.Time) (DeskLoginStatus, error) {
	return deskMoves.from(d.StatusAt(at), move)
}

// DeskSecretHash is what is kept of a page's secret.
func DeskSecretHash(secret string) []byte {
	sum := sha256.Sum256([]byte("desk/" + secret))
	return sum[:]
}

// Knows says, in a time that tells nothing, whether it is the secret of the page that asked.
func (d DeskLogin) Knows(secret string) bool {
	return subtle.ConstantTimeCompare(d.SecretHash, DeskSecretHash(secret)) == 1
}

// Scene is the id as a mini-program code carries it, which has room for 32 characters: the
// hexadecimal digits without dashes.
func (d DeskLogin) Scene() string { return strings.ReplaceAll(d.ID.String(), "-", "") }

// MaskAddress leaves of a network address what tells a place and not a computer: 203.0.113.*
// and 2001:db8:1::*. Text that is no address becomes "".
func MaskAddress(text string) string {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	address = address.Unmap()
	if address.Is4() {
		four := address.As4()
		four[3] = 0
		return strings.TrimSuffix(netip.AddrFrom4(four).String(), "0") + "*"
	}
	network, _ := address.WithZone("").Prefix(48)
	return strings.TrimSuffix(network.Addr().String(), "::") + "::*"
}
