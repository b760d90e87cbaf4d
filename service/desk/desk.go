// Package desk lets staff in at a desktop page by a scan with their phone.
//
// A page asks and gets an id, a secret that only it knows, and a mini-program code that
// carries the id. Whoever scans it sees on their phone where, when and in which browser it
// was asked for, and confirms or refuses. The page asks with its secret until it is let in,
// and gets a session once. All of that takes two minutes at most.
//
// Only somebody with a role in force may look and decide, and must still have one when the
// page comes for its session. The first decision counts, whoever makes it. Whoever does not
// know the secret hears not_found, as if there were no such page; of the secret a hash is kept.
//
// Nothing is written before WeChat has drawn the code. A page that did not hear the answer
// with its session asks anew; the session it missed stands in its owner's list.
package desk

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/audit"
	"jinlin/service/wechat"
)

// Lifetime is how long a page has from its question to its session.
const Lifetime = 2 * time.Minute

const (
	page     = "pages/desk/index" // of the mini-program, opened by the code
	remember = time.Hour          // for how long an ended one can be told from none
)

// Faults of sign-ins at a desktop page.
var (
	ErrWaiting = fault.Define(fault.Conflict, "desk_login_waiting",
		"等待手机确认。", "Nobody has confirmed this on a phone yet.")
	ErrRefused = fault.Define(fault.Conflict, "desk_login_refused",
		"登录已在手机上被拒绝。", "This sign-in was refused on a phone.")
	ErrExpired = fault.Define(fault.Conflict, "desk_login_expired",
		"二维码已过期，请刷新后重新扫码。", "This code is over. Please load a new one and scan that.")
	ErrUsed = fault.Define(fault.Conflict, "desk_login_used",
		"本次扫码登录已经完成，请刷新后重新扫码。", "This sign-in has been used. Please load a new code and scan that.")
)

// WeChat draws codes.
type WeChat interface {
	// Code draws one that opens a page with a scene. Fault: wechat_unavailable.
	Code(ctx context.Context, page, scene string) (wechat.Picture, error)
}

// Accounts open sessions.
type Accounts interface {
	// OpenFor opens one in the caller's transaction. Faults: account_erasing, not_found.
	OpenFor(ctx context.Context, tx *store.Store, user model.UserID, client string) (model.Session, account.SignIn, error)
}

// Service lets staff in.
type Service struct {
	store    *store.Store
	access   *access.Service
	accounts Accounts
	wechat   WeChat
}

// New makes the service.
func New(s *store.Store, a *access.Service, accounts Accounts, w WeChat) *Service {
	return &Service{store: s, access: a, accounts: accounts, wechat: w}
}

// Asked is a page's question with its secret, which is shown only here.
type Asked struct {
	model.DeskLogin
	Secret string
	Code   wechat.Picture
}

// Ask begins a sign-in for a page. browser is what account.Client makes of it, address where
// it is. Fault: wechat_unavailable.
func (s *Service) Ask(ctx context.Context, browser, address string) (Asked, error) {
	now := s.store.Now()
	asked := Asked{Secret: newSecret()}
	asked.DeskLogin = model.DeskLogin{
		ID: model.NewID[model.DeskLogin](now), SecretHash: model.DeskSecretHash(asked.Secret), Browser: browser,
		Address: model.MaskAddress(address), Status: model.DeskWaiting, CreatedAt: now, ExpiresAt: now.Add(Lifetime),
	}
	var err error
	if asked.Code, err = s.wechat.Code(ctx, page, asked.Scene()); err != nil {
		return Asked{}, err
	}
	return asked, s.store.DeskLogins.Add(ctx, &asked.DeskLogin)
}

func newSecret() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(secret)
}

// Look shows staff what they are about to decide on. Faults: unauthenticated, forbidden, not_found.
func (s *Service) Look(ctx context.Context, actor model.Actor, id model.DeskLoginID) (model.DeskLogin, error) {
	if _, err := s.access.Units(ctx, actor, access.DeskLogin); err != nil {
		return model.DeskLogin{}, err
	}
	d, err := s.store.DeskLogins.Get(ctx, id)
	d.Status = d.StatusAt(s.store.Now())
	return d, err
}

// Confirm lets the page in as the actor. Faults: unauthenticated, forbidden, not_found,
// illegal_transition.
func (s *Service) Confirm(ctx context.Context, actor model.Actor, id model.DeskLoginID) (model.DeskLogin, error) {
	return s.decide(ctx, actor, id, model.ConfirmDesk)
}

// Refuse keeps the page out. Faults: as Confirm.
func (s *Service) Refuse(ctx context.Context, actor model.Actor, id model.DeskLoginID) (model.DeskLogin, error) {
	return s.decide(ctx, actor, id, model.RefuseDesk)
}

func (s *Service) decide(ctx context.Context, actor model.Actor, id model.DeskLoginID, m model.DeskLoginMove) (model.DeskLogin, error) {
	tops, err := s.access.Units(ctx, actor, access.DeskLogin)
	if err != nil {
		return model.DeskLogin{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.DeskLogin, error) {
		d, err := tx.DeskLogins.GetForMove(ctx, id)
		if err != nil {
			return d, err
		}
		now := tx.Now()
		d.UserID, d.DecidedAt = actor.User, &now
		if d, err = move(ctx, tx, d, m); err != nil {
			return d, err
		}
		return d, audit.Record(ctx, tx, actor, audit.Act{
			Action: "desk." + string(m), ObjectKind: "desk_login", ObjectID: id, Unit: tops[0],
		})
	})
}

// move takes one step on. Fault: illegal_transition, also for whoever comes second.
func move(ctx context.Context, tx *store.Store, d model.DeskLogin, m model.DeskLoginMove) (model.DeskLogin, error) {
	from := d.Status
	to, err := d.After(m, tx.Now())
	if err != nil {
		return d, err
	}
	d.Status = to
	saved, err := tx.DeskLogins.SaveMoved(ctx, from, d)
	if err == nil && !saved { // held by GetForMove, so only where rows are not locked
		err = fault.ErrChangedMeanwhile
	}
	return d, err
}

// Open gives the page that knows the secret its session, once. Faults: not_found, forbidden,
// account_erasing, desk_login_waiting, desk_login_refused, desk_login_expired, desk_login_used.
func (s *Service) Open(ctx context.Context, id model.DeskLoginID, secret string) (account.SignIn, error) {
	seen, err := s.store.DeskLogins.Get(ctx, id)
	if err == nil && !seen.Knows(secret) {
		err = fault.ErrNotFound
	}
	if err == nil {
		err = s.opens(seen)
	}
	if err != nil {
		return account.SignIn{}, err
	}
	if _, err := s.access.Units(ctx, model.Actor{User: seen.UserID}, access.DeskLogin); err != nil {
		return account.SignIn{}, err
	}
	var signIn account.SignIn
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		d, err := tx.DeskLogins.GetForMove(ctx, id)
		if err == nil {
			err = s.opens(d) // another poll of the page may have been first
		}
		if err != nil {
			return err
		}
		var session model.Session
		if session, signIn, err = s.accounts.OpenFor(ctx, tx, d.UserID, d.Browser); err != nil {
			return err
		}
		d.SessionID = session.ID
		_, err = move(ctx, tx, d, model.OpenDesk)
		return err
	})
	if err != nil {
		return account.SignIn{}, err
	}
	return signIn, nil
}

// opens says what the page hears that is not to be let in now.
func (s *Service) opens(d model.DeskLogin) error {
	switch d.StatusAt(s.store.Now()) {
	case model.DeskConfirmed:
		return nil
	case model.DeskWaiting:
		return ErrWaiting
	case model.DeskRefused:
		return ErrRefused
	case model.DeskUsed:
		return ErrUsed
	case model.DeskExpired:
	}
	return ErrExpired
}

// ForgetOld deletes those that ended an hour ago; a job's work.
func (s *Service) ForgetOld(ctx context.Context) error {
	_, err := s.store.DeskLogins.DeleteExpired(ctx, s.store.Now().Add(-remember))
	return err
}
