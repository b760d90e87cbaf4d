package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"jinlin/model/fault"
)

// language is what a client wants to read.
type language string

const (
	chinese language = "zh"
	english language = "en"
)

// languageOf reads Accept-Language: English when it comes first, Chinese otherwise.
func languageOf(header string) language {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(header)), "en") {
		return english
	}
	return chinese
}

func (l language) of(t fault.Text) string {
	if l == english {
		return t.EN
	}
	return t.ZH
}

const requestIDHeader = "X-Request-ID"

// trace is what the middleware knows of one request.
type trace struct {
	requestID string
	operation string // "" for paths without one
	failure   error  // what went wrong, for the log
}

type traceInContext struct{}

func requestIDOf(ctx context.Context) string {
	if t, ok := ctx.Value(traceInContext{}).(*trace); ok {
		return t.requestID
	}
	return ""
}

func nameOperation(ctx context.Context, id string) {
	if t, ok := ctx.Value(traceInContext{}).(*trace); ok {
		t.operation = id
	}
}

var plainRequestID = regexp.MustCompile(`^[0-9A-Za-z._-]{1,64}$`)

// identify gives the request an id: the client's if it is harmless, else a new one.
func (a *API) identify(c *gin.Context) {
	id := c.GetHeader(requestIDHeader)
	if !plainRequestID.MatchString(id) {
		id = uuid.NewString()
	}
	c.Header(requestIDHeader, id)
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cache-Control", "no-store")
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), traceInContext{}, &trace{requestID: id}))
}

// report writes one line per request: no path parameters, no query, no body, no person.
func (a *API) report(c *gin.Context) {
	started := time.Now()
	c.Next()
	took, status := time.Since(started), c.Writer.Status()
	t, _ := c.Request.Context().Value(traceInContext{}).(*trace)
	if a.settings.Observe != nil {
		a.settings.Observe(t.operation, status, took)
	}
	if quiet := strings.HasPrefix(c.FullPath(), "/healthz") || strings.HasPrefix(c.FullPath(), "/readyz"); quiet && status < 400 {
		return
	}
	level, attributes := slog.LevelInfo, []slog.Attr{
		slog.String("method", c.Request.Method), slog.String("route", c.FullPath()), slog.String("operation", t.operation),
		slog.Int("status", status), slog.Duration("took", took), slog.String("request", t.requestID),
	}
	if t.failure != nil {
		attributes = append(attributes, slog.String("error", t.failure.Error()))
	}
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	a.settings.Log.LogAttrs(c.Request.Context(), level, "request", attributes...)
}

// recover turns a panic into a 500 and a log line with its stack.
func (a *API) recover(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler { //nolint:errorlint // the sentinel itself is thrown
			panic(p)
		}
		a.settings.Log.Error("a request panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()),
			"request", requestIDOf(c.Request.Context()))
		if !c.Writer.Written() {
			a.refuse(c, fault.ErrInternal)
		}
	}()
	c.Next()
}

// limitAddress counts requests by address.
func (a *API) limitAddress(c *gin.Context) {
	if fromWeChat(c) || probed(c) {
		return
	}
	if err := allow(c.Request.Context(), a.settings.PerAddress, c.ClientIP()); err != nil {
		a.refuse(c, err)
	}
}

// probed says that it is a balancer asking for health: a busy minute must not make it
// take us for dead.
func probed(c *gin.Context) bool {
	return c.FullPath() == "/healthz" || c.FullPath() == "/readyz"
}

func allow(ctx context.Context, l Limiter, name string) error {
	if l == nil {
		return nil
	}
	if ok, retry := l.Allow(ctx, name); !ok {
		return fault.ErrRateLimited.After(retry)
	}
	return nil
}
