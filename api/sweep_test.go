package api_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"jinlin/api/apitest"
	"jinlin/model/kv/kvtest"
	"jinlin/model/store/storetest"
)

// logBook keeps log lines of several goroutines.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// swept is a county of which everything that is stored and said can be searched.
type swept struct {
	*county
	log     *logBook
	redis   *redis.Client
	answers map[string][]string // by operation
}

func sweepEach(t *testing.T, test func(t *testing.T, w *swept)) {
	t.Parallel()
	run := func(url func(testing.TB) string) func(t *testing.T) {
		return func(t *testing.T) {
			options, err := redis.ParseURL(storetest.RedisURL(t))
			if err != nil {
				t.Fatal(err)
			}
			w := &swept{log: &logBook{}, redis: redis.NewClient(options), answers: map[string][]string{}}
			t.Cleanup(func() { _ = w.redis.Close() })
			w.county = countyOf(t, apitest.StartLogged(t, w.log, url(t), "JINLIN_ROLES=api", "JINLIN_REDIS_URL="+storetest.RedisURL(t)))
			test(t, w)
		}
	}
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(storetest.SQLiteURL)(t) })
	t.Run("mariadb", run(storetest.MySQLURL))
}

// hunt is something that must not be read anywhere but where it was reviewed.
type hunt struct {
	what    string
	pattern *regexp.Regexp
	may     []string // columns as in table.column, and operations
}

// hunted is a hunt for some values.
func hunted(what string, values []string, may ...string) hunt {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = regexp.QuoteMeta(value)
	}
	return hunt{what, regexp.MustCompile(strings.Join(quoted, "|")), may}
}

// traces says where something can be read: in the database, in Redis, in the log, in answers.
func (w *swept) traces(hunts ...hunt) (found []string) {
	w.T.Helper()
	columns, keys := storetest.Values(w.T, w.databaseURL()), w.inRedis()
	for _, h := range hunts {
		see := func(where, text string) {
			if hit := h.pattern.FindString(text); hit != "" && !slices.Contains(h.may, where) {
				found = append(found, fmt.Sprintf("%s %q in %s", h.what, hit, where))
			}
		}
		for name, values := range columns {
			for _, value := range values {
				see(name, value)
			}
		}
		for _, text := range keys {
			see("redis", text)
		}
		for line := range strings.Lines(w.log.String()) {
			see("log", line)
		}
		for operation, answers := range w.answers {
			for _, answer := range answers {
				see(operation, answer)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// inRedis is every key with what is under it. Other tests use the same server, which makes
// the hunt no less strict.
func (w *swept) inRedis() []string {
	w.T.Helper()
	return kvtest.Texts(w.T, storetest.RedisURL(w.T))
}

func (w *swept) heard(operation string, a *apitest.Answer) *apitest.Answer {
	w.answers[operation] = append(w.answers[operation], fmt.Sprint(string(a.Body), a.Header))
	return a
}
