package upload

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"slices"
	"sync"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/files"
)

// spooled is a file on its way: it waits on disk, not in memory, until it may be decoded.
type spooled struct {
	*os.File
	size   int64
	digest []byte
	over   func()
	failed error // to be read
}

// SpoolIn sets in which folder files wait, in place of the system's for temporary files: that one is often
// memory. It is called before the service is used.
func (s *Service) SpoolIn(folder string) { s.spoolIn = folder }

// turns are how many files each person is sending, so that nobody's slow lines keep all others out.
type turns struct {
	mutex sync.Mutex
	of    map[model.UserID]int
}

// take says whether somebody may send another one now; whoever may gives it back.
func (t *turns) take(sender model.UserID) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.of[sender] >= ofOne {
		return false
	}
	if t.of == nil {
		t.of = map[model.UserID]int{}
	}
	t.of[sender]++
	return true
}

func (t *turns) give(sender model.UserID) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.of[sender]--; t.of[sender] == 0 {
		delete(t.of, sender)
	}
}

// spool writes what comes in to a temporary file, for few senders at a time.
// Faults: upload_too_large, files_unavailable, rate_limited, busy, and what reading gives.
func (s *Service) spool(ctx context.Context, sender model.UserID, from io.Reader) (*spooled, error) {
	if !s.turns.take(sender) {
		return nil, fault.ErrRateLimited
	}
	if err := s.coming.Acquire(ctx, 1); err != nil {
		s.turns.give(sender)
		return nil, fault.ErrBusy.Because(err)
	}
	f := &spooled{over: func() { s.coming.Release(1); s.turns.give(sender) }}
	err := f.receive(s.spoolIn, from)
	if err == nil {
		return f, nil
	}
	f.discard()
	if fault.KindOf(err) == fault.Internal { // the disk's, not the sender's
		err = files.ErrUnavailable.Because(err)
	}
	return nil, err
}

func (f *spooled) receive(folder string, from io.Reader) (err error) {
	if f.File, err = os.CreateTemp(folder, "jinlin-upload-*"); err != nil {
		return err
	}
	if err := os.Remove(f.Name()); err != nil { // nobody else shall open it, and it goes with the process
		return err
	}
	sum := sha256.New()
	f.size, err = io.Copy(io.MultiWriter(f.File, sum), io.LimitReader(from, MaxBytes+1))
	if err == nil && f.size > MaxBytes {
		err = ErrTooLarge
	}
	f.digest = sum.Sum(nil)
	return err
}

// mark makes the file part of what an idempotency key stands for.
func (f *spooled) mark(key *model.OnceKey) {
	if key == nil {
		return
	}
	sum := sha256.Sum256(slices.Concat(key.Hash, f.digest))
	key.Hash = sum[:]
}

// whole is the file as it can be read from anywhere.
func (f *spooled) whole() *io.SectionReader { return io.NewSectionReader(f, 0, f.size) }

// ReadAt remembers when the disk fails: to a decoder that looks like a damaged file.
func (f *spooled) ReadAt(p []byte, at int64) (n int, err error) {
	if n, err = f.File.ReadAt(p, at); err != nil && !errors.Is(err, io.EOF) {
		f.failed = files.ErrUnavailable.Because(err)
	}
	return n, err
}

func (f *spooled) discard() {
	if f.File != nil {
		_ = f.Close()
	}
	f.over()
}
