package tour_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jinlin/api/apitest"
	"jinlin/app/tour"
)

func against(s *apitest.Server) tour.Options {
	return tour.Options{API: s.URL("api"), Sandbox: s.URL("sandbox"), Out: io.Discard}
}

func TestTheTourPassesAgainAndAgainAndItsRecordIsFoundAgain(t *testing.T) {
	t.Parallel()
	s := apitest.StartOnTime(t, "", "JINLIN_DEMO=on")
	o := against(s)
	o.Record = filepath.Join(t.TempDir(), "record")
	for range 2 {
		s.SignIn(t, "resident-wang").Put("/v1/me/push-preferences", map[string]bool{"news": false, "notices": false}).Want(http.StatusOK)
		var trace bytes.Buffer
		o.Out = &trace
		if err := tour.Run(t.Context(), o); err != nil {
			t.Fatalf("%v\n%s", err, trace.String())
		}
		t.Log(trace.String())
	}
	content, err := os.ReadFile(o.Record)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.Record, append(content, `{"kind":"requ`...), 0o600); err != nil {
		t.Fatal(err)
	}
	var found bytes.Buffer
	if err := tour.Run(t.Context(), tour.Options{API: o.API, Sandbox: o.Sandbox, Verify: o.Record, Out: &found}); err != nil {
		t.Fatal(err)
	}
	facts := bytes.Count(content, []byte("\n"))
	if m := regexp.MustCompile(`^(\d+) acknowledged, (\d+) found\n$`).FindStringSubmatch(found.String()); m == nil || m[1] != m[2] || facts < 40 {
		t.Errorf("after %d facts: %q", facts, found.String())
	}
}

// Each of these is one thing about the service that is not as the contract says.
func TestOneWrongAnswerFailsTheTour(t *testing.T) {
	t.Parallel()
	s := apitest.StartOnTime(t, "", "JINLIN_DEMO=on")
	for name, wrong := range map[string]struct{ path, from, to, complaint string }{
		"a token that opens nothing":    {"/v1/sessions/wechat", `"token":"`, `"token":"x`, "unauthenticated"},
		"a home that nothing proves":    {"/v1/me/residences$", `"status":"verified"`, `"status":"pending"`, "the door code has verified"},
		"a number shown in full":        {"/v1/me/phone$", `****`, `1234`, "the number, masked"},
		"a harmless text is held":       {"/v1/mailbox/requests$", `"status":"screened"`, `"status":"submitted"`, "status screened"},
		"one place too many":            {"/sign-ups$", `"status":"waitlisted"`, `"status":"registered"`, "one on the waiting list"},
		"points from nowhere":           {"/v1/me/points$", `"available":20`, `"available":21`, "20 points available"},
		"a different code for a repeat": {"/v1/shop/redemptions$", `"reserved"`, `"ready"`, "status reserved"},
		"a message nobody sent":         {"/v1/pushes/.*/report$", `"sent":1`, `"sent":2`, "add up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := against(s)
			o.API = corrupted(t, o.API, wrong.path, wrong.from, wrong.to)
			err := tour.Run(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), wrong.complaint) {
				t.Fatalf("want a complaint about %q, not: %v", wrong.complaint, err)
			}
			for _, part := range []string{"request ", "answer ", "because "} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the complaint does not show the %s: %v", part, err)
				}
			}
		})
	}
}

// corrupted passes everything on and changes some answers.
func corrupted(t *testing.T, api, path, from, to string) string {
	t.Helper()
	target, err := url.Parse(api)
	if err != nil {
		t.Fatal(err)
	}
	where := regexp.MustCompile(path)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		if !where.MatchString(r.Request.URL.Path) {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		body = bytes.ReplaceAll(body, []byte(from), []byte(to))
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		r.Header.Del("Content-Length")
		return err
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

func TestAServerThatAnswersNonsenseFailsTheTour(t *testing.T) {
	t.Parallel()
	for _, nonsense := range []string{`{}`, `[]`, `<html>`, ``, `{"code":"x","token":"x","user":{"id":"x"}}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, nonsense)
		}))
		err := tour.Run(t.Context(), tour.Options{API: server.URL, Sandbox: server.URL, Out: io.Discard})
		server.Close()
		if err == nil {
			t.Errorf("the tour was content with %q", nonsense)
		}
	}
}

func TestAFactThatIsGoneFailsTheVerification(t *testing.T) {
	t.Parallel()
	s := apitest.StartOnTime(t, "", "JINLIN_DEMO=on")
	name := filepath.Join(t.TempDir(), "record")
	gone := `{"kind":"request","id":"01a205ff-ee0b-7276-b623-6ec18320a609","persona":"resident-wang","reached":"screened"}` + "\n"
	if err := os.WriteFile(name, []byte(gone), 0o600); err != nil {
		t.Fatal(err)
	}
	o := against(s)
	o.Verify = name
	if err := tour.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("not missed: %v", err)
	}
}
