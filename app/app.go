// Package app introduces everybody to everybody: it builds the service from its
// configuration and runs it. main, the tests over HTTP and the tour's test all use it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"jinlin/api"
	"jinlin/config"
	"jinlin/model"
	"jinlin/model/files"
	"jinlin/model/kv"
	"jinlin/model/migrations"
	"jinlin/model/store"
	"jinlin/service/chain"
	"jinlin/service/demo"
	"jinlin/service/jobs"
	"jinlin/service/wechat"
	"jinlin/service/wechat/sandbox"
)

// Options are what a caller may want different from the configuration.
type Options struct {
	Version string
	Clock   model.Clock  // nil: the machine's
	Log     *slog.Logger // nil: none
}

// App is the service, built and not yet running.
type App struct {
	Config  config.Config
	Log     *slog.Logger
	Store   *store.Store
	KV      *kv.Client
	Files   *files.Files
	WeChat  *wechat.Gateway
	Sandbox *sandbox.Sandbox // nil unless built in
	API     *api.API
	Jobs    *jobs.Runner
	Sealer  *chain.Sealer
	Demo    *demo.Report // nil where no demo county is wanted

	metrics   *metrics
	listeners map[string]net.Listener
	closers   []func() error
	wakes     chan struct{}
}

// Build opens the listeners, the database and Redis, migrates where that is asked for,
// loads the demo county into an empty development database, and wires the services.
// What goes wrong is one clear sentence. Close gives everything back.
func Build(ctx context.Context, c config.Config, o Options) (*App, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = model.SystemClock
	}
	a := &App{Config: c, Log: o.Log, metrics: newMetrics(), listeners: map[string]net.Listener{}, wakes: make(chan struct{}, 1)}
	for _, step := range []func(context.Context, Options) error{
		a.prepareFolder, a.listen, a.openStore, a.openRedis, a.openFiles, a.loadDemo, a.openWeChat, a.wire,
	} {
		if err := step(ctx, o); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

func (a *App) onClose(f func() error) { a.closers = append(a.closers, f) }

// Close gives back what Build opened, last first.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// listen takes the ports first, so that a second start fails at once and touches nothing.
func (a *App) listen(ctx context.Context, _ Options) error {
	addresses := map[string]string{"admin": a.Config.AdminAddr}
	if a.Config.Has("api") {
		addresses["api"] = a.Config.HTTPAddr
	}
	if a.Config.BuiltInSandbox() {
		addresses["sandbox"] = a.Config.SandboxAddr
	}
	for name, address := range addresses {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return fmt.Errorf("the %s address %s cannot be used: %w", name, address, err)
		}
		a.listeners[name] = l
		a.onClose(func() error {
			if err := l.Close(); !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		})
	}
	return nil
}

// URL is where one of the listeners (api, admin, sandbox) answers; "" when it is not ours.
func (a *App) URL(name string) string {
	l, ok := a.listeners[name]
	if !ok {
		return ""
	}
	return "http://" + l.Addr().String()
}

// DatabaseURL is the configured database, or the SQLite file of the data folder.
func DatabaseURL(c config.Config) string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return "sqlite://" + c.DataDir + "/jinlin.db"
}

// openDatabase opens the configured database with the configured keys; o says the rest.
func openDatabase(ctx context.Context, c config.Config, o store.Options) (*store.Store, error) {
	keys, err := fieldKeys(c)
	if err != nil {
		return nil, err
	}
	o.URL, o.Keys = DatabaseURL(c), keys
	return store.Open(ctx, o)
}

// openMigrated opens the database for a command, if it has this program's schema.
func openMigrated(ctx context.Context, c config.Config) (*store.Store, error) {
	if err := migrations.Check(ctx, DatabaseURL(c)); err != nil {
		return nil, err
	}
	s, err := openDatabase(ctx, c, store.Options{MaxConns: 2})
	if err != nil {
		return nil, err
	}
	if err := keyFault(c, s.CheckKeys(ctx)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (a *App) openStore(ctx context.Context, o Options) (err error) {
	a.Store, err = openDatabase(ctx, a.Config, store.Options{MaxConns: a.Config.DatabaseMax, Clock: o.Clock, Log: slowStatements{a.Log}})
	if err != nil {
		return err
	}
	a.onClose(a.Store.Close)
	if err := prepareSchema(ctx, a.Config, DatabaseURL(a.Config)); err != nil {
		return err
	}
	return keyFault(a.Config, a.Store.ProveKeys(ctx))
}

func prepareSchema(ctx context.Context, c config.Config, url string) error {
	if c.Migrate == "check" || c.Migrate == "" && c.Production() {
		return migrations.Check(ctx, url)
	}
	_, err := migrations.Up(ctx, url)
	return err
}

func (a *App) openRedis(context.Context, Options) (err error) {
	if a.KV, err = kv.Open(a.Config.RedisURL); err != nil {
		return err
	}
	a.onClose(a.KV.Close)
	a.Store.OnJobs(a.wake)
	return nil
}

// wake tells the workers that a job was committed. Our own worker hears it directly; the
// others through Redis, told by a goroutine of Run so that no request waits for Redis.
func (a *App) wake() {
	select {
	case a.wakes <- struct{}{}:
	default:
	}
}

// Run serves until ctx ends, then drains: no new connections, running requests and jobs
// end, everything is given back.
func (a *App) Run(ctx context.Context) error {
	failed := make(chan error, len(a.listeners))
	servers := a.servers()
	for name, server := range servers {
		go func() {
			if err := server.Serve(a.listeners[name]); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("the %s listener stopped: %w", name, err)
			}
		}()
	}
	work, stopWork := context.WithCancel(ctx)
	defer stopWork()
	var working sync.WaitGroup
	a.startWork(work, &working)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	a.Log.Info("draining", "most", a.Config.Drain)
	stopWork()
	err = errors.Join(err, a.drain(context.WithoutCancel(ctx), servers))
	working.Wait()
	a.sealRest(context.WithoutCancel(ctx))
	return errors.Join(err, a.Close())
}

func (a *App) servers() map[string]*http.Server {
	servers := map[string]*http.Server{"admin": server(a.adminHandler(), a.Log)}
	if a.listeners["api"] != nil {
		servers["api"] = server(a.API.Handler(), a.Log)
		servers["api"].RegisterOnShutdown(a.API.Stop)
	}
	if a.Sandbox != nil {
		servers["sandbox"] = server(a.Sandbox.Handler(), a.Log)
	}
	return servers
}

// server bounds what a slow or hostile client can hold.
func server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second,
		IdleTimeout: 120 * time.Second, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// drain stops the API first and the sandbox last: requests that end may still need it.
func (a *App) drain(ctx context.Context, servers map[string]*http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, a.Config.Drain)
	defer cancel()
	var errs []error
	for _, name := range []string{"api", "admin", "sandbox"} {
		if s := servers[name]; s != nil {
			errs = append(errs, a.shut(ctx, name, s))
		}
	}
	return errors.Join(errs...)
}

// shut ends one listener. Whoever has not finished by then, such as a client that never
// sends the rest of its body, is cut off: that is the end of its request, not a failure.
func (a *App) shut(ctx context.Context, name string, s *http.Server) error {
	err := s.Shutdown(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	a.Log.Warn("requests were cut off at the end", "listener", name)
	return s.Close()
}

// startWork runs the jobs, if this process does, and passes wakes on to the others.
func (a *App) startWork(ctx context.Context, working *sync.WaitGroup) {
	local := make(chan struct{}, 1)
	working.Go(func() { a.passWakes(ctx, local) })
	if a.Config.Has("worker") {
		working.Go(func() { a.Jobs.Run(ctx, local) })
		working.Go(func() { a.Sealer.Run(ctx) })
	}
}

// sealRest seals what the last requests and jobs wrote, so that nothing waits for the next start.
func (a *App) sealRest(ctx context.Context) {
	if !a.Config.Has("worker") {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := a.Sealer.Seal(ctx); err != nil {
		a.Log.Warn("the last rows are not sealed; the next start does it", "error", err)
	}
}

// passWakes turns commits here and wakes from elsewhere into wakes of our own worker.
func (a *App) passWakes(ctx context.Context, local chan<- struct{}) {
	remote := a.KV.Listen(ctx, jobs.Topic)
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wakes:
			_ = a.KV.Wake(ctx, jobs.Topic) // nobody depends on hearing it
		case _, open := <-remote:
			if !open {
				remote = nil
				continue
			}
		}
		select {
		case local <- struct{}{}:
		default:
		}
	}
}

// slowStatements passes gorm's warnings on; they carry no values.
type slowStatements struct{ log *slog.Logger }

func (s slowStatements) Printf(format string, args ...any) {
	s.log.Warn("a slow statement", "detail", strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " "))
}
