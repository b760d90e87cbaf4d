package imports

import (
	"encoding/json"

	"jinlin/model/fault"
	"jinlin/model/store"
)

// Bounds of a report.
const (
	maxProblems = 1000
	maxPreview  = 100 // of each sort of change
)

// Change is what a line would do, or did.
type Change string

// The changes.
const (
	Added     Change = "added"
	Changed   Change = "changed"
	Unchanged Change = "unchanged"
	Missing   Change = "missing" // in force and not in the file
)

// Report says what is wrong with a file, and shows some of what it would do.
type Report struct {
	Problems []Problem `json:"problems"` // the first 1,000
	More     int       `json:"more"`     // problems beyond those
	Preview  []Preview `json:"preview"`
	Ignored  []string  `json:"ignored"` // columns that nobody reads
}

// Problem is what is wrong with a line. It holds nothing of the line's text.
type Problem struct {
	Row    int    `json:"row"`
	Column string `json:"column,omitempty"` // as in the template; "" for the whole line
	Code   string `json:"code"`
	Other  int    `json:"other,omitempty"` // another row it has to do with
}

// Text is the problem in words.
func (p Problem) Text() fault.Text { return lineFaults[p.Code].Message }

// Preview is one line of the difference. Names, numbers and what is sensitive are masked.
type Preview struct {
	Row    int               `json:"row,omitempty"` // 0 for what is missing from the file
	Change Change            `json:"change"`
	Before map[string]string `json:"before,omitempty"`
	After  map[string]string `json:"after,omitempty"`
}

func (r *Report) wrong(p Problem) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, p)
		return
	}
	r.More++
}

// show adds to the preview while there is room for its sort of change.
func (r *Report) show(p Preview) {
	n := 0
	for _, shown := range r.Preview {
		if shown.Change == p.Change {
			n++
		}
	}
	if n < maxPreview {
		r.Preview = append(r.Preview, p)
	}
}

func (p *pass) reportPlace() store.Place {
	return store.Place{Table: "imports", Column: "report", Row: p.imp.ID.String()}
}

func (p *pass) sealReport(s *store.Store) error {
	text, err := json.Marshal(p.report)
	if err != nil {
		return err
	}
	p.imp.Report, err = s.Keys().Seal(p.reportPlace(), text)
	return err
}

func (p *pass) openReport(s *store.Store) error {
	if len(p.imp.Report) == 0 { // forgotten
		return nil
	}
	text, err := s.Keys().Open(p.reportPlace(), p.imp.Report)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &p.report)
}
