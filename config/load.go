package config

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Load reads the settings with lookup (os.LookupEnv in earnest) and reports every
// problem at once, one line each, without printing a secret.
func Load(lookup func(string) (string, bool)) (Config, error) {
	var c Config
	var problems []error
	env, _ := Settings()[0].read(lookup, false) // a file that cannot be read is told of below
	production := env == "production"
	for _, s := range Settings() {
		value, err := s.read(lookup, production)
		if err == nil {
			err = s.set(&c, value)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", s.Env, err))
		}
	}
	return c, errors.Join(append(problems, c.contradictions()...)...)
}

// contradictions are settings that are right alone and wrong together.
func (c Config) contradictions() (problems []error) {
	keys, err := FieldKeys(c.FieldKeys)
	if c.FieldKeys == "" {
		keys, err = make([]FieldKey, 1), nil // the one that development makes
		keys[0].Secret = []byte{}
	}
	if err == nil && (c.FieldKey > len(keys) || c.FieldKey > 0 && keys[c.FieldKey-1].Secret == nil) {
		problems = append(problems, fmt.Errorf("JINLIN_FIELD_KEY: there is no version %d in JINLIN_FIELD_KEYS", c.FieldKey))
	}
	if !c.Production() {
		return problems
	}
	if c.EmbeddedDatabase() && c.DatabaseURL != "" {
		problems = append(problems, errors.New("JINLIN_DATABASE_URL: SQLite serves one process only; production needs mysql://"))
	}
	if strings.HasPrefix(c.PublicURL, "http://") {
		problems = append(problems, errors.New("JINLIN_PUBLIC_URL: must be https:// in production"))
	}
	if c.WeChatURL != "" {
		problems = append(problems, errors.New("JINLIN_WECHAT_URL: production talks to WeChat itself, not to a sandbox"))
	}
	return problems
}

// Setting is one field of Config with its tags.
type Setting struct {
	Env, Default, Help, Production string
	Secret                         bool
	oneof                          []string
	min                            int
	is                             string // of checks
	index                          int
}

// Settings lists every setting in the order of Config.
func Settings() []Setting {
	t := reflect.TypeFor[Config]()
	settings := make([]Setting, t.NumField())
	for i := range settings {
		tag := t.Field(i).Tag
		s := Setting{
			Env: tag.Get("env"), Default: tag.Get("default"), Help: tag.Get("help"),
			Production: tag.Get("production"), Secret: tag.Get("secret") == "true", is: tag.Get("is"), index: i,
		}
		if choices := tag.Get("oneof"); choices != "" {
			s.oneof = strings.Split(choices, " ")
		}
		s.min, _ = strconv.Atoi(tag.Get("min"))
		settings[i] = s
	}
	return settings
}

// read finds the text: the variable, else the file it names, else the default.
func (s Setting) read(lookup func(string) (string, bool), production bool) (string, error) {
	value, given := lookup(s.Env)
	if path, ok := lookup(s.Env + "_FILE"); ok && path != "" {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("the file named by %s_FILE cannot be read", s.Env)
		}
		value, given = strings.TrimSpace(string(content)), true
	}
	given = given && value != ""
	if production {
		return s.inProduction(value, given)
	}
	if !given {
		value = s.Default
	}
	return value, nil
}

func (s Setting) inProduction(value string, given bool) (string, error) {
	switch s.Production {
	case "required":
		if !given {
			return "", errors.New("must be set in production (" + s.Help + ")")
		}
	case "":
		if !given {
			value = s.Default
		}
	default: // the only value allowed there
		if given && value != s.Production {
			return "", fmt.Errorf("must be %s in production", s.Production)
		}
		value = s.Production
	}
	return value, nil
}

// set checks the text and puts it into the field.
func (s Setting) set(c *Config, value string) error {
	if s.oneof != nil && !slices.Contains(s.oneof, value) {
		return fmt.Errorf("must be one of: %s", strings.TrimSpace(strings.Join(s.oneof, ", ")))
	}
	if check := checks[s.is]; check != nil && value != "" {
		if err := check(value); err != nil {
			return err
		}
	}
	if s.is == "url" {
		value = strings.TrimRight(value, "/")
	}
	field := reflect.ValueOf(c).Elem().Field(s.index)
	switch field.Interface().(type) {
	case time.Duration:
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return errors.New("must be a time such as 15s")
		}
		field.SetInt(int64(d))
	case int:
		n, err := strconv.Atoi(value)
		if err != nil || n < s.min {
			return fmt.Errorf("must be a whole number of at least %d", s.min)
		}
		field.SetInt(int64(n))
	default:
		field.SetString(value)
	}
	return nil
}

// Keys decodes comma-separated 32-byte keys in base64 or hex. It refuses keys that are
// plainly no secret, such as one byte repeated.
func Keys(text string) ([][]byte, error) {
	var keys [][]byte
	for part := range strings.SplitSeq(text, ",") {
		key, err := decodeKey(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// FieldKey is a version of the key that seals personal fields.
type FieldKey struct {
	Secret []byte // none: retired
	SM     bool   // the algorithms of commercial cryptography
}

// FieldKeys decodes comma-separated versions of a 32-byte key, from 1, in base64 or hex: one
// with sm4: in front is for SM4 and SM3, and a dash stands where a retired one stood. The
// last cannot be retired.
func FieldKeys(text string) (keys []FieldKey, err error) {
	for part := range strings.SplitSeq(text, ",") {
		secret, sm := strings.CutPrefix(strings.TrimSpace(part), "sm4:")
		key := FieldKey{SM: sm}
		if secret != "-" {
			if key.Secret, err = decodeKey(secret); err != nil {
				return nil, err
			}
		}
		keys = append(keys, key)
	}
	if keys[len(keys)-1].Secret == nil {
		return nil, errors.New("the newest version is retired")
	}
	return keys, nil
}

func decodeKey(text string) ([]byte, error) {
	key, err := hex.DecodeString(text)
	if err != nil {
		key, err = base64.StdEncoding.DecodeString(text)
	}
	if err != nil || len(key) != 32 {
		return nil, errors.New("must be 32 bytes in base64 or hex, as from `openssl rand -base64 32`")
	}
	if different := map[byte]bool{}; len(key) == 32 {
		for _, b := range key {
			different[b] = true
		}
		if len(different) < 8 {
			return nil, errors.New("is too easy to guess; make one with `openssl rand -base64 32`")
		}
	}
	return key, nil
}

// String prints every setting, secrets as ***.
func (c Config) String() string {
	var b strings.Builder
	for _, s := range Settings() {
		value := fmt.Sprint(reflect.ValueOf(c).Field(s.index).Interface())
		if s.Secret && value != "" {
			value = "***"
		}
		fmt.Fprintf(&b, "%s=%s\n", s.Env, value)
	}
	return b.String()
}

// GoString keeps secrets out of %#v too.
func (c Config) GoString() string { return c.String() }
