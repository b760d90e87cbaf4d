package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/account"
	"jinlin/service/moderation"
	"jinlin/service/wechat"
)

// weChat knows people by openid. A login code is the openid with something behind it; a
// phone code is openid/number/anything and good for that openid only, as WeChat promises.
type weChat struct {
	mu       sync.Mutex
	generous bool // takes a login code as often as it comes
	used     map[string]bool
}

func (w *weChat) Login(_ context.Context, code string) (wechat.Person, error) {
	openID, _, _ := strings.Cut(code, "/")
	return wechat.Person{OpenID: openID}, w.spend(code, wechat.ErrCodeUsed)
}

func (w *weChat) Phone(_ context.Context, code, openID string) (string, error) {
	owner, number, _ := strings.Cut(code, "/")
	number, _, _ = strings.Cut(number, "/")
	if owner != openID {
		return "", wechat.ErrPhoneCodeInvalid
	}
	return number, w.spend(code, wechat.ErrPhoneCodeInvalid)
}

func (w *weChat) spend(code string, used error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.used[code] && !w.generous {
		return used
	}
	w.used[code] = true
	return nil
}

// texts go by the sandbox's marker words, and keep what waits for a person.
type texts struct{ held []model.ModerationItem }

func (*texts) Judge(_ context.Context, _ model.UserID, t moderation.Text) (moderation.Verdict, error) {
	switch {
	case strings.Contains(t.Body, "【违规】"):
		return moderation.Refused, nil
	case strings.Contains(t.Body, "【复核】"):
		return moderation.Held, nil
	}
	return moderation.Passed, nil
}

func (x *texts) Hold(_ context.Context, _ *store.Store, item model.ModerationItem) error {
	x.held = append(x.held, item)
	return nil
}

func (x *texts) Drop(context.Context, *store.Store, model.Actor, model.ModerationKind, model.ID[any]) error {
	x.held = nil
	return nil
}

// told keeps who was told of what.
type told struct {
	mu      sync.Mutex
	notices []model.Notice
}

func (n *told) Tell(_ context.Context, _ *store.Store, notice model.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.notices = append(n.notices, notice)
	return nil
}

type world struct {
	storetest.World
	*account.Service
	texts    *texts
	told     *told
	wang, li model.Actor
}

var sessionKey = []byte("a session key of 32 secret bytes")

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, told: &told{}, texts: &texts{}}
	w.Service = account.New(s, &weChat{used: map[string]bool{}}, w.texts, w.told, sessionKey)
	w.wang, w.li = w.signsIn("wang"), w.signsIn("li")
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) { test(t, newWorld(t, s, clock)) })
}

// signsIn opens one more session of somebody.
func (w *world) signsIn(openID string) model.Actor {
	w.T.Helper()
	w.Clock.Move(1_000_000) // codes differ by the time
	in, err := w.SignInWithWeChat(w.T.Context(), openID+"/"+w.Clock.Now().Format("150405.000"), "微信 · iPhone")
	w.Must(err)
	return w.actor(in)
}

func (w *world) actor(in account.SignIn) model.Actor {
	w.T.Helper()
	actor, err := w.Authenticate(w.T.Context(), in.Token)
	w.Must(err)
	return actor
}

// live is how many sessions somebody has open.
func (w *world) live(who model.Actor) int {
	w.T.Helper()
	open, err := w.Sessions(w.T.Context(), who, model.Page{})
	w.Must(err)
	return len(open.Items)
}

func (w *world) phone(who model.Actor) string {
	w.T.Helper()
	profile, err := w.Me(w.T.Context(), who)
	w.Must(err)
	return profile.Phone
}

func (w *world) binds(who model.Actor, code string) {
	w.T.Helper()
	_, err := w.BindPhone(w.T.Context(), who, code)
	w.Must(err)
}
