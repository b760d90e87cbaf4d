// Package files keeps bytes under names that the service has made: photos and recordings.
// A folder or an S3-compatible bucket; minio-go lives here and nowhere else. A file is
// written whole or not at all, and never changed.
package files

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"jinlin/model/fault"
)

// ErrUnavailable is a fault: no room, or no answer from where the files are.
var ErrUnavailable = fault.Define(fault.Unavailable, "files_unavailable",
	"文件暂时无法保存或读取，请稍后再试。", "Files cannot be kept or read at the moment. Please try again later.")

// patience is how long one file may take.
const patience = 20 * time.Second

// Files are the files of one deployment. Faults of all: files_unavailable; of Get also not_found.
type Files struct {
	driver driver
}

type driver interface {
	put(ctx context.Context, name string, data []byte) error
	get(ctx context.Context, name string) ([]byte, error)
	delete(ctx context.Context, name string) error
	ping(ctx context.Context) error
	close() error
}

// errAbsent is what drivers say of a name they do not have.
var errAbsent = errors.New("files: no such file")

// Open opens s3://key:secret@host/bucket, with ?tls=off for one that speaks plain HTTP and
// ?region=… where it needs one; "" is the folder.
func Open(address, folder string) (*Files, error) {
	if address == "" {
		d, err := openFolder(folder)
		return &Files{d}, err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || len(u.Path) < 2 || u.User == nil {
		return nil, fmt.Errorf("files: the address must look like s3://key:secret@host/bucket")
	}
	d, err := openBucket(u)
	return &Files{d}, err
}

// Put keeps data under a new name.
func (f *Files) Put(ctx context.Context, name string, data []byte) error {
	return f.do(ctx, name, func(ctx context.Context) error { return f.driver.put(ctx, name, data) })
}

// Get reads what is kept under a name.
func (f *Files) Get(ctx context.Context, name string) (data []byte, err error) {
	err = f.do(ctx, name, func(ctx context.Context) (err error) {
		data, err = f.driver.get(ctx, name)
		return err
	})
	return data, err
}

// Delete forgets a file; one that is not there is forgotten already.
func (f *Files) Delete(ctx context.Context, name string) error {
	err := f.do(ctx, name, func(ctx context.Context) error { return f.driver.delete(ctx, name) })
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	return err
}

// Ping says whether files can be kept.
func (f *Files) Ping(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return f.driver.ping(ctx)
}

// Close gives back what Open took.
func (f *Files) Close() error { return f.driver.close() }

func (f *Files) do(ctx context.Context, name string, work func(context.Context) error) error {
	if !proper(name) {
		return fmt.Errorf("files: %q is no name we made", name)
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	switch err := work(ctx); {
	case err == nil:
		return nil
	case errors.Is(err, errAbsent):
		return fault.ErrNotFound.Because(err)
	default:
		return ErrUnavailable.Because(err)
	}
}

// proper are names of small letters, digits and hyphens: they mean nothing to any file system.
func proper(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return len(name) >= 4 && len(name) <= 100
}
