package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/migrations"
)

// command is one word after `jinlin`.
type command struct {
	name, args string // args are what may follow the name; "" is nothing
	help       string // a line for the list of commands
	usage      string // one paragraph: what it does, and what it needs and leaves behind
	run        func(ctx context.Context, c config.Config, in invocation) error
}

// withoutSettings are the commands that speak of the program only, whatever is set.
var withoutSettings = []string{"openapi", "env", "version"}

// invocation is how a command was called.
type invocation struct {
	version string
	args    []string
	out     io.Writer
}

// Misuse is a command line that says nothing this program could do.
type Misuse struct{ Detail string }

func (m Misuse) Error() string { return m.Detail }

// Command runs what the arguments ask for. An error is one clear line; a Misuse when
// nothing was tried.
func Command(ctx context.Context, version string, args []string, out io.Writer) error {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	if asksForHelp([]string{name}) || name == "help" {
		printHelp(out)
		return nil
	}
	for _, c := range commands() {
		if c.name == name {
			return c.call(ctx, invocation{version: version, args: args, out: out})
		}
	}
	return Misuse{fmt.Sprintf("there is no command %q; `jinlin help` lists them", name)}
}

// call settles what needs no configuration, a question for help first of all.
func (c command) call(ctx context.Context, in invocation) error {
	if asksForHelp(in.args) {
		c.printUsage(in.out)
		return nil
	}
	if c.args == "" && len(in.args) > 0 {
		return Misuse{fmt.Sprintf("`jinlin %s` takes nothing after it, and was given %q; `jinlin %[1]s -h` says what it does", c.name, in.args[0])}
	}
	settings, err := config.Load(os.LookupEnv)
	if err != nil && !slices.Contains(withoutSettings, c.name) {
		return fmt.Errorf("the configuration is not usable:\n  %s", strings.ReplaceAll(err.Error(), "\n", "\n  "))
	}
	return c.run(ctx, settings, in)
}

// misused is a Misuse that shows how a command is called.
func misused(name string) error {
	for _, c := range commands() {
		if c.name == name {
			return Misuse{fmt.Sprintf("use: jinlin %s %s", c.name, c.args)}
		}
	}
	return Misuse{"use: jinlin help"}
}

func asksForHelp(args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" })
}

func (c command) printUsage(out io.Writer) {
	fmt.Fprintf(out, "%s\n\n%s\n", strings.TrimSpace("jinlin "+c.name+" "+c.args), c.usage)
}

func printHelp(out io.Writer) {
	fmt.Fprint(out, "jinlin COMMAND\n\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-10s %s\n", c.name, c.help)
	}
	fmt.Fprint(out, "\n`jinlin COMMAND -h` says more. Settings are environment variables; `jinlin env` lists them.\n")
}

func logger(c config.Config) *slog.Logger {
	if c.Log == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

func serve(ctx context.Context, c config.Config, in invocation) error {
	a, err := Build(ctx, c, Options{Version: in.version, Log: logger(c)})
	if err != nil && ctx.Err() != nil {
		return nil //nolint:nilerr // told to end while it starts; what it has not done, the next start does
	}
	if err != nil {
		return err
	}
	if a.listeners["api"] != nil {
		printWelcome(in.out, a)
	}
	return a.Run(ctx)
}

func work(ctx context.Context, c config.Config, in invocation) error {
	c.Roles = "worker"
	return serve(ctx, c, in)
}

// runSandbox runs the sandbox alone; JINLIN_HTTP_ADDR says where the API takes its events.
func runSandbox(ctx context.Context, c config.Config, in invocation) error {
	s, err := OpenSandbox(c, "http://"+c.HTTPAddr, Options{Clock: model.SystemClock, Log: logger(c)})
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.SandboxAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("the sandbox address %s cannot be used: %w", c.SandboxAddr, err), s.Close())
	}
	fmt.Fprintf(in.out, "WeChat sandbox  http://%s\n", l.Addr())
	web := server(s.Handler(), logger(c))
	done := make(chan error, 1)
	go func() { done <- web.Serve(l) }()
	select {
	case <-ctx.Done():
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Drain)
		defer cancel()
		err = web.Shutdown(drain)
	case err = <-done:
	}
	return errors.Join(err, s.Close())
}

func migrate(ctx context.Context, c config.Config, in invocation) error {
	n, err := migrations.Up(ctx, DatabaseURL(c))
	fmt.Fprintf(in.out, "%d migrations applied\n", n)
	return err
}

// printOpenAPI needs the routes, not a county: it builds over an empty file in memory's stead.
func printOpenAPI(ctx context.Context, _ config.Config, in invocation) error {
	folder, err := os.MkdirTemp("", "jinlin-openapi")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	c := config.Config{DataDir: folder, Roles: "api", HTTPAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0", SandboxAddr: "127.0.0.1:0", Env: "development", Demo: "off"}
	a, err := Build(ctx, c, Options{})
	if err != nil {
		return err
	}
	text, err := a.API.OpenAPI()
	if err == nil {
		_, err = in.out.Write(text)
	}
	return errors.Join(err, a.Close())
}

func printEnv(_ context.Context, _ config.Config, in invocation) error {
	_, err := io.WriteString(in.out, config.Example())
	return err
}

func printVersion(_ context.Context, _ config.Config, in invocation) error {
	_, err := fmt.Fprintln(in.out, in.version)
	return err
}

// health is for a container's health check: no shell, no curl needed.
func health(ctx context.Context, c config.Config, _ invocation) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	_, port, err := net.SplitHostPort(c.AdminAddr)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort("127.0.0.1", port)+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return errors.New("the service does not answer")
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New("the service is not ready")
	}
	return nil
}

// printWelcome tells a newcomer where everything is and one thing to try.
func printWelcome(out io.Writer, a *App) {
	fmt.Fprintf(out, "\n  Jinlin 晋邻 is serving\n\n    API      %s/v1\n    Docs     %s/docs\n    Metrics  %s/metrics\n",
		a.URL("api"), a.URL("api"), a.URL("admin"))
	if a.Demo != nil {
		fmt.Fprintf(out, "    Demo     %s\n", a.Demo)
	}
	if a.Sandbox == nil {
		return
	}
	fmt.Fprintf(out, "    WeChat sandbox  %s\n\n  Personas\n", a.URL("sandbox"))
	for _, p := range personas() {
		fmt.Fprintf(out, "    %-20s %s\n", p.Name, p.Display)
	}
	fmt.Fprintf(out, `
  Try: sign in as a resident
    code=$(curl -s %s/_sandbox/codes -d '{"persona":"resident-wang"}' -H 'Content-Type: application/json' | sed 's/.*"code":"\([^"]*\)".*/\1/')
    curl -s %s/v1/sessions/wechat -H 'Content-Type: application/json' -d "{\"code\":\"$code\"}"

`, a.URL("sandbox"), a.URL("api"))
}
