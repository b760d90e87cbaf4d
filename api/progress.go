package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jinlin/model"
	"jinlin/service/push"
)

const (
	progressEvery = time.Second
	progressLimit = 10 * time.Minute // then the client connects again
)

func (a *API) progressRoutes() {
	handle(a, operation{
		id: "watchPush", method: http.MethodGet, path: "/v1/pushes/{id}/progress", tag: pushTag, timeout: -1,
		summary: "A push's figures as server-sent events, until it is over",
	}, a.watchPush)
	stream := a.huma.OpenAPI().Paths["/v1/pushes/{id}/progress"].Get.Responses["200"]
	stream.Description = "Events named progress; their data are the figures of the report, sent when they change"
	stream.Content = map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}
}

// watchPush answers before it streams, so that who may not watch gets an ordinary refusal.
func (a *API) watchPush(ctx context.Context, actor model.Actor, in *pushIn) (*huma.StreamResponse, error) {
	report, err := a.Push.Progress(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "text/event-stream")
		c.SetHeader("X-Accel-Buffering", "no") // nginx would keep the events back
		a.stream(c, report, func(ctx context.Context) (push.Report, error) { return a.Push.Progress(ctx, actor, in.ID) })
	}}, nil
}

// stream sends figures when they have changed, until the push is over, the client has
// gone, ten minutes have passed or the process ends.
func (a *API) stream(c huma.Context, report push.Report, look func(context.Context) (push.Report, error)) {
	ctx, cancel := context.WithTimeout(c.Context(), progressLimit)
	defer cancel()
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	last := ""
	for {
		text, err := json.Marshal(figuresFrom(report))
		if err != nil {
			return
		}
		if string(text) != last {
			last = string(text)
			if !sendEvent(c, text) {
				return
			}
		}
		if report.Push.Status.Over() {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-a.stopping:
			return
		case <-ticker.C:
		}
		if report, err = look(ctx); err != nil {
			return
		}
	}
}

func sendEvent(c huma.Context, data []byte) bool {
	w := c.BodyWriter()
	if _, err := w.Write([]byte("event: progress\ndata: " + string(data) + "\n\n")); err != nil {
		return false
	}
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	return true
}
