// Package apitest starts the whole service in this process, with a WeChat sandbox of its
// own, and talks to it over HTTP as the people of the county. It is used by tests only.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"jinlin/app"
	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

// Server is a running service.
type Server struct {
	*app.App
	Clock *storetest.Clock // nil after StartOnTime
}

// Start runs the service on SQLite, or on the database named by databaseURL, until the
// test ends. Each setting is JINLIN_NAME=value.
func Start(t testing.TB, databaseURL string, settings ...string) *Server {
	t.Helper()
	return StartLogged(t, io.Discard, databaseURL, settings...)
}

// StartLogged is Start with its log written somewhere.
func StartLogged(t testing.TB, log io.Writer, databaseURL string, settings ...string) *Server {
	t.Helper()
	clock := storetest.NewClock()
	return &Server{App: run(t, still, app.Options{Clock: clock.Now, Log: slog.New(slog.NewTextHandler(log, nil))}, databaseURL, settings), Clock: clock}
}

// StartOnTime is Start on the machine's clock, for clients that have a clock of their own.
func StartOnTime(t testing.TB, databaseURL string, settings ...string) *Server {
	t.Helper()
	return &Server{App: run(t, moving, app.Options{Clock: model.SystemClock}, databaseURL, settings)}
}

func run(t testing.TB, t0 start, o app.Options, databaseURL string, settings []string) *app.App {
	t.Helper()
	c, err := settingsOf(t.TempDir(), databaseURL, settings)
	if err == nil && databaseURL == "" {
		err = t0.furnish(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Build(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return a
}

func settingsOf(folder, databaseURL string, settings []string) (config.Config, error) {
	env := map[string]string{
		"JINLIN_DATA_DIR": folder, "JINLIN_HTTP_ADDR": "127.0.0.1:0", "JINLIN_ADMIN_ADDR": "127.0.0.1:0",
		"JINLIN_SANDBOX_ADDR": "127.0.0.1:0", "JINLIN_DATABASE_URL": databaseURL, "JINLIN_DEMO": "off", "JINLIN_ABUSE_LIMITS": "off",
	}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		env[name] = value
	}
	return config.Load(func(name string) (string, bool) { value, ok := env[name]; return value, ok })
}

// Place is where a service and its sandbox answer, in this process or another.
type Place struct{ API, Sandbox string }

func (s *Server) place() Place { return Place{s.URL("api"), s.URL("sandbox")} }

// Person is somebody who may be signed in.
type Person struct {
	t     testing.TB
	place Place
	Name  string
	Token string
	ID    string
}

// At is the same person, asking another replica.
func (p *Person) At(elsewhere Place) *Person {
	there := *p
	there.place = elsewhere
	return &there
}

// Anybody is somebody who is not signed in.
func (s *Server) Anybody(t testing.TB) *Person { return s.place().Anybody(t) }

// Anybody is somebody who is not signed in.
func (l Place) Anybody(t testing.TB) *Person { return &Person{t: t, place: l, Name: "anybody"} }

// SignIn signs a persona of the sandbox in; an unknown one becomes a new WeChat user.
func (s *Server) SignIn(t testing.TB, persona string) *Person {
	t.Helper()
	return s.place().SignIn(t, persona)
}

// SignIn signs a persona of the sandbox in; an unknown one becomes a new WeChat user.
func (l Place) SignIn(t testing.TB, persona string) *Person {
	t.Helper()
	p := &Person{t: t, place: l, Name: persona}
	var code struct{ Code string }
	p.to(l.Sandbox, http.MethodPost, "/_sandbox/codes", map[string]string{"persona": persona}).Into(&code)
	var in struct {
		Token string
		User  struct{ ID string }
	}
	p.Post("/v1/sessions/wechat", map[string]string{"code": code.Code}).Want(http.StatusCreated).Into(&in)
	p.Token, p.ID = in.Token, in.User.ID
	return p
}

// Answer is what came back.
type Answer struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Body   []byte
}

// Get sends one request, as the other methods do. headers are "Name: value".
func (p *Person) Get(path string, headers ...string) *Answer {
	p.t.Helper()
	return p.to(p.place.API, http.MethodGet, path, nil, headers...)
}

// Post sends a body; nil sends none.
func (p *Person) Post(path string, content any, headers ...string) *Answer {
	p.t.Helper()
	return p.to(p.place.API, http.MethodPost, path, content, headers...)
}

// Put replaces.
func (p *Person) Put(path string, content any, headers ...string) *Answer {
	p.t.Helper()
	return p.to(p.place.API, http.MethodPut, path, content, headers...)
}

// Patch changes.
func (p *Person) Patch(path string, content any, headers ...string) *Answer {
	p.t.Helper()
	return p.to(p.place.API, http.MethodPatch, path, content, headers...)
}

// Delete removes.
func (p *Person) Delete(path string, headers ...string) *Answer {
	p.t.Helper()
	return p.to(p.place.API, http.MethodDelete, path, nil, headers...)
}

// Sandbox calls the control plane of the WeChat sandbox.
func (s *Server) Sandbox(t testing.TB, method, path string, content any) *Answer {
	t.Helper()
	return s.place().Control(t, method, path, content)
}

// Control calls the control plane of the WeChat sandbox.
func (l Place) Control(t testing.TB, method, path string, content any) *Answer {
	t.Helper()
	return l.Anybody(t).to(l.Sandbox, method, path, content)
}

func (p *Person) to(base, method, path string, content any, headers ...string) *Answer {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, base+path, reader(p.t, content))
	if err != nil {
		p.t.Fatal(err)
	}
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if p.Token != "" {
		request.Header.Set("Authorization", "Bearer "+p.Token)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return &Answer{t: p.t, what: p.Name + ": " + method + " " + path, Status: response.StatusCode, Header: response.Header, Body: text}
}

// reader sends text as it is, for broken bodies, and everything else as JSON.
func reader(t testing.TB, content any) io.Reader {
	switch c := content.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(c)
	}
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(text)
}

// Want fails the test unless the status is that one.
func (a *Answer) Want(status int) *Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: %d instead of %d: %s", a.what, a.Status, status, a.Body)
	}
	return a
}

// Refused fails the test unless it is a problem of that status and code.
func (a *Answer) Refused(status int, code string) *Answer {
	a.t.Helper()
	var problem struct{ Code, Message, RequestID string }
	a.Want(status).Into(&problem)
	if problem.Code != code || problem.Message == "" || problem.RequestID == "" {
		a.t.Fatalf("%s: not a full problem %q: %s", a.what, code, a.Body)
	}
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Fatalf("%s: content type %q", a.what, got)
	}
	return a
}

// Into decodes the body.
func (a *Answer) Into(out any) *Answer {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, out); err != nil {
		a.t.Fatalf("%s: %v: %s", a.what, err, a.Body)
	}
	return a
}
