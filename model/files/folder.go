package files

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
)

// folder keeps each file in one of some thousand folders, by the end of its name, which is
// random where the beginning is the time. os.Root keeps every name inside.
type folder struct{ root *os.Root }

func openFolder(name string) (*folder, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	return &folder{root}, err
}

func place(name string) string { return path.Join(name[len(name)-2:], name) }

// put writes beside the name, waits for the disk, and only then gives the file its name.
func (f *folder) put(_ context.Context, name string, data []byte) error {
	at := place(name)
	if err := f.root.MkdirAll(path.Dir(at), 0o700); err != nil {
		return err
	}
	half := at + "." + rand.Text() // of two at once each has its own
	err := f.write(half, data)
	if err == nil {
		err = f.root.Rename(half, at)
	}
	if err == nil {
		err = f.sync(path.Dir(at))
	}
	if err != nil {
		_ = f.root.Remove(half) // the reason it failed is the one to tell
	}
	return err
}

func (f *folder) write(name string, data []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// sync makes a new name outlive a power cut.
func (f *folder) sync(name string) error {
	dir, err := f.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (f *folder) get(_ context.Context, name string) ([]byte, error) {
	data, err := f.root.ReadFile(place(name))
	return data, known(err)
}

func (f *folder) delete(_ context.Context, name string) error {
	return known(f.root.Remove(place(name)))
}

func (f *folder) ping(context.Context) error {
	const trial = "trial"
	return errors.Join(f.write(trial, nil), f.root.Remove(trial))
}

func (f *folder) close() error { return f.root.Close() }

func known(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errAbsent
	}
	return err
}
