package account_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/account"
	"jinlin/service/wechat"
)

// replicas are two services as two processes would have them: on MariaDB each has its own
// connections. SQLite is one process's.
func replicas(t *testing.T, test func(t *testing.T, w *world, one, other *account.Service)) {
	t.Helper()
	run := func(t *testing.T, s, second *store.Store, clock *storetest.Clock) {
		t.Helper()
		w := newWorld(t, s, clock)
		we := &weChat{used: map[string]bool{}, generous: true}
		test(t, w, account.New(s, we, w.texts, w.told, sessionKey), account.New(second, we, w.texts, w.told, sessionKey))
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s, clock := storetest.OpenSQLite(t)
		run(t, s, s, clock)
	})
	t.Run("mariadb", func(t *testing.T) {
		url, clock := storetest.MySQLURL(t), storetest.NewClock()
		run(t, storetest.Open(t, url, clock), storetest.Open(t, url, clock), clock)
	})
}

// TestFiftySignInsWithOneCodeOverTwoReplicas holds even if WeChat should take a code twice.
func TestFiftySignInsWithOneCodeOverTwoReplicas(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, w *world, one, other *account.Service) {
		for _, who := range []string{"newcomer", "wang"} {
			ins := make([]account.SignIn, 50)
			w.AtOnce(50, func(i int) (err error) {
				service := []*account.Service{one, other}[i%2]
				ins[i], err = service.SignInWithWeChat(t.Context(), who+"/one", "微信")
				return err
			})
			for _, in := range ins {
				if in.Token != ins[0].Token {
					t.Fatalf("%s has two sessions of one code", who)
				}
			}
			want := map[string]int{"newcomer": 1, "wang": 2}[who]
			if got := w.live(w.actor(ins[0])); got != want {
				t.Fatalf("%s has %d sessions", who, got)
			}
		}
	})
}

// What the race above would see if a code were looked for and not kept under a unique key.
func TestPowerForgettingTheCodeOpensSessionsForEach(t *testing.T) {
	t.Parallel()
	replicas(t, func(t *testing.T, w *world, one, _ *account.Service) {
		var looked sync.WaitGroup
		looked.Add(10)
		got := w.AtOnce(10, func(i int) error {
			_, err := w.Store.LoginCodes.Get(t.Context(), make([]byte, 32))
			looked.Done()
			looked.Wait()
			if err == nil {
				return nil
			}
			_, err = one.SignInWithWeChat(t.Context(), fmt.Sprintf("wang/%d", i), "微信") // a key of its own for each
			return err
		})
		if got < 2 || w.live(w.wang) < 3 {
			t.Fatalf("%d sessions: the race is too weak to see anything", w.live(w.wang))
		}
	})
}

func TestACodeGivesItsSessionAgainForAMinute(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, err := w.SignInWithWeChat(t.Context(), "wang/code", "微信")
		w.Must(err)
		again, err := w.SignInWithWeChat(t.Context(), "wang/code", "微信")
		w.Must(err)
		if first.Token != again.Token {
			t.Fatal("another session")
		}
		w.Clock.Move(61 * time.Second)
		_, err = w.SignInWithWeChat(t.Context(), "wang/code", "微信")
		w.ExpectFault(err, wechat.ErrCodeUsed)
	})
}

func TestTheEleventhSessionPushesOutTheOldest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 10 {
			w.signsIn("wang")
		}
		open, err := w.Sessions(t.Context(), w.wang, model.Page{})
		w.Must(err)
		if len(open.Items) != 10 || open.Items[0].ID == w.wang.Session {
			t.Fatalf("%d sessions, the oldest %s", len(open.Items), open.Items[0].ID)
		}
	})
}

func TestOneEndsOnesOwnSessionsOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		phone := w.signsIn("wang")
		w.ExpectFault(w.End(t.Context(), w.li, phone.Session), fault.ErrNotFound)
		w.Must(w.End(t.Context(), w.wang, phone.Session))
		w.ExpectFault(w.End(t.Context(), w.wang, phone.Session), fault.ErrNotFound)
		w.ExpectFault(w.End(t.Context(), w.wang, model.SessionID{}), fault.ErrNotFound)
		if w.live(w.wang) != 1 {
			t.Fatal("the wrong one ended")
		}
	})
}

func TestNicknamesAreJudged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		change := func(version *int, nickname string) (model.User, error) {
			return w.ChangeMe(t.Context(), w.wang, version, account.Change{Nickname: &nickname})
		}
		user, err := change(nil, " 三楼王姐 ")
		w.Must(err)
		if user.Nickname != "三楼王姐" || user.Version != 2 {
			t.Fatalf("%+v", user)
		}
		_, err = change(new(2), "【违规】")
		w.ExpectFault(err, fault.ErrContentRefused)
		_, err = change(new(1), "王姐")
		w.ExpectFault(err, fault.ErrChangedMeanwhile)
		_, err = change(new(2), "王\n姐")
		w.ExpectFault(err, fault.ErrInvalid)
		if user, err = change(new(2), "【复核】王"); err != nil || user.Nickname != "三楼王姐" || user.NicknameHeld != "【复核】王" {
			t.Fatalf("%+v %v", user, err)
		}
		if len(w.texts.held) != 0 {
			t.Fatal("held where nobody could decide")
		}
		if user, err = change(new(3), "王大姐"); err != nil || user.Nickname != "王大姐" || user.NicknameHeld != "" {
			t.Fatalf("%+v %v", user, err)
		}
		english := "en"
		user, err = w.ChangeMe(t.Context(), w.wang, nil, account.Change{Locale: &english})
		if err != nil || user.Locale != "en" || user.Nickname != "王大姐" {
			t.Fatalf("%+v %v", user, err)
		}
	})
}

func TestAHeldNicknameIsAPersonsToDecide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		county := w.Unit(model.County, model.UnitID{})
		decided := func(nickname string, status model.ModerationStatus) model.User {
			_, err := w.ChangeMe(t.Context(), w.wang, nil, account.Change{Nickname: &nickname})
			w.Must(err)
			if len(w.texts.held) != 1 || w.texts.held[0].UnitID != county || w.texts.held[0].Text != nickname {
				t.Fatalf("%+v", w.texts.held)
			}
			item := w.texts.held[0]
			item.Status = status
			for range 2 { // the second finds nothing to do
				w.Must(w.Store.InTx(t.Context(), func(tx *store.Store) error { return w.NicknameDecided(t.Context(), tx, item) }))
			}
			profile, err := w.Me(t.Context(), w.wang)
			w.Must(err)
			return profile.User
		}
		if user := decided("【复核】一", model.TextRefused); user.Nickname != "居民" || user.NicknameHeld != "" || len(w.told.notices) != 1 {
			t.Fatalf("%+v, told %+v", user, w.told.notices)
		}
		if user := decided("【复核】二", model.TextReleased); user.Nickname != "【复核】二" || user.NicknameHeld != "" || len(w.told.notices) != 1 {
			t.Fatalf("%+v, told %+v", user, w.told.notices)
		}
	})
}

func TestTwoWhoChangeOneProfileDoNotLoseAWord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		done := w.AtOnce(8, func(i int) error {
			nickname := fmt.Sprintf("王姐%d", i)
			_, err := w.ChangeMe(t.Context(), w.wang, new(1), account.Change{Nickname: &nickname})
			return err
		}, fault.ErrChangedMeanwhile)
		if done != 1 {
			t.Fatalf("%d of 8 changed the same version", done)
		}
	})
}

func TestClientsAreNamed(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN": "微信 · iPhone",
		"Mozilla/5.0 (Linux; Android 14; V2) Chrome/116 MMWEBSDK MicroMessenger/8.0.50 MiniProgramEnv/android":                            "微信 · 安卓",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0":           "Edge · Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit/605 Version/17 Safari/605":                                                "Safari · Mac",
		"Mozilla/5.0 (Macintosh) Chrome/1 wechatdevtools/1.06 MicroMessenger/8.0":                                                         "微信开发者工具 · Mac",
		"": "其他客户端", "curl/8": "其他客户端", "Firefox": "Firefox", "Windows": "Windows",
	} {
		if got := account.Client(agent); got != want {
			t.Errorf("%q is %q, not %q", agent, got, want)
		}
	}
}
