package app_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

// door stands between a service and Redis. Once it is shut, Redis is gone.
type door struct {
	url      string
	listener net.Listener
	mu       sync.Mutex
	open     []net.Conn
}

func openDoor(t *testing.T) *door {
	t.Helper()
	behind, err := url.Parse(storetest.RedisURL(t))
	if err != nil {
		t.Fatal(err)
	}
	target := behind.Host
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	behind.Host = l.Addr().String()
	d := &door{url: behind.String(), listener: l}
	t.Cleanup(d.shut)
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", target)
			if err != nil {
				_ = in.Close()
				return
			}
			d.mu.Lock()
			d.open = append(d.open, in, out)
			d.mu.Unlock()
			go func() { _, _ = io.Copy(in, out) }()
			go func() { _, _ = io.Copy(out, in) }()
		}
	}()
	return d
}

func (d *door) shut() {
	_ = d.listener.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.open {
		_ = c.Close()
	}
}

// revoked gives somebody a grid worker's role, sees them use it on both replicas, ends it on
// the first, and says how long after that the other refused them. The very first answer has to.
func revoked(t *testing.T, clerk, worker *apitest.Person, grid string, there apitest.Place) time.Duration {
	t.Helper()
	var given struct{ ID, Status string }
	clerk.Post("/v1/grants", map[string]any{"userId": worker.ID, "role": "grid_worker", "unitId": grid}).Want(http.StatusCreated).Into(&given)
	if given.Status != "in_force" {
		t.Fatalf("%+v", given)
	}
	worker.Get("/v1/mailbox/inbox").Want(http.StatusOK)
	worker.At(there).Get("/v1/mailbox/inbox").Want(http.StatusOK)
	clerk.Delete("/v1/grants/" + given.ID).Want(http.StatusNoContent)
	began := time.Now()
	worker.At(there).Get("/v1/mailbox/inbox").Refused(http.StatusForbidden, "forbidden")
	took := time.Since(began)
	worker.Get("/v1/mailbox/inbox").Refused(http.StatusForbidden, "forbidden")
	if took > time.Second {
		t.Errorf("refused after %s", took)
	}
	return took
}

// TestAnEndedRoleIsRefusedOnAnotherReplicaAtOnce ends a role on one API and asks another one,
// while both have Redis and once it is gone.
func TestAnEndedRoleIsRefusedOnAnotherReplicaAtOnce(t *testing.T) {
	database, redis := storetest.MySQLURL(t), openDoor(t)
	key := fmt.Sprintf("%x", "0123456789abcdef0123456789abcdef")
	settings := []string{
		"JINLIN_REDIS_URL=" + redis.url, "JINLIN_SESSION_KEY=" + key, "JINLIN_FIELD_KEYS=" + key, "JINLIN_ROLES=api", "JINLIN_ABUSE_LIMITS=on",
	}
	here, other := apitest.StartOnTime(t, database, settings...), apitest.StartOnTime(t, database, settings...)
	there := apitest.Place{API: other.URL("api"), Sandbox: here.URL("sandbox")}
	clock := storetest.NewClock()
	clock.Set(time.Now())
	w := storetest.World{T: t, Store: here.Store, Clock: clock}
	county := w.Unit(model.County, model.UnitID{})
	grid := w.Unit(model.Grid, w.Unit(model.Community, w.Unit(model.Town, county))).String()
	clerk, worker := here.SignIn(t, "clerk"), here.SignIn(t, "worker")
	id, err := model.ParseID[model.User](clerk.ID)
	w.Must(err)
	w.Grant(model.Actor{User: id}, model.CountyClerk, county)

	t.Logf("with Redis after %s", revoked(t, clerk, worker, grid, there))
	redis.shut()
	t.Logf("without Redis after %s", revoked(t, clerk, worker, grid, there))
	if strings.Contains(redis.url, storetest.RedisURL(t)) {
		t.Error("the service was not behind the door")
	}
}
