package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"

	"jinlin/app"
	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/jobs"
)

// settings are those of a start that would succeed.
func settings(t *testing.T) config.Config {
	t.Helper()
	c, err := config.Load(func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	c.DataDir, c.Demo = t.TempDir(), "off"
	c.HTTPAddr, c.AdminAddr, c.SandboxAddr = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	return c
}

// refused starts and wants one clear line that says this.
func refused(t *testing.T, c config.Config, says string) {
	t.Helper()
	a, err := app.Build(t.Context(), c, app.Options{})
	if err == nil {
		_ = a.Close()
		t.Fatal("it started")
	}
	if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
		t.Errorf("not one clear line about %q: %v", says, err)
	}
}

func TestAStartThatCannotWorkSaysWhyInOneLine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	c := settings(t)
	c.HTTPAddr = taken.Addr().String()
	refused(t, c, "the api address "+c.HTTPAddr+" cannot be used")

	c = settings(t)
	file := filepath.Join(c.DataDir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.DataDir = file
	refused(t, c, "the data folder")

	c = settings(t)
	if err := os.WriteFile(filepath.Join(c.DataDir, "jinlin.db"), []byte("not a database, and longer than a header of SQLite would be, by some hundred bytes of text"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, c, "jinlin.db cannot be used")

	c = settings(t)
	c.DatabaseURL = "mysql://nobody:secret@" + taken.Addr().String() + "0/none"
	refused(t, c, "the database does not answer")
}

func TestAHalfDoneMigrationIsNamedAtStart(t *testing.T) {
	c := settings(t)
	c.DatabaseURL = storetest.MySQLURL(t)
	cfg, err := store.MySQLConfig(c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("mysql", cfg.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO schema_migrating (name) VALUES ('00009_units.sql')"); err != nil {
		t.Fatal(err)
	}
	refused(t, c, "a migration stopped halfway: 00009_units.sql")
}

// A database under another key would serve until somebody's number is looked up.
func TestAnotherFieldKeyIsNamedAtStart(t *testing.T) {
	t.Parallel()
	c := settings(t)
	begun(t, c)
	path := filepath.Join(c.DataDir, "field.key")
	if err := os.WriteFile(path, []byte(strings.Repeat("00112233445566778899aabbccddeeff", 2)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, c, path+": version 1 is not the field key that this database was sealed with")
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, c, path+": must be 32 bytes")
}

func TestTheDataFolderMayHaveAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"q?mode=ro", "p%41y", "half#way", "数据 夹"} {
		c := settings(t)
		c.DataDir = filepath.Join(c.DataDir, name)
		begun(t, c)
		if _, err := os.Stat(filepath.Join(c.DataDir, "jinlin.db")); err != nil {
			t.Error(err)
		}
	}
}

func TestAStartThatIsToldToEndEndsWell(t *testing.T) {
	t.Setenv("JINLIN_DATA_DIR", t.TempDir())
	t.Setenv("JINLIN_HTTP_ADDR", "127.0.0.1:0")
	t.Setenv("JINLIN_ADMIN_ADDR", "127.0.0.1:0")
	t.Setenv("JINLIN_SANDBOX_ADDR", "127.0.0.1:0")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := app.Command(ctx, "test", []string{"serve"}, io.Discard); err != nil {
		t.Fatal(err)
	}
}

// begun builds, runs and ends.
func begun(t *testing.T, c config.Config) {
	t.Helper()
	a, err := app.Build(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := a.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestRestartKeepsTheData(t *testing.T) {
	t.Parallel()
	c := settings(t)
	for range 2 {
		begun(t, c)
	}
}

func TestDoctorFindsNothingWrongWithAFreshStart(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("JINLIN_DATA_DIR", folder)
	var out bytes.Buffer
	if err := app.Command(t.Context(), "test", []string{"doctor"}, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// commandNames are those that help lists.
func commandNames(t *testing.T) (names []string) {
	t.Helper()
	var out bytes.Buffer
	if err := app.Command(t.Context(), "test", []string{"help"}, &out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "  ") {
			names = append(names, strings.Fields(line)[0])
		}
	}
	if len(names) < 12 {
		t.Fatalf("help lists %v", names)
	}
	return names
}

func TestEveryCommandSaysHowItIsUsed(t *testing.T) {
	t.Setenv("JINLIN_DRAIN", "soon") // whoever asks for help may have come because of this
	for _, name := range commandNames(t) {
		for _, args := range [][]string{{name, "-h"}, {name, "--help"}, {name, "surplus", "-h"}} {
			var out bytes.Buffer
			err := app.Command(t.Context(), "test", args, &out)
			head, text, _ := strings.Cut(out.String(), "\n\n")
			if err != nil || !strings.HasPrefix(head, "jinlin "+name) || len(text) < 15 || strings.Contains(text, "\n\n") {
				t.Errorf("%v: %v, %q", args, err, out.String())
			}
		}
	}
}

func TestSurplusArgumentsAreRefusedBeforeAnythingHappens(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	t.Setenv("JINLIN_DATA_DIR", folder)
	calls := [][]string{{"nonsense"}, {"jobs", "revive"}, {"ledger"}, {"tour", "--lang", "fr"}, {"tour", "--nonsense"}}
	for _, name := range commandNames(t) {
		calls = append(calls, []string{name, "surplus"})
	}
	for _, args := range calls {
		var out bytes.Buffer
		err := app.Command(t.Context(), "test", args, &out)
		if !errors.As(err, new(app.Misuse)) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), args[0]) || out.Len() > 0 {
			t.Errorf("%v: %v, %q", args, err, out.String())
		}
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the data folder was touched: %v", err)
	}
}

func TestABuriedJobIsVisibleAndCanBeRevived(t *testing.T) {
	c := settings(t)
	t.Setenv("JINLIN_DATA_DIR", c.DataDir)
	a, err := app.Build(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clock := storetest.NewClock()
	s := storetest.Open(t, app.DatabaseURL(c), clock)
	runner := jobs.New(s, a.Log, 1)
	runner.Handle("poison", func(context.Context, model.Job) error { panic("always") })
	if err := s.Jobs.Put(t.Context(), model.Job{Kind: "poison", Payload: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	for range 12 {
		if _, err := runner.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		clock.Move(2 * 3600e9)
	}
	if err := errors.Join(a.Close()); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) string {
		var out bytes.Buffer
		if err := app.Command(t.Context(), "test", args, &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if out := command("jobs"); !strings.Contains(out, "poison  12 attempts  panicked") {
		t.Errorf("the buried job is not listed: %q", out)
	}
	if out := command("jobs", "revive", "all"); out != "1 jobs revived\n" {
		t.Errorf("%q", out)
	}
	if out := command("jobs"); out != "no job is buried\n" {
		t.Errorf("still buried: %q", out)
	}
}

// TestDrainCutsOffWhoNeverFinishes: a client that holds half a body must not turn a clean
// end into a failure.
func TestDrainCutsOffWhoNeverFinishes(t *testing.T) {
	t.Parallel()
	c := settings(t)
	c.Drain = 300 * time.Millisecond
	a, err := app.Build(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	client, err := net.Dial("tcp", strings.TrimPrefix(a.URL("api"), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Write([]byte("POST /v1/sessions/wechat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n{")); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 10)); err != nil { // the handler waits for the rest
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the end was not clean: %v", err)
	}
}
