package sandbox

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// live fills a sandbox with one of everything it must remember.
func live(b *bench) {
	b.accept("wang", "news")
	b.accept("wang", "news")
	b.accept("wang", "reply")
	b.control("PUT", "/templates/vote", `{"title":"投票","fields":["thing1"],"longTerm":true}`)
	b.accept("li", "vote")
	b.loginCode("li")
	b.post(sendPath, news("wang"))
	b.post(mediaPath, media("li"))
	b.official(publishPath, map[string]any{"media_id": b.draft()})
	b.official(massPath, massOf(b.draft(), "a"))
	b.draft()
}

// memory is everything a restart must bring back, as the control plane shows it.
func memory(b *bench) string {
	var all strings.Builder
	for _, path := range []string{"/personas", "/messages", "/templates", "/media-checks", "/official-account"} {
		fmt.Fprintln(&all, b.control("GET", path, "").Body)
	}
	return all.String()
}

func TestRestartRemembers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := begin(t, Config{DataDir: dir})
	live(b)
	before, token, code := memory(b), b.token(), b.loginCode("li")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second start reads what the first one compacted
		b = begin(t, Config{DataDir: dir})
		if after := memory(b); after != before {
			t.Fatalf("before %s\nafter  %s", before, after)
		}
		b.Close()
	}
	b = begin(t, Config{DataDir: dir})
	wantCode(t, b.do("POST", sendPath+"?access_token="+token, "{}"), 40001)
	wantCode(t, b.login(code), 40029)
	wantCode(t, b.post(sendPath, news("wang")), 0)
	wantCode(t, b.post(sendPath, news("wang")), 43101)
	ids := map[any]bool{}
	for _, m := range b.messages("wang") {
		ids[m.(map[string]any)["msgId"]] = true
	}
	if len(ids) != 2 {
		t.Errorf("message ids repeat after a restart: %v", ids)
	}
}

// A killed process may leave half a line, whose caller was never answered.
func TestTornLastLine(t *testing.T) {
	t.Parallel()
	for name, tail := range map[string]string{
		"half a line":          `{"grant":{"persona":"wang","templ`,
		"whole but not ended":  `{"grant":{"persona":"wang","templateId":"news","left":9}}`,
		"an unreadable ending": "\x00\x00\x00\x00\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			b := begin(t, Config{DataDir: dir})
			live(b)
			before := memory(b)
			b.Close()
			appendTo(t, filepath.Join(dir, journalName), tail)
			b = begin(t, Config{DataDir: dir})
			if after := memory(b); after != before {
				t.Errorf("before %s\nafter  %s", before, after)
			}
			b.accept("wang", "reminder") // and the next fact is not glued to the torn one
			b.Close()
			if b = begin(t, Config{DataDir: dir}); b.grantsLeft("wang", "reminder") != 1 {
				t.Error("the fact after the torn line is lost")
			}
		})
	}
}

func appendTo(t *testing.T, path, tail string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(tail); err != nil {
		t.Fatal(err)
	}
}

func TestDamageInTheMiddleIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	content := `{"user":{"persona":"wang"}}` + "\nnonsense\n" + `{"user":{"persona":"li"}}` + "\n"
	path := filepath.Join(dir, journalName)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{DataDir: dir}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Fatalf("%v", err)
	}
	if left, _ := os.ReadFile(path); string(left) != content {
		t.Error("a damaged journal was touched")
	}
}

func TestStartCompacts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := begin(t, Config{DataDir: dir})
	for range 200 {
		b.accept("wang", "news")
		b.loginCode("wang")
	}
	b.Close()
	b = begin(t, Config{DataDir: dir})
	b.Close()
	content, err := os.ReadFile(filepath.Join(dir, journalName))
	if lines := bytes.Count(content, []byte("\n")); err != nil || lines != 3 {
		t.Errorf("%d lines for one user, one visit and one grant (%v)", lines, err)
	}
}

// An unwritable journal refuses, and leaves no trace in memory either.
func TestUnwritableJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := begin(t, Config{DataDir: dir})
	b.accept("wang", "news")
	readOnly, err := os.Open(filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	b.world.journal.file.Close()
	b.world.journal.file = readOnly
	wantCode(t, b.post(sendPath, news("wang")), -1)
	a := b.do("POST", "/_sandbox/grants", `{"persona":"wang","templateId":"news","result":"accept"}`)
	if a.Code != http.StatusInternalServerError || b.grantsLeft("wang", "news") != 1 || len(b.messages("wang")) != 0 {
		t.Errorf("%d, %d left, %d messages", a.Code, b.grantsLeft("wang", "news"), len(b.messages("wang")))
	}
}

func TestOneSandboxAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := begin(t, Config{DataDir: dir})
	if _, err := New(Config{DataDir: dir}); err == nil {
		t.Fatal("two sandboxes on one folder")
	}
	b.Close()
	begin(t, Config{DataDir: dir})
}

func TestResetOfEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	personas := []Persona{{"zhao", "赵师傅"}}
	b := begin(t, Config{DataDir: dir, Personas: personas})
	first := memory(b)
	live(b)
	kept := memory(b)
	b.control("POST", "/reset", "")
	if memory(b) != kept {
		t.Error("a plain reset forgot something")
	}
	b.control("POST", "/reset", `{"everything":true}`)
	if after := memory(b); after != first {
		t.Errorf("left over: %s", after)
	}
	b.Close()
	if b = begin(t, Config{DataDir: dir, Personas: personas}); memory(b) != first {
		t.Error("it came back after a restart")
	}
}

// The child process of TestKill: a sandbox that prints its address.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SANDBOX_TEST_SERVE"); dir != "" {
		s, err := New(Config{DataDir: dir})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(httptest.NewServer(s.Handler()).URL)
		select {}
	}
	os.Exit(m.Run())
}

// kill -9 in the middle of a run of grants: every grant that was answered is
// there afterwards, and at most the one in flight beyond that.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "SANDBOX_TEST_SERVE="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(address, "http://127.0.0.1") {
		t.Fatalf("%q %v", address, err)
	}
	answered := 0
	for i := range 200 {
		response, err := http.Post(strings.TrimSpace(address)+"/_sandbox/grants", "application/json",
			strings.NewReader(`{"persona":"wang","templateId":"news","result":"accept"}`))
		if err != nil {
			break
		}
		response.Body.Close()
		answered++
		if i == 100 {
			go child.Process.Kill()
		}
	}
	child.Process.Kill()
	child.Wait()
	b := begin(t, Config{DataDir: dir})
	if left := b.grantsLeft("wang", "news"); answered < 100 || !slices.Contains([]int{answered, answered + 1}, left) {
		t.Errorf("%d answered, %d left", answered, left)
	}
}
