package app

import (
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store/storetest"
	"jinlin/service/chain"
)

func TestAuditVerifyAndTheDoctorSayHowFarTheSealerIs(t *testing.T) {
	t.Parallel()
	clock := storetest.NewClock()
	clock.Set(time.Now()) // the doctor goes by the machine's
	c := config.Config{DatabaseURL: storetest.SQLiteURL(t), DataDir: t.TempDir()}
	s := storetest.Open(t, c.DatabaseURL, clock)
	verify := func(args ...string) (string, error) {
		var out strings.Builder
		err := checkAudit(t.Context(), c, invocation{args: append([]string{"verify"}, args...), out: &out})
		return out.String(), err
	}
	if f := checkSealer(t.Context(), c); f.err != nil || f.said != "nothing waits, 0 rows are sealed" {
		t.Fatalf("%+v", f)
	}
	add := func(at time.Time) {
		t.Helper()
		if err := s.Audit.Add(t.Context(), &model.AuditEntry{ID: model.NewID[model.AuditEntry](at), Action: "a", ObjectKind: "o", At: at}); err != nil {
			t.Fatal(err)
		}
	}
	add(clock.Now())
	if _, err := chain.New(s, slog.New(slog.DiscardHandler)).Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f := checkSealer(t.Context(), c); f.err != nil {
		t.Fatal(f.err)
	}
	text, err := verify()
	head := regexp.MustCompile(`audit/1/[0-9a-f]{64}`).FindString(text)
	if err != nil || head == "" || !strings.Contains(text, "1 sealed, 0 not yet") {
		t.Fatalf("%q, %v", text, err)
	}
	add(clock.Now().Add(-30 * time.Second))
	if text, err := verify(head); err != nil || !strings.Contains(text, "1 not yet, the oldest for ") {
		t.Fatalf("%q, %v", text, err)
	}
	if _, err := verify(head[:len(head)-1] + "z"); !errors.As(err, new(Misuse)) {
		t.Fatal(err)
	}
	if _, err := verify("audit/2" + head[len("audit/1"):]); err == nil || !strings.Contains(err.Error(), "L8") {
		t.Fatal(err)
	}
}

func TestTheDoctorFindsASealerThatStands(t *testing.T) {
	t.Parallel()
	c := config.Config{DatabaseURL: storetest.SQLiteURL(t), DataDir: t.TempDir()}
	clock := storetest.NewClock()
	clock.Set(time.Now().Add(-time.Hour))
	s := storetest.Open(t, c.DatabaseURL, clock)
	add := func() {
		t.Helper()
		at := clock.Now()
		if err := s.Audit.Add(t.Context(), &model.AuditEntry{ID: model.NewID[model.AuditEntry](at), Action: "a", ObjectKind: "o", At: at}); err != nil {
			t.Fatal(err)
		}
	}
	add()
	if _, err := chain.New(s, slog.New(slog.DiscardHandler)).Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	add()
	if f := checkSealer(t.Context(), c); f.err == nil || !strings.Contains(f.err.Error(), "1 rows of the chain audit wait") {
		t.Fatalf("%+v", f)
	}
}
