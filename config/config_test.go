package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jinlin/config"
)

func env(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := pairs[name]
		return value, ok
	}
}

func TestNothingSetIsComplete(t *testing.T) {
	t.Parallel()
	c, err := config.Load(env(nil))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Has("api") || !c.Has("worker") || !c.BuiltInSandbox() || !c.EmbeddedDatabase() {
		t.Fatalf("not the whole service: %s", c)
	}
}

func TestProductionNamesEveryMissingSettingAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Load(env(map[string]string{"JINLIN_ENV": "production", "JINLIN_DEMO": "on", "JINLIN_WECHAT_URL": "http://127.0.0.1:8081"}))
	if err == nil {
		t.Fatal("started without anything")
	}
	for _, s := range config.Settings() {
		if s.Production == "required" && !strings.Contains(err.Error(), s.Env+":") {
			t.Errorf("%s is not named in: %v", s.Env, err)
		}
	}
	for _, name := range []string{"JINLIN_DEMO: must be off", "JINLIN_WECHAT_URL: production talks to WeChat itself"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q is not in: %v", name, err)
		}
	}
}

func TestWeakAndWrongSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"JINLIN_SESSION_KEY":        strings.Repeat("00", 32),
		"JINLIN_FIELD_KEYS":         "short",
		"JINLIN_FIELD_KEY":          "2",
		"JINLIN_DRAIN":              "soon",
		"JINLIN_PUSH_CONCURRENCY":   "0",
		"JINLIN_ROLES":              "everything",
		"JINLIN_DATABASE_MAX_CONNS": "many",
		"JINLIN_PUBLIC_URL":         "jinlin.example.gov.cn",
	} {
		if _, err := config.Load(env(map[string]string{name: value})); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for name, values := range map[string]map[string]bool{
		"JINLIN_ADMIN_ADDR":      {"": true, ":9090": true, "127.0.0.1:0": true, "9090": false, "127.0.0.1:": false},
		"JINLIN_TRUSTED_PROXIES": {"": true, "10.0.0.7, 10.1.0.0/16,::1": true, "zzz": false, "10.0.0.7,": false},
		"JINLIN_REDIS_URL":       {"redis://127.0.0.1:6379/0": true, "http://x": false, "redis://": false},
		"JINLIN_DATABASE_URL":    {"mysql://u:p@h:3306/n": true, "sqlite:///tmp/x.db": true, "postgres://u:p@h/n": false},
	} {
		for value, good := range values {
			_, err := config.Load(env(map[string]string{name: value}))
			if (err == nil) != good || err != nil && !strings.HasPrefix(err.Error(), name+":") {
				t.Errorf("%s=%q: %v", name, value, err)
			}
		}
	}
}

func TestWhatIsSetToNothingIsNotSet(t *testing.T) {
	t.Parallel()
	c, err := config.Load(env(map[string]string{"JINLIN_ADMIN_ADDR": "", "JINLIN_ENV": "", "JINLIN_DEMO": ""}))
	if err != nil || c.AdminAddr != "127.0.0.1:9090" || c.Demo != "on" {
		t.Fatalf("%s, %v", c, err)
	}
}

func TestProductionIsAskedForByAFileToo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte("production\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(env(map[string]string{"JINLIN_ENV_FILE": file})); err == nil || !strings.Contains(err.Error(), "JINLIN_SESSION_KEY:") {
		t.Fatalf("production without its settings: %v", err)
	}
	if _, err := config.Load(env(map[string]string{"JINLIN_ENV_FILE": file + "x"})); err == nil || !strings.Contains(err.Error(), "JINLIN_ENV:") {
		t.Fatalf("a file that is not there: %v", err)
	}
}

func TestFieldKeysHaveVersionsAndProfiles(t *testing.T) {
	t.Parallel()
	one, two := "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8="
	keys, err := config.FieldKeys("-, sm4:" + one + "," + two)
	if err != nil || len(keys) != 3 || keys[0].Secret != nil || !keys[1].SM || keys[2].SM || string(keys[1].Secret) != string(keys[2].Secret) {
		t.Fatalf("%v, %v", keys, err)
	}
	for _, wrong := range []string{"", "-", one + ",-", one + ",", "sm4:" + one[2:], "sm3:" + one, one + ",sm4:" + strings.Repeat("00", 32)} {
		if _, err := config.FieldKeys(wrong); err == nil {
			t.Errorf("%q would do", wrong)
		}
	}
	for current, good := range map[string]bool{"0": true, "1": false, "2": true, "3": false} {
		_, err := config.Load(env(map[string]string{"JINLIN_FIELD_KEYS": "-," + one, "JINLIN_FIELD_KEY": current}))
		if (err == nil) != good {
			t.Errorf("current %s: %v", current, err)
		}
	}
}

func TestThePublicAddressIsOneToPutPathsBehind(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://jinlin.example.gov.cn/":      "https://jinlin.example.gov.cn",
		"http://127.0.0.1:8080":               "http://127.0.0.1:8080",
		"https://example.gov.cn/jinlin/":      "https://example.gov.cn/jinlin",
		"ftp://jinlin.example.gov.cn":         "",
		"https://":                            "",
		"https://x:y@jinlin.example.gov.cn":   "",
		"https://jinlin.example.gov.cn/?from": "",
		"https://jinlin.example.gov.cn/#":     "",
	} {
		c, err := config.Load(env(map[string]string{"JINLIN_PUBLIC_URL": text}))
		if c.PublicURL != want || (err == nil) != (want != "") {
			t.Errorf("%s is taken as %q, %v", text, c.PublicURL, err)
		}
	}
	_, err := config.Load(env(map[string]string{"JINLIN_ENV": "production", "JINLIN_PUBLIC_URL": "http://jinlin.example.gov.cn"}))
	if !strings.Contains(err.Error(), "JINLIN_PUBLIC_URL: must be https://") {
		t.Errorf("not encrypted in production: %v", err)
	}
}

func TestASecretComesFromAFileAndIsNeverPrinted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("top-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(env(map[string]string{"JINLIN_WECHAT_APP_SECRET_FILE": path}))
	if err != nil || c.WeChatSecret != "top-secret" {
		t.Fatalf("%q, %v", c.WeChatSecret, err)
	}
	for _, text := range []string{c.String(), fmt.Sprintf("%v %+v %#v", c, c, c)} {
		if strings.Contains(text, "top-secret") {
			t.Error("a secret was printed")
		}
	}
}

func TestEnvExampleListsEverySetting(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	if string(content) != config.Example() {
		t.Error(".env.example differs from the settings; write it anew with `make env`")
	}
}
