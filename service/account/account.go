// Package account signs people in and says who they are.
//
// A person is whoever WeChat says an openid is; the first sign-in makes the account. A
// session is opaque: its token is a keyed hash of the session's id, so that any replica
// can give it again, and only the token's SHA-256 is kept. It ends after 30 days without
// use, when its owner ends it, or when the owner's eleventh session pushes out the
// oldest. Every request looks it up in the database by a unique key, so a session that
// has ended is refused at once, everywhere, with or without Redis.
//
// A mobile number comes from WeChat only, for the person whose session asks, and belongs to
// one account. See BindPhone.
//
// A WeChat login code works once. A client that did not hear the answer repeats it: the
// same code within 60 seconds gives the same session, from whichever replica.
package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/moderation"
	"jinlin/service/wechat"
)

// Limits of sessions, of which people are told.
const (
	SessionIdle  = 30 * 24 * time.Hour // without a visit, until a session ends
	SessionLimit = 10                  // of one person; a further one ends the oldest
)

const (
	codeRepeat = 60 * time.Second
	seenEvery  = time.Hour // how exactly the last visit is kept
	twinWait   = 2 * time.Second
	twinLook   = 50 * time.Millisecond
)

// ErrErasing is a fault: the account's time to go back is over.
var ErrErasing = fault.Define(fault.Conflict, "account_erasing",
	"您的账号正在注销，请几分钟后再登录，届时将为您建立新账号。", "Your account is being erased. Sign in again in a few minutes for a new one.")

// WeChat tells who a login code belongs to.
type WeChat interface {
	// Login spends a code. Faults: wechat_code_invalid, wechat_code_used, wechat_unavailable.
	Login(ctx context.Context, code string) (wechat.Person, error)
	// Phone spends a code of the getPhoneNumber button that must be that person's.
	// Faults: wechat_phone_code_invalid, rate_limited, wechat_unavailable.
	Phone(ctx context.Context, code, openID string) (string, error)
}

// Texts judges nicknames, and puts before a person what it cannot judge.
type Texts interface {
	Judge(ctx context.Context, writer model.UserID, text moderation.Text) (moderation.Verdict, error)
	Hold(ctx context.Context, tx *store.Store, item model.ModerationItem) error
	Drop(ctx context.Context, tx *store.Store, actor model.Actor, kind model.ModerationKind, object model.ID[any]) error
}

// Notices tell people something, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Service signs people in.
type Service struct {
	store   *store.Store
	wechat  WeChat
	texts   Texts
	notices Notices
	key     []byte
	bound   func(ctx context.Context, tx *store.Store, user model.UserID, number string) error // may be nil
}

// New makes the service. sessionKey makes tokens and must be 32 secret bytes.
func New(s *store.Store, w WeChat, texts Texts, notices Notices, sessionKey []byte) *Service {
	return &Service{store: s, wechat: w, texts: texts, notices: notices, key: sessionKey}
}

// SignIn is an open session and its token, which is shown only here.
type SignIn struct {
	Token     string
	ExpiresAt time.Time
	User      model.User
}

// SignInWithWeChat opens a session for whoever wx.login gave the code to. client is what
// Client makes of the device. Faults: those of WeChat.Login.
func (s *Service) SignInWithWeChat(ctx context.Context, code, client string) (SignIn, error) {
	hash := sha256.Sum256([]byte("login/" + code))
	if signIn, err := s.repeated(ctx, hash[:]); !errors.Is(err, fault.ErrNotFound) {
		return signIn, err
	}
	person, err := s.wechat.Login(ctx, code)
	if errors.Is(err, wechat.ErrCodeUsed) {
		return s.twin(ctx, hash[:], err)
	}
	if err != nil {
		return SignIn{}, err
	}
	signIn, err := s.open(ctx, person, hash[:], client)
	if !errors.Is(err, store.ErrDuplicate) {
		return signIn, err
	}
	// Two at once: the other used the same code, or made the account.
	if signIn, err = s.repeated(ctx, hash[:]); errors.Is(err, fault.ErrNotFound) {
		signIn, err = s.open(ctx, person, hash[:], client)
	}
	return signIn, err
}

// repeated is the session that this code gave before. Fault: not_found.
func (s *Service) repeated(ctx context.Context, codeHash []byte) (SignIn, error) {
	known, err := s.store.LoginCodes.Get(ctx, codeHash)
	if err != nil {
		return SignIn{}, err
	}
	if !s.store.Now().Before(known.ExpiresAt) {
		return SignIn{}, fault.ErrNotFound
	}
	session, err := s.store.Sessions.Get(ctx, known.SessionID)
	if err != nil {
		return SignIn{}, err
	}
	if !session.Live(s.store.Now()) {
		return SignIn{}, wechat.ErrCodeUsed
	}
	user, err := s.store.Users.Get(ctx, session.UserID)
	return s.signIn(session, user), err
}

// twin waits for the parallel request that spent the code before us to commit its session.
func (s *Service) twin(ctx context.Context, codeHash []byte, used error) (SignIn, error) {
	ctx, cancel := context.WithTimeout(ctx, twinWait)
	defer cancel()
	look := time.NewTicker(twinLook)
	defer look.Stop()
	for {
		signIn, err := s.repeated(ctx, codeHash)
		if err == nil || !errors.Is(err, fault.ErrNotFound) && ctx.Err() == nil {
			return signIn, err
		}
		select {
		case <-ctx.Done():
			return SignIn{}, used
		case <-look.C:
		}
	}
}

// open makes the session, and the account at the first sign-in.
func (s *Service) open(ctx context.Context, person wechat.Person, codeHash []byte, client string) (signIn SignIn, err error) {
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		user, err := s.person(ctx, tx, person)
		if err != nil {
			return err
		}
		session, err := s.addSession(ctx, tx, user.ID, client)
		if err != nil {
			return err
		}
		signIn = s.signIn(session, user)
		return tx.LoginCodes.Add(ctx, &model.LoginCode{
			CodeHash: codeHash, SessionID: session.ID, ExpiresAt: tx.Now().Add(codeRepeat),
		})
	})
	return signIn, err
}

// person finds the account of an openid or makes it.
func (s *Service) person(ctx context.Context, tx *store.Store, person wechat.Person) (model.User, error) {
	now := tx.Now()
	known, err := tx.WeChat.GetByOpenID(ctx, person.OpenID)
	if err == nil {
		if closing, err := tx.Closures.Erasing(ctx, known.UserID); err != nil {
			return model.User{}, err
		} else if closing {
			return model.User{}, ErrErasing
		}
		if err := tx.WeChat.SaveSeen(ctx, person.OpenID, now); err != nil {
			return model.User{}, err
		}
		return tx.Users.Get(ctx, known.UserID)
	}
	if !errors.Is(err, fault.ErrNotFound) {
		return model.User{}, err
	}
	user := model.User{ID: model.NewID[model.User](now), Nickname: Newcomer, Locale: "zh", CreatedAt: now, UpdatedAt: now, Version: 1}
	if err := tx.Users.Add(ctx, &user); err != nil {
		return model.User{}, err
	}
	return user, tx.WeChat.Add(ctx, &model.WeChatAccount{
		OpenID: person.OpenID, UnionID: person.UnionID, UserID: user.ID, CreatedAt: now, LastSeenAt: now,
	})
}

// addSession opens a session and ends the oldest ones beyond the limit.
func (s *Service) addSession(ctx context.Context, tx *store.Store, user model.UserID, client string) (model.Session, error) {
	now := tx.Now()
	live, err := tx.Sessions.ListLive(ctx, user, now)
	if err != nil {
		return model.Session{}, err
	}
	for i := 0; i <= len(live)-SessionLimit; i++ {
		if _, err := tx.Sessions.SaveRevoked(ctx, live[i].ID, now); err != nil {
			return model.Session{}, err
		}
	}
	session := model.Session{
		ID: model.NewID[model.Session](now), UserID: user, Client: client,
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(SessionIdle),
	}
	session.TokenHash = hashToken(s.token(session.ID))
	err = tx.Sessions.Add(ctx, &session)
	return session, err
}

// OpenFor opens a session for somebody who is known without a login code, in the transaction
// of whoever calls. client is what Client makes of the device. Faults: account_erasing, not_found.
func (s *Service) OpenFor(ctx context.Context, tx *store.Store, id model.UserID, client string) (model.Session, SignIn, error) {
	closing, err := tx.Closures.Erasing(ctx, id)
	if err == nil && closing {
		err = ErrErasing
	}
	if err != nil {
		return model.Session{}, SignIn{}, err
	}
	user, err := tx.Users.Get(ctx, id)
	if err != nil {
		return model.Session{}, SignIn{}, err
	}
	session, err := s.addSession(ctx, tx, id, client)
	return session, s.signIn(session, user), err
}

func (s *Service) signIn(session model.Session, user model.User) SignIn {
	return SignIn{Token: s.token(session.ID), ExpiresAt: session.ExpiresAt, User: user}
}

// token is a function of the session's id and our key, so that it need not be kept.
func (s *Service) token(id model.SessionID) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("session/"))
	mac.Write(id[:])
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Authenticate says whose session a token opens. Fault: unauthenticated.
func (s *Service) Authenticate(ctx context.Context, token string) (model.Actor, error) {
	session, err := s.store.Sessions.GetByToken(ctx, hashToken(token))
	if errors.Is(err, fault.ErrNotFound) {
		return model.Actor{}, fault.ErrUnauthenticated
	}
	now := s.store.Now()
	if err == nil && !session.Live(now) {
		return model.Actor{}, fault.ErrUnauthenticated
	}
	if err == nil && now.Sub(session.LastSeenAt) > seenEvery {
		err = s.store.Sessions.SaveSeen(ctx, session.ID, now, now.Add(SessionIdle))
	}
	return model.Actor{User: session.UserID, Session: session.ID}, err
}

// ForgetOldCodes deletes login codes whose repeat time is over; a job's work.
func (s *Service) ForgetOldCodes(ctx context.Context) error {
	_, err := s.store.LoginCodes.DeleteExpired(ctx, s.store.Now())
	return err
}
