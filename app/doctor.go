package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/kv"
	"jinlin/model/migrations"
	"jinlin/model/store"
	"jinlin/service/chain"
	"jinlin/service/wechat"
)

// finding is what one check of the doctor says.
type finding struct {
	what, said string
	err        error
}

// doctor looks at everything the service needs and changes nothing. It ends with an error
// when something is wrong, and still says all the rest.
func doctor(ctx context.Context, c config.Config, in invocation) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	findings := append([]finding{checkFolder(ctx, c)}, checkRedisAndWeChat(ctx, c)...)
	if unbegun(c) {
		findings = append(findings, finding{"database", "will be made at the first start", nil})
	} else {
		findings = append(findings, checkFiles(ctx, c), checkSchema(ctx, c), checkJobs(ctx, c), checkKeys(ctx, c), checkSealer(ctx, c))
	}
	wrong := 0
	for _, f := range findings {
		mark, said := "ok  ", f.said
		if f.err != nil {
			mark, said, wrong = "BAD ", f.err.Error(), wrong+1
		}
		fmt.Fprintf(in.out, "%s %-10s %s\n", mark, f.what, said)
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d checks found something wrong", wrong, len(findings))
	}
	return nil
}

// unbegun says whether nothing was ever started with this data folder: to open its database
// would be to make it.
func unbegun(c config.Config) bool {
	_, err := os.Stat(strings.TrimPrefix(DatabaseURL(c), "sqlite://"))
	return c.EmbeddedDatabase() && errors.Is(err, fs.ErrNotExist)
}

func checkFolder(ctx context.Context, c config.Config) finding {
	a := App{Config: c}
	return finding{"folder", c.DataDir + " can be written", a.prepareFolder(ctx, Options{})}
}

// checkFiles writes a file of no bytes and deletes it again, or asks for the bucket.
func checkFiles(ctx context.Context, c config.Config) finding {
	kept, err := openFiles(c)
	if err != nil {
		return finding{"files", "", err}
	}
	defer kept.Close()
	return finding{"files", "photos and recordings can be kept", kept.Ping(ctx)}
}

func checkSchema(ctx context.Context, c config.Config) finding {
	err := migrations.Check(ctx, DatabaseURL(c))
	if errors.Is(err, migrations.ErrBehind) && c.EmbeddedDatabase() {
		return finding{"database", "will be migrated at the next start", nil}
	}
	return finding{"database", "answers, and its schema is complete", err}
}

// toBeMigrated says whether the next start brings the schema up to date: what is missing
// until then is nothing wrong.
func toBeMigrated(ctx context.Context, c config.Config) bool {
	return c.EmbeddedDatabase() && errors.Is(migrations.Check(ctx, DatabaseURL(c)), migrations.ErrBehind)
}

func checkRedisAndWeChat(ctx context.Context, c config.Config) []finding {
	cache, err := kv.Open(c.RedisURL)
	if err != nil {
		return []finding{{"redis", "", err}}
	}
	defer cache.Close()
	redis := finding{"redis", "answers", cache.Ping(ctx)}
	if c.RedisURL == "" {
		redis.said = "runs inside the process"
	}
	return []finding{redis, checkWeChat(ctx, c, cache)}
}

// checkWeChat asks for a token, which proves the address, the AppID and the secret.
func checkWeChat(ctx context.Context, c config.Config, cache *kv.Client) finding {
	if c.BuiltInSandbox() {
		return finding{"wechat", "is the built-in sandbox", nil}
	}
	a := App{Config: c, KV: cache, metrics: newMetrics(), Log: logger(c)}
	defer a.Close()
	if err := a.openWeChat(ctx, Options{Clock: model.SystemClock}); err != nil {
		return finding{"wechat", "", err}
	}
	// A code that nobody was given is refused by name when all else is right.
	_, err := a.WeChat.Login(ctx, "doctor")
	if errors.Is(err, wechat.ErrCodeInvalid) {
		err = nil
	}
	return finding{"wechat", "answers, and knows our AppID and secret", err}
}

func checkJobs(ctx context.Context, c config.Config) finding {
	s, err := openDatabase(ctx, c, store.Options{})
	if err != nil {
		return finding{"jobs", "", err}
	}
	defer s.Close()
	buried, err := s.Jobs.Count(ctx, model.JobBuried)
	if err == nil && buried > 0 {
		err = fmt.Errorf("%d jobs are buried; `jinlin jobs` lists them", buried)
	}
	if err != nil && toBeMigrated(ctx, c) {
		return finding{"jobs", "none yet", nil}
	}
	return finding{"jobs", "none is buried", err}
}

// sealerDue is how long a row may wait for the sealer before something is wrong.
const sealerDue = time.Minute

func checkSealer(ctx context.Context, c config.Config) finding {
	s, err := openDatabase(ctx, c, store.Options{})
	if err != nil {
		return finding{"sealer", "", err}
	}
	defer s.Close()
	said, err := sealerLag(ctx, s)
	if err != nil && toBeMigrated(ctx, c) {
		return finding{"sealer", "nothing to seal yet", nil}
	}
	return finding{"sealer", said, err}
}

func sealerLag(ctx context.Context, s *store.Store) (string, error) {
	var sealed int64
	for _, name := range model.Chains {
		head, begun, err := chain.Head(ctx, s, name)
		if err != nil {
			return "", err
		}
		if !begun { // what is from before the chains waits for the first worker
			continue
		}
		waiting, err := chain.Lag(ctx, s, name)
		if err != nil {
			return "", err
		}
		if age := waiting.Age(s.Now()); age > sealerDue {
			return "", fmt.Errorf("%d rows of the chain %s wait to be sealed, the oldest for %s; a running worker seals them", waiting.Rows, name, age.Round(time.Second))
		}
		sealed += head.Number
	}
	return fmt.Sprintf("nothing waits, %d rows are sealed", sealed), nil
}
