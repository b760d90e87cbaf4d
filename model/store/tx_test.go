package store_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

func TestInTxRepeatsWhatWasRolledBackAndNothingElse(t *testing.T) {
	t.Parallel()
	s, _ := storetest.OpenSQLite(t)
	for code, repeats := range map[uint16]bool{
		1213: true, 1205: true, 1020: true, 1305: true, 9007: true, 8002: true, 8022: true, 8028: true, 6002: true, 1047: true, 1290: true,
		1062: false, 1452: false, 1406: false, 1264: false, 1055: false, 1064: false, 4025: false, 3819: false, 2013: false,
	} {
		tries := 0
		err := s.InTx(t.Context(), func(*store.Store) error {
			if tries++; tries <= 3 {
				return &mysql.MySQLError{Number: code, Message: "injected"}
			}
			return nil
		})
		if survived := err == nil; survived != repeats || repeats && tries != 4 || !repeats && tries != 1 {
			t.Errorf("%d: %d tries, %v", code, tries, err)
		}
	}
}

func TestInTxGivesUpAsBusy(t *testing.T) {
	t.Parallel()
	s, _ := storetest.OpenSQLite(t)
	tries := 0
	err := s.InTx(t.Context(), func(*store.Store) error { tries++; return &mysql.MySQLError{Number: 1213} })
	if !errors.Is(err, fault.ErrBusy) || tries < 2 || tries > 12 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

func TestAPanicRollsBack(t *testing.T) {
	t.Parallel()
	s, _ := storetest.OpenSQLite(t)
	func() {
		defer func() { _ = recover() }()
		_ = s.InTx(t.Context(), func(tx *store.Store) error {
			addUser(t, tx)
			panic("boom")
		})
	}()
	addUser(t, s) // would wait for ever if the writer were still taken
}

// TestALostAnswerToCommitIsSettledByTheKey cuts the connection after COMMIT has reached
// the server and before its answer comes back. The repeat under the same key must find
// what happened and not do it again; without a key the outcome is unknown, and said so.
func TestALostAnswerToCommitIsSettledByTheKey(t *testing.T) {
	clock := storetest.NewClock()
	direct := storetest.MySQLURL(t)
	direct2, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	cutter := newCutter(t, direct2.Host)
	direct2.Host = cutter.address
	s := storetest.Open(t, direct2.String(), clock)
	for i := range 20 {
		key := &model.OnceKey{Actor: model.UserID{15: 1}, Operation: "test", Key: string(rune('a' + i)), Hash: make([]byte, 32)}
		runs := 0
		cutter.armed.Store(true)
		user, err := store.Once(model.WithOnceKey(t.Context(), key), s, func(tx *store.Store) (model.User, error) {
			runs++
			return addUser(t, tx), nil
		})
		if err != nil || runs != 1 || !key.Replayed || cutter.armed.Load() {
			t.Fatalf("cut %d: %d runs, replayed %t, armed %t, %v", i, runs, key.Replayed, cutter.armed.Load(), err)
		}
		if _, err := s.Users.Get(t.Context(), user.ID); err != nil {
			t.Fatalf("cut %d: the answer names a user who is not there: %v", i, err)
		}
	}
	cutter.armed.Store(true)
	err = s.InTx(t.Context(), func(tx *store.Store) error { addUser(t, tx); return nil })
	if !errors.Is(err, store.ErrOutcomeUnknown) {
		t.Fatalf("without a key: %v", err)
	}
}

// cutter passes bytes on to a MariaDB until it is armed and sees a COMMIT: that one
// reaches the server, and its answer is swallowed with the connection.
type cutter struct {
	address string
	armed   atomic.Bool
}

func newCutter(t *testing.T, server string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{address: l.Addr().String()}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var passing sync.WaitGroup
	passing.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			passing.Go(func() { c.pass(ctx, client, server) })
		}
	})
	t.Cleanup(func() {
		stop()
		_ = l.Close()
		passing.Wait()
	})
	return c
}

func (c *cutter) pass(ctx context.Context, client net.Conn, server string) {
	upstream, err := (&net.Dialer{}).DialContext(ctx, "tcp", server)
	if err != nil {
		_ = client.Close()
		return
	}
	end := func() { _ = client.Close(); _ = upstream.Close() }
	defer context.AfterFunc(ctx, end)()
	var cut atomic.Bool
	var both sync.WaitGroup
	both.Go(func() { // client to server
		defer end()
		buffer := make([]byte, 64<<10)
		for {
			n, err := client.Read(buffer)
			if n > 0 && bytes.HasSuffix(buffer[:n], []byte("\x03COMMIT")) && c.armed.CompareAndSwap(true, false) {
				cut.Store(true)
			}
			if _, werr := upstream.Write(buffer[:n]); err != nil || werr != nil {
				return
			}
		}
	})
	both.Go(func() { // server to client
		defer end()
		buffer := make([]byte, 64<<10)
		for {
			n, err := upstream.Read(buffer)
			if cut.Load() {
				return // the commit happened; nobody hears of it
			}
			if _, werr := client.Write(buffer[:n]); err != nil || werr != nil {
				return
			}
		}
	})
	both.Wait()
}
