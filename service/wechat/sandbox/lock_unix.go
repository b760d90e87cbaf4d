//go:build unix

package sandbox

import (
	"errors"
	"os"
	"syscall"
)

// lockFolder keeps a second sandbox out of the folder: two of them would each
// compact the other's facts away. The lock dies with the process.
func lockFolder(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, errors.New("another sandbox is using the data folder")
	}
	return file, nil
}
