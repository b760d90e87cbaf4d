package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// The account of a sandbox that was configured with none.
const (
	DemoAppID  = "wx0000000000000001"
	DemoSecret = "0123456789abcdef0123456789abcdef"

	DemoOfficialAppID  = "wx0000000000000002"
	DemoOfficialSecret = "fedcba9876543210fedcba9876543210"
)

// Config says which accounts the sandbox plays and where it keeps its memory.
// The zero value is the demo mini-program, in memory, without message push.
type Config struct {
	AppID, Secret string // the mini-program; both empty means the demo account

	OfficialAppID, OfficialSecret string // the official account; both empty means the demo one

	DataDir string // folder of the journal, made when missing; "" keeps everything in memory
	Push    Push   // where events go; no URL, no delivery

	Personas      []Persona // people known from the start
	ReleasedPages []string  // prefixes of pages in the released version; nil means "pages/"
	OpenPlatform  bool      // bound to an Open Platform account: logins carry a unionid

	Now func() time.Time // the base clock; nil means time.Now
	Log *slog.Logger     // nil means silence
}

// Persona is somebody the sandbox knows before they first log in.
type Persona struct {
	Name    string // what the control plane calls them, for example "resident-wang"
	Display string // who that is, in plain Chinese, for the page
}

// Sandbox is one running local WeChat. All its methods may be called from any
// number of goroutines.
type Sandbox struct {
	cfg     Config
	log     *slog.Logger
	handler http.Handler
	faults  *faults
	courier *courier
	closing chan struct{}
	once    sync.Once

	mu       sync.Mutex // guards everything below; held for the whole of a call
	offset   time.Duration
	accounts []*account
	tokens   map[string]*token
	codes    codeBook
	logins   loginRates
	quotas   map[quotaKey]int
	world    *world
}

// New opens the journal, replays it and starts the goroutines that deliver
// events. It fails when the journal is damaged anywhere but in its last line,
// when another process uses the folder, and when the push settings cannot work.
func New(cfg Config) (*Sandbox, error) {
	cfg = cfg.withDefaults()
	if cfg.Secret == "" || cfg.OfficialSecret == "" || cfg.AppID == cfg.OfficialAppID {
		return nil, errors.New("wechat sandbox: the two accounts need an AppID of their own and a secret each")
	}
	if err := cfg.Push.check(); err != nil {
		return nil, err
	}
	w, err := openWorld(cfg.DataDir, cfg.Personas)
	if err != nil {
		return nil, fmt.Errorf("wechat sandbox: %w", err)
	}
	s := &Sandbox{
		cfg: cfg, log: cfg.Log, faults: newFaults(), closing: make(chan struct{}), world: w,
		accounts: []*account{
			{appID: cfg.AppID, secret: cfg.Secret, kind: miniProgram},
			{appID: cfg.OfficialAppID, secret: cfg.OfficialSecret, kind: officialAccount},
		},
		tokens: map[string]*token{},
		codes:  codeBook{},
		logins: loginRates{},
		quotas: map[quotaKey]int{},
	}
	s.courier = startCourier(cfg, s.faults)
	s.handler = s.routes()
	return s, nil
}

func (cfg Config) withDefaults() Config {
	if cfg.AppID == "" && cfg.Secret == "" {
		cfg.AppID, cfg.Secret = DemoAppID, DemoSecret
	}
	if cfg.OfficialAppID == "" && cfg.OfficialSecret == "" {
		cfg.OfficialAppID, cfg.OfficialSecret = DemoOfficialAppID, DemoOfficialSecret
	}
	if cfg.ReleasedPages == nil {
		cfg.ReleasedPages = []string{"pages/"}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return cfg
}

// Handler serves the WeChat wire, the control plane and the page.
func (s *Sandbox) Handler() http.Handler { return s.handler }

// Close gives up undelivered events and delayed answers, waits for the
// goroutines and closes the journal. Calls that arrive later answer "system
// busy" when they would have to remember something.
func (s *Sandbox) Close() error {
	s.once.Do(func() { close(s.closing) })
	s.courier.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.close()
}

// now is WeChat's time: the base clock plus the offset set by the control
// plane. The caller holds s.mu.
func (s *Sandbox) now() time.Time { return s.cfg.Now().Add(s.offset) }

func (s *Sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	for _, e := range endpoints() {
		mux.Handle(e.path, s.wire(e))
	}
	for _, family := range []string{"/sns/", "/cgi-bin/", "/wxa/"} {
		mux.HandleFunc(family, s.unknownCall)
	}
	s.controlRoutes(mux)
	s.pageRoutes(mux)
	return mux
}

// errClosed is what a write to the journal of a closed sandbox meets.
var errClosed = errors.New("the sandbox is closed")
