package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// controlRoutes is the control plane: what residents and the platform do, which
// no server can do for them. It answers JSON and real HTTP statuses, because it
// is not part of WeChat.
func (s *Sandbox) controlRoutes(mux *http.ServeMux) {
	mux.Handle("POST /_sandbox/codes", control(s, s.giveLoginCode))
	mux.Handle("POST /_sandbox/phone-codes", control(s, s.givePhoneCode))
	mux.Handle("POST /_sandbox/grants", control(s, s.tapDialog))
	mux.Handle("POST /_sandbox/visits", control(s, s.openMiniProgram))
	mux.Handle("POST /_sandbox/authorizations/revocation", control(s, s.revokeAuthorization))
	mux.Handle("POST /_sandbox/media-checks", control(s, s.decideMedia))
	mux.Handle("POST /_sandbox/tokens/rotation", control(s, s.loseTokens))
	mux.Handle("POST /_sandbox/reset", control(s, s.reset))
	mux.Handle("PUT /_sandbox/clock", control(s, s.setClock))
	mux.Handle("PUT /_sandbox/faults", control(s, s.setFaults))
	mux.Handle("PUT /_sandbox/templates/{id}", controlRequest(s, s.setTemplate))
	mux.Handle("GET /_sandbox/personas", look(s, s.listPersonas))
	mux.Handle("GET /_sandbox/messages", look(s, s.listMessages))
	mux.Handle("GET /_sandbox/media-checks", look(s, s.listMediaChecks))
	mux.Handle("GET /_sandbox/templates", look(s, s.listTemplates))
	mux.Handle("GET /_sandbox/official-account", look(s, s.showOfficialAccount))
	mux.Handle("GET /_sandbox/faults", look(s, s.showFaults))
	mux.Handle("GET /_sandbox/clock", look(s, s.showClock))
	mux.Handle("GET /_sandbox/pushes", look(s, s.showPushes))
}

// wrongUse is what the control plane answers when it was used wrongly.
type wrongUse struct {
	status  int
	Code    string `json:"code"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
}

func (e *wrongUse) Error() string { return e.Code + ": " + e.Message }

func invalid(path, message string) error {
	return &wrongUse{http.StatusBadRequest, "invalid", path, message}
}

func missing(message string) error {
	return &wrongUse{http.StatusNotFound, "not_found", "", message}
}

// control serves a call with a JSON body. The work is done under the lock.
func control[In any](s *Sandbox, work func(In) (any, error)) http.Handler {
	return controlRequest(s, func(_ *http.Request, in In) (any, error) { return work(in) })
}

func controlRequest[In any](s *Sandbox, work func(*http.Request, In) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := decode(r.Body, &in); err != nil {
			s.controlAnswer(w, nil, err)
			return
		}
		s.mu.Lock()
		out, err := work(r, in)
		s.mu.Unlock()
		s.controlAnswer(w, out, err)
	})
}

// look serves a call that only reads. The answer is rendered under the lock,
// because it points into the state.
func look(s *Sandbox, show func(*http.Request) any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		body := encode(show(r))
		s.mu.Unlock()
		reply{http.StatusOK, "application/json", body}.write(w)
	})
}

func (s *Sandbox) controlAnswer(w http.ResponseWriter, out any, err error) {
	if err == nil {
		reply{http.StatusOK, "application/json", encode(out)}.write(w)
		return
	}
	wrong, isWrong := errors.AsType[*wrongUse](err)
	if !isWrong {
		s.log.Error("wechat sandbox is in trouble", "error", err)
		wrong = &wrongUse{http.StatusInternalServerError, "internal", "", "the sandbox could not write its journal"}
	}
	reply{wrong.status, "application/json", encode(wrong)}.write(w)
}

// decode reads one JSON object and refuses fields nobody knows, which are
// mostly misspelt. No body at all is an empty object.
func decode(r io.Reader, in any) error {
	decoder := json.NewDecoder(io.LimitReader(r, bodyLimit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(in); err != nil && err != io.EOF {
		return invalid("", "the body is not the JSON object this call takes")
	}
	return nil
}
