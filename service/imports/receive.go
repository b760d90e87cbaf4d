package imports

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/sheet"
)

// spooled is a file on its way through: an unpacker must be able to jump in it.
type spooled struct {
	*os.File
	size   int64
	digest []byte
}

// spool writes what comes in to a temporary file. Fault: import_too_large.
func spool(from io.Reader) (*spooled, error) {
	file, err := os.CreateTemp("", "jinlin-import-*")
	if err != nil {
		return nil, err
	}
	// Nobody else shall open it, and it goes with the process.
	f := &spooled{File: file}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	sum := sha256.New()
	f.size, err = io.Copy(io.MultiWriter(file, sum), io.LimitReader(from, maxBytes+1))
	if err == nil && f.size > maxBytes {
		err = ErrTooLarge
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	f.digest = sum.Sum(nil)
	return f, nil
}

func (f *spooled) discard() { _ = f.Close() }

// line is a line as it is written down: its cells in plain form, in the order of the kind's
// columns.
type line struct {
	Row   int      `json:"r"`
	Cells []string `json:"c"`
}

// receive reads a file and writes its lines down, but for those that are wrong in
// themselves, which it reports. Faults: those of package sheet, column_missing,
// import_too_many_lines.
func (p *pass) receive(ctx context.Context, file *spooled) error {
	table, err := sheet.Open(file, file.size, p.kind.knows)
	if err != nil {
		return err
	}
	defer table.Close()
	positions, err := p.positions(table.Header)
	if err != nil {
		return err
	}
	if err := p.svc.store.Imports.Add(ctx, &p.imp); err != nil {
		return err
	}
	seed, first := maphash.MakeSeed(), map[uint64]int{}
	var lines []line
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return p.writeDown(ctx, lines)
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(row.Cells[slices.IndexFunc(row.Cells, func(c string) bool { return c != "" })], exampleMark) {
			continue
		}
		p.imp.LineCount++
		l, ok := p.read(row, positions)
		if !ok {
			p.imp.Invalid++
			continue
		}
		key := maphash.String(seed, p.kind.keyOf(l))
		if earlier, met := first[key]; met {
			p.imp.Invalid++
			p.report.wrong(Problem{Row: row.Number, Code: ErrRepeated.Code, Other: earlier})
			continue
		}
		first[key] = row.Number
		if lines = append(lines, l); len(lines) == chunkLines {
			if err := p.writeDown(ctx, lines); err != nil {
				return err
			}
			lines = lines[:0]
		}
	}
}

// positions says where in the file each column of the kind is; -1 where it is not.
func (p *pass) positions(header []string) ([]int, error) {
	positions, used := make([]int, len(p.kind.columns)), map[int]bool{}
	var missing []fault.Field
	for i, column := range p.kind.columns {
		positions[i] = slices.IndexFunc(header, column.is)
		used[positions[i]] = true
		if positions[i] < 0 && column.required {
			missing = append(missing, fault.Field{Path: column.name, Code: ErrColumns.Code, Message: fault.Text{ZH: "缺少“" + column.name + "”列。", EN: "This column is missing."}})
		}
	}
	for i, name := range header {
		if !used[i] && name != "" && len(p.report.Ignored) < 20 {
			p.report.Ignored = append(p.report.Ignored, short(name))
		}
	}
	if len(missing) > 0 {
		return nil, ErrColumns.WithFields(missing...)
	}
	return positions, nil
}

// read brings a row to its plain form and says whether it is right in itself.
func (p *pass) read(row sheet.Row, positions []int) (line, bool) {
	l, right, today := line{Row: row.Number, Cells: make([]string, len(positions))}, true, model.DateOf(p.svc.store.Now())
	for i, at := range positions {
		text := ""
		if at >= 0 && at < len(row.Cells) {
			text = sheet.Plain(row.Cells[at])
		}
		plain, wrong := p.kind.columns[i].read(text, today)
		if wrong != nil {
			right = false
			p.report.wrong(Problem{Row: row.Number, Column: p.kind.columns[i].name, Code: wrong.Code})
		}
		l.Cells[i] = plain
	}
	return l, right
}

// writeDown seals lines into the next chunk.
func (p *pass) writeDown(ctx context.Context, lines []line) error {
	if len(lines) == 0 {
		return nil
	}
	if p.imp.Chunks == maxChunks {
		return ErrTooMany
	}
	content, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	s := p.svc.store
	sealed, err := s.Keys().Seal(chunkPlace(p.imp.ID, p.imp.Chunks), content)
	if err != nil {
		return err
	}
	if err := s.ImportChunks.Add(ctx, &model.ImportChunk{ImportID: p.imp.ID, Number: p.imp.Chunks, Content: sealed}); err != nil {
		return err
	}
	p.imp.Chunks++
	return nil
}

func chunkPlace(id model.ImportID, number int) store.Place {
	return store.Place{Table: "import_chunks", Column: "content", Row: id.String() + "/" + strconv.Itoa(number)}
}

// lines opens a chunk.
func (p *pass) lines(ctx context.Context, s *store.Store, number int) (lines []line, err error) {
	chunk, err := s.ImportChunks.Get(ctx, p.imp.ID, number)
	if err != nil {
		return nil, err
	}
	content, err := s.Keys().Open(chunkPlace(p.imp.ID, number), chunk.Content)
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(content, &lines)
	return lines, err
}

func short(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), 32)])
}
