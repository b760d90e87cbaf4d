package app_test

import (
	"bytes"
	"strings"
	"testing"

	"jinlin/app"
	"jinlin/config"
	"jinlin/model"
	"jinlin/service/account"
)

func TestFieldKeysAreChangedByCommand(t *testing.T) {
	one, two, three := strings.Repeat("0123456789abcdef", 4), strings.Repeat("fedcba9876543210", 4), strings.Repeat("00112233445566ff", 4)
	folder := t.TempDir()
	t.Setenv("JINLIN_DATA_DIR", folder)
	keys := func(text string) { t.Setenv("JINLIN_FIELD_KEYS", text) }
	says := func(want string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if err := app.Command(t.Context(), "test", args, &out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%v: %v, %s", args, err, out.String())
		}
	}
	keys(one)
	bindOne(t, folder, one)

	keys(one + ",sm4:" + two)
	says("1 rows still stand under an older key than key 2 (sm4)", "doctor")
	says("phones           1 rows under an older key, 0 under one that is not configured", "keys")
	t.Setenv("JINLIN_FIELD_KEY", "1")
	says("all sealed values stand under key 1 (aes)", "doctor")
	t.Setenv("JINLIN_FIELD_KEY", "0")
	says("1 rows came under key 2 (sm4)\neverything stands under key 2 (sm4)", "keys", "rotate")
	keys("-,sm4:" + two)
	says("all sealed values stand under key 2 (sm4)", "doctor")
	says("0 rows came under key 2 (sm4)", "keys", "rotate")

	for other, wrong := range map[string]string{
		three:          "version 1 is not the field key that this database was sealed with",
		"sm4:" + three: "1 rows are sealed under a key that is not configured",
	} {
		keys(other)
		var out bytes.Buffer
		if err := app.Command(t.Context(), "test", []string{"doctor"}, &out); err == nil || !strings.Contains(out.String(), wrong) {
			t.Errorf("%v, %s", err, out.String())
		}
	}
}

// bindOne leaves a database with somebody's number in it.
func bindOne(t *testing.T, folder, key string) {
	t.Helper()
	c := config.Config{
		Env: "development", DataDir: folder, Roles: "api", HTTPAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0", SandboxAddr: "127.0.0.1:0", Demo: "off", FieldKeys: key,
	}
	a, err := app.Build(t.Context(), c, app.Options{Clock: model.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	phone, err := account.NewPhone(a.Store, model.NewID[model.User](a.Store.Now()), "13800138000")
	if err == nil {
		err = a.Store.Phones.Add(t.Context(), phone)
	}
	if err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
