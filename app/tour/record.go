package tour

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// fact is something the service acknowledged, and so must never lose.
type fact struct {
	Kind    string `json:"kind"`             // which list of verify.go's
	ID      string `json:"id"`               // of the thing
	Within  string `json:"within,omitempty"` // what it belongs to or is told by, where reading it back needs that
	Persona string `json:"persona"`          // who may read it back
	Reached string `json:"reached,omitempty"`
}

// record is a file of facts, one a line.
type record struct{ file *os.File }

// openRecord opens a file to append to; no name gives no record. A last line that a kill
// tore off goes: its fact was never counted as acknowledged.
func openRecord(name string) (*record, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the record cannot be written: %w", err)
	}
	content, err := io.ReadAll(file)
	whole := int64(bytes.LastIndexByte(content, '\n') + 1)
	if err == nil {
		err = file.Truncate(whole)
	}
	if err == nil {
		_, err = file.Seek(whole, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the record cannot be continued: %w", err), file.Close())
	}
	return &record{file: file}, nil
}

// add has the fact on disk when it returns.
func (r *record) add(f fact) error {
	if r == nil {
		return nil
	}
	line, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if _, err = r.file.Write(append(line, '\n')); err == nil {
		err = r.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("the record cannot be written: %w", err)
	}
	return nil
}

func (r *record) close() error {
	if r == nil {
		return nil
	}
	return r.file.Close()
}

// acknowledged records what this answer says has happened.
func (p *person) acknowledged(a *answer, f fact) *answer {
	if a.err != nil {
		return a
	}
	f.Persona = p.persona
	if err := p.client.record.add(f); err != nil {
		a.fail(err)
	}
	return a
}
