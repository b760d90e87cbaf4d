package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const journalName = "wechat-sandbox.jsonl"

// journal is an append-only file with one JSON line per fact. A line is handed
// to the operating system before the caller hears of its fact, so it survives
// the death of the process; it is not synced, so a power cut may cost the last
// second. That is enough for a sandbox and keeps a send at microseconds.
type journal struct {
	file   *os.File
	size   int64 // end of the last whole line
	broken error // set when a half-written line could not be taken back
}

// readJournal replays a journal, oldest fact first. A missing file is an empty
// one. A last line that is cut short or unreadable is what a killed process
// leaves behind: its caller never got an answer, so it is dropped. The same in
// the middle is damage, and an error.
func readJournal(path string, each func(fact)) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewReaderSize(file, 64<<10)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		var f fact
		if whole := err == nil; !whole {
			return nil
		} else if bad := json.Unmarshal(line, &f); bad == nil {
			each(f)
		} else if _, end := lines.Peek(1); end == io.EOF {
			return nil
		} else {
			return fmt.Errorf("%s is damaged in line %d; move it away to start afresh", filepath.Base(path), number)
		}
	}
}

// rewriteJournal replaces the journal by these facts in one step and leaves it
// open for more. A kill in between leaves the old journal whole.
func rewriteJournal(path string, facts []fact) (*journal, error) {
	var lines bytes.Buffer
	for _, f := range facts {
		if err := json.NewEncoder(&lines).Encode(f); err != nil {
			return nil, err
		}
	}
	draft := path + ".new"
	file, err := os.OpenFile(draft, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := settle(file, lines.Bytes(), draft, path); err != nil {
		file.Close()
		return nil, err
	}
	return &journal{file: file, size: int64(lines.Len())}, nil
}

func settle(file *os.File, content []byte, from, to string) error {
	if _, err := file.Write(content); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// append writes one fact. After an error the fact is not in the journal.
func (j *journal) append(f fact) error {
	if j.broken != nil {
		return j.broken
	}
	line, err := json.Marshal(f)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if _, err := j.file.WriteAt(line, j.size); err != nil {
		j.takeBack()
		return err
	}
	j.size += int64(len(line))
	return nil
}

// takeBack cuts off half a line, which the next fact would otherwise be glued to.
func (j *journal) takeBack() {
	if err := j.file.Truncate(j.size); err != nil {
		j.broken = fmt.Errorf("the journal cannot be repaired: %w", err)
	}
}

func (j *journal) close() error {
	j.broken = errClosed
	return j.file.Close()
}
