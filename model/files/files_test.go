package files_test

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"jinlin/model/fault"
	"jinlin/model/files"
)

// each runs a test on a folder and on a bucket.
func each(t *testing.T, test func(t *testing.T, f *files.Files)) {
	open := func(t *testing.T, address string) {
		f, err := files.Open(address, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		test(t, f)
	}
	t.Run("folder", func(t *testing.T) { open(t, "") })
	t.Run("bucket", func(t *testing.T) {
		backend := s3mem.New()
		if err := backend.CreateBucket("photos"); err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(gofakes3.New(backend).Server())
		t.Cleanup(server.Close)
		open(t, "s3://key:secret@"+strings.TrimPrefix(server.URL, "http://")+"/photos?tls=off&region=us-east-1")
	})
}

func TestWhatIsPutIsThereUntilItIsDeleted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *files.Files) {
		ctx, name, data := t.Context(), "01a2-full", bytes.Repeat([]byte("晋"), 100_000)
		if err := errors.Join(f.Ping(ctx), f.Put(ctx, name, data)); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Get(ctx, name); err != nil || !bytes.Equal(got, data) {
			t.Fatal(len(got), err)
		}
		if err := errors.Join(f.Delete(ctx, name), f.Delete(ctx, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Get(ctx, name); !errors.Is(err, fault.ErrNotFound) {
			t.Fatal(err)
		}
	})
}

func TestNoNameLeadsOutside(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *files.Files) {
		for _, name := range []string{"", "a", "../../etc/passwd", "a/b/c/d", "abc\x00d", "ABCD", "..-..", strings.Repeat("a", 101)} {
			if err := f.Put(t.Context(), name, nil); err == nil {
				t.Errorf("%q was kept", name)
			}
			if _, err := f.Get(t.Context(), name); err == nil || errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%q was looked for: %v", name, err)
			}
		}
	})
}

func TestManyPutAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *files.Files) {
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				name := "file-" + string(rune('a'+i%20)) // two write the same: one of them is what is kept, whole
				if err := f.Put(t.Context(), name, bytes.Repeat([]byte{byte(i)}, 10_000)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := range 20 {
			got, err := f.Get(t.Context(), "file-"+string(rune('a'+i)))
			if err != nil || len(got) != 10_000 || bytes.Count(got, got[:1]) != len(got) {
				t.Fatal(len(got), err)
			}
		}
	})
}

// A disk that is full says so by name, and leaves no half file behind.
func TestAFullDiskKeepsNothing(t *testing.T) {
	folder := t.TempDir()
	f, err := files.Open("", folder)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limited := before
	limited.Cur = 1000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limited); err != nil {
		t.Fatal(err)
	}
	err = f.Put(t.Context(), "too-large", make([]byte, 100_000))
	if back := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); back != nil {
		t.Fatal(back)
	}
	if !errors.Is(err, files.ErrUnavailable) {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(folder + "/ge"); len(left) != 0 {
		t.Fatalf("%v stayed", left)
	}
	if err := f.Put(t.Context(), "too-large", make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
}

func TestAnAddressThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://a/b", "s3://a/b", "s3://key:secret@host", "s3://key:secret@/bucket", "::"} {
		if _, err := files.Open(address, ""); err == nil || strings.Contains(err.Error(), "host\"") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
