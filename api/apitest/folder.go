package apitest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing/fstest"

	"jinlin/app"
	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

// start is which clock a service starts on.
type start int

const (
	still  start = iota // a test's own, which always shows the same time at first
	moving              // the machine's
)

// beginning is what a data folder is like before the service starts on it.
type beginning struct {
	start
	demo string
}

// furnished are data folders as services leave them that were built and closed again: the
// schema, the keys and perhaps the demo county. Every test on SQLite begins with a copy,
// which takes a hundredth of the time of building another.
var furnished = map[beginning]func() (fstest.MapFS, error){
	{still, "off"}: once(still, "off"), {still, "on"}: once(still, "on"),
	{moving, "off"}: once(moving, "off"), {moving, "on"}: once(moving, "on"),
}

func once(t0 start, demo string) func() (fstest.MapFS, error) {
	return sync.OnceValues(func() (fstest.MapFS, error) { return t0.build(demo) })
}

// furnish copies into a service's data folder what building it would make.
func (t0 start) furnish(c config.Config) error {
	content, err := furnished[beginning{t0, c.Demo}]()
	if err != nil {
		return err
	}
	return os.CopyFS(c.DataDir, content)
}

// build makes a data folder and keeps it in memory.
func (t0 start) build(demo string) (fstest.MapFS, error) {
	folder, err := os.MkdirTemp("", "jinlin-furnished-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	c, err := settingsOf(folder, "", []string{"JINLIN_DEMO=" + demo})
	if err != nil {
		return nil, err
	}
	clock := model.SystemClock
	if t0 == still {
		clock = storetest.NewClock().Now
	}
	a, err := app.Build(context.Background(), c, app.Options{Clock: clock})
	if err != nil {
		return nil, err
	}
	if err := a.Close(); err != nil {
		return nil, err
	}
	return read(folder)
}

func read(folder string) (fstest.MapFS, error) {
	content := fstest.MapFS{}
	err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		content[name] = &fstest.MapFile{Data: data, Mode: info.Mode()}
		return err
	})
	return content, err
}
