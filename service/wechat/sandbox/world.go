package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// world is what WeChat remembers: the state that survives a restart. Nothing in
// it changes but through record.
type world struct {
	users     map[string]*user // by openid
	templates map[string]Template
	messages  []*Message // in the order WeChat accepted them
	checks    map[string]*MediaCheck
	account   officialState

	personas []Persona
	journal  *journal // nil when everything is in memory
	lock     *os.File
}

// fact is one line of the journal. Each part states how something is from now
// on, never by how much it changed, so that replaying is plain assignment; the
// parts of one line became true together.
type fact struct {
	User        *userFact    `json:"user,omitempty"`
	Visit       *visitFact   `json:"visit,omitempty"`
	Grant       *grantFact   `json:"grant,omitempty"`
	Template    *Template    `json:"template,omitempty"`
	Message     *Message     `json:"message,omitempty"`
	MediaCheck  *MediaCheck  `json:"mediaCheck,omitempty"`
	Draft       *Draft       `json:"draft,omitempty"`
	Publication *Publication `json:"publication,omitempty"`
	MassSend    *MassSend    `json:"massSend,omitempty"`
}

type userFact struct {
	Persona string `json:"persona"`
}

type visitFact struct {
	Persona string    `json:"persona"`
	At      time.Time `json:"at"`
}

type grantFact struct {
	Persona    string `json:"persona"`
	TemplateID string `json:"templateId"`
	grant
}

// openWorld replays the folder's journal and compacts it.
func openWorld(dir string, personas []Persona) (*world, error) {
	w := &world{personas: personas}
	w.begin()
	if dir == "" {
		return w, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	path := filepath.Join(dir, journalName)
	if w.lock, err = lockFolder(path + ".lock"); err != nil {
		return nil, err
	}
	if err = readJournal(path, w.apply); err == nil {
		w.journal, err = rewriteJournal(path, w.facts())
	}
	if err != nil {
		w.lock.Close()
		return nil, err
	}
	return w, nil
}

// begin sets the world to its first day.
func (w *world) begin() {
	w.users = map[string]*user{}
	w.templates = map[string]Template{}
	w.messages = nil
	w.checks = map[string]*MediaCheck{}
	w.account = officialState{drafts: map[string]*Draft{}, publications: map[int64]*Publication{}}
	for _, t := range firstTemplates() {
		w.templates[t.ID] = t
	}
	for _, p := range w.personas {
		w.user(p.Name).display = p.Display
	}
}

// startAfresh forgets everything, on disk first.
func (w *world) startAfresh() error {
	if w.journal != nil {
		if err := w.journal.file.Truncate(0); err != nil {
			return err
		}
		w.journal.size = 0
	}
	w.begin()
	return nil
}

// record makes a fact true: in the journal, then in memory.
func (w *world) record(f fact) error {
	if w.journal != nil {
		if err := w.journal.append(f); err != nil {
			return fmt.Errorf("wechat sandbox: %w", err)
		}
	}
	w.apply(f)
	return nil
}

func (w *world) apply(f fact) {
	if f.User != nil {
		w.user(f.User.Persona)
	}
	if f.Visit != nil {
		w.user(f.Visit.Persona).lastVisit = f.Visit.At
	}
	if f.Grant != nil {
		w.user(f.Grant.Persona).grants[f.Grant.TemplateID] = f.Grant.grant
	}
	if f.Template != nil {
		w.templates[f.Template.ID] = *f.Template
	}
	if f.Message != nil {
		w.deliver(f.Message)
	}
	if f.MediaCheck != nil {
		w.checks[f.MediaCheck.TraceID] = f.MediaCheck
	}
	w.account.apply(f)
}

func (w *world) deliver(m *Message) {
	w.messages = append(w.messages, m)
	u := w.user(m.Persona)
	u.messages = append(u.messages, m)
}

// facts is the shortest journal that leads to this world.
func (w *world) facts() []fact {
	var all []fact
	for _, u := range w.everybody() {
		all = append(all, u.facts()...)
	}
	for _, t := range w.changedTemplates() {
		all = append(all, fact{Template: &t})
	}
	for _, m := range w.messages {
		all = append(all, fact{Message: m})
	}
	for _, c := range w.imageChecks() {
		all = append(all, fact{MediaCheck: c})
	}
	return append(all, w.account.facts()...)
}

func (w *world) close() error {
	if w.journal == nil || errors.Is(w.journal.broken, errClosed) {
		return nil
	}
	err := w.journal.close()
	if unlock := w.lock.Close(); err == nil {
		err = unlock
	}
	return err
}
