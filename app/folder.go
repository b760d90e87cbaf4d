package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"jinlin/config"
	"jinlin/model/store"
)

// prepareFolder makes the data folder and sees that it can be written.
func (a *App) prepareFolder(context.Context, Options) error {
	if err := os.MkdirAll(a.Config.DataDir, 0o750); err != nil {
		return fmt.Errorf("the data folder %s cannot be made: %w", a.Config.DataDir, err)
	}
	probe, err := os.CreateTemp(a.Config.DataDir, ".probe")
	if err != nil {
		return fmt.Errorf("the data folder %s cannot be written: %w", a.Config.DataDir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func fieldKeys(c config.Config) (*store.Keys, error) {
	text, err := keysOr(c.FieldKeys, c.DataDir, fieldKeyFile)
	if err != nil {
		return nil, err
	}
	versions, err := config.FieldKeys(text)
	if err != nil {
		return nil, keyFault(c, err)
	}
	masters := make([]store.MasterKey, len(versions))
	for i, v := range versions {
		masters[i] = store.MasterKey{Secret: v.Secret, Profile: store.AES}
		if v.SM {
			masters[i].Profile = store.SM
		}
	}
	return store.NewKeys(c.FieldKey, masters...)
}

const fieldKeyFile = "field.key"

// keyFault says where the key is that something is wrong with.
func keyFault(c config.Config, err error) error {
	if c.FieldKeys != "" {
		return named("JINLIN_FIELD_KEYS", err)
	}
	return named(filepath.Join(c.DataDir, fieldKeyFile), err)
}

func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func sessionKey(c config.Config) ([]byte, error) {
	const file = "session.key"
	text, err := keysOr(c.SessionKey, c.DataDir, file)
	if err != nil {
		return nil, err
	}
	keys, err := config.Keys(text)
	if err != nil { // what is configured was looked at when it was read
		return nil, named(filepath.Join(c.DataDir, file), err)
	}
	return keys[0], nil
}

// keysOr are the configured keys, or one that development keeps in the data folder.
func keysOr(configured, folder, file string) (string, error) {
	if configured != "" {
		return configured, nil
	}
	path := filepath.Join(folder, file)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		content, err = makeKey(path)
	}
	return strings.TrimSpace(string(content)), err
}

// makeKey writes a new key beside its place and moves it there, so that a start that is
// killed leaves a whole key or none. Of two starts at once, the one whose link wins counts.
func makeKey(path string) ([]byte, error) {
	key := make([]byte, store.KeySize)
	_, _ = rand.Read(key)
	draft, err := os.CreateTemp(filepath.Dir(path), ".key")
	if err != nil {
		return nil, err
	}
	defer os.Remove(draft.Name())
	if _, err := draft.WriteString(hex.EncodeToString(key) + "\n"); err != nil {
		return nil, err
	}
	if err := errors.Join(draft.Sync(), draft.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}
