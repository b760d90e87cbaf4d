//go:build !unix

package sandbox

import "os"

// lockFolder only marks the folder where the system offers no advisory lock in
// the standard library: here the operator must not start two sandboxes on it.
func lockFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
