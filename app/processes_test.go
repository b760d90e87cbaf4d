//go:build deep

package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program builds jinlin once for a test.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jinlin")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// freeAddress is one on which nobody listens now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// process is one running command of jinlin.
type process struct {
	t    *testing.T
	name string
	cmd  *exec.Cmd
	out  bytes.Buffer
	done chan struct{}
	err  error // how it ended, once done
}

// start runs a command with settings like JINLIN_NAME=value and nothing else set. What
// still runs at the end of the test is killed.
func start(t *testing.T, program string, settings []string, arguments ...string) *process {
	t.Helper()
	p := &process{t: t, name: strings.Join(arguments, " "), done: make(chan struct{})}
	p.cmd = exec.Command(program, arguments...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, settings...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill is kill -9, and waits until the process is gone.
func (p *process) kill() {
	select {
	case <-p.done: // its number may be somebody else's by now
	default:
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// wait waits until the process ends by itself.
func (p *process) wait(limit time.Duration) error {
	p.t.Helper()
	select {
	case <-p.done:
		return p.err
	case <-time.After(limit):
		p.t.Fatalf("%s did not end within %s", p.name, limit)
		return nil
	}
}

// output is what it has said. It must have ended.
func (p *process) output() string {
	<-p.done
	return p.out.String()
}

// answering waits until a URL answers 200.
func (p *process) answering(url string) *process {
	p.t.Helper()
	eventually(p.t, 30*time.Second, p.name+" is ready", func(ctx context.Context) bool {
		select {
		case <-p.done:
			p.t.Fatalf("%s ended: %v\n%s", p.name, p.err, p.output())
		default:
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			p.t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return p
}

// eventually asks until something holds.
func eventually(t *testing.T, limit time.Duration, what string, holds func(ctx context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !holds(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %s in vain: %s", limit, what)
		case <-ticker.C:
		}
	}
}

// run runs a command that ends by itself.
func run(t *testing.T, program string, settings []string, arguments ...string) (string, error) {
	t.Helper()
	p := start(t, program, settings, arguments...)
	err := p.wait(2 * time.Minute)
	return p.output(), err
}

// must runs a command that has to succeed.
func must(t *testing.T, program string, settings []string, arguments ...string) string {
	t.Helper()
	out, err := run(t, program, settings, arguments...)
	if err != nil {
		t.Fatalf("jinlin %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return out
}

func setting(name, format string, values ...any) string {
	return "JINLIN_" + name + "=" + fmt.Sprintf(format, values...)
}
