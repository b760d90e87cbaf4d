package identity_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/files"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/identity"
	"jinlin/service/jobs"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/moderation/moderationtest"
	"jinlin/service/org"
	"jinlin/service/push"
	"jinlin/service/upload"
)

// world is a community with two estates, each led by a branch, and a mailbox.
type world struct {
	storetest.World
	*identity.Service
	mailbox *mailbox.Service
	texts   *moderation.Service
	uploads *upload.Service
	letters identity.Courier
	past    *sql.DB

	estate, branch, otherEstate, otherBranch model.UnitID
	wang, li                                 model.Actor
	secretary                                model.Actor // of the first branch
	clerk, second, town, auditor             model.Actor
}

const phone = "13800138000"

func newWorld(t testing.TB, s *store.Store, clock *storetest.Clock, past *sql.DB) *world {
	t.Helper()
	w := &world{World: storetest.World{T: t, Store: s, Clock: clock}, past: past}
	county := w.Unit(model.County, model.UnitID{})
	town := w.Unit(model.Town, county)
	community := w.Unit(model.Community, town)
	w.estate, w.branch = w.Unit(model.Estate, community), w.Unit(model.Branch, community)
	w.otherEstate, w.otherBranch = w.Unit(model.Estate, community), w.Unit(model.Branch, community)
	w.Cover(w.branch, w.estate)
	w.Cover(w.otherBranch, w.otherEstate)
	w.wang, w.li = w.Person("王桂花"), w.Person("李建国")
	w.LivesIn(w.wang, w.estate, w.estate)
	number, err := account.NewPhone(s, w.wang.User, phone)
	w.Must(err)
	w.Must(s.Phones.Add(t.Context(), number))
	w.secretary = w.Staff(model.Secretary, w.branch)
	w.clerk, w.second, w.auditor = w.Staff(model.CountyClerk, county), w.Staff(model.CountyClerk, county), w.Staff(model.Auditor, county)
	w.town = w.Staff(model.TownCommittee, town)
	w.open()
	return w
}

func (w *world) open() {
	w.T.Helper()
	folder, err := files.Open("", w.T.TempDir())
	w.Must(err)
	w.T.Cleanup(func() { _ = folder.Close() })
	units := org.New(w.Store)
	rights := access.New(w.Store, units)
	pushes := push.New(w.Store, rights, units, nil, push.Settings{})
	w.letters = identity.NewCourier(w.Store, pushes)
	w.texts = moderation.New(w.Store, rights, units, moderationtest.Markers{})
	w.uploads = upload.New(w.Store, folder, rights, units, nil, w.texts, w.letters, func() string { return "" }, false)
	w.mailbox = mailbox.New(w.Store, rights, units, w.texts, w.uploads, w.letters, mailbox.Defaults())
	w.texts.OnDecision(model.ModeratedMessage, w.mailbox.MessageDecided)
	w.texts.OnDecision(model.ModeratedUpload, w.uploads.Decided)
	w.uploads.AttachTo(model.HeldByRequest, w.mailbox)
	w.Service = identity.New(w.Store, rights, units, account.PhoneOf)
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		test(t, newWorld(t, s, clock, past))
	})
}

// submits is a sealed request about an estate.
func (w *world) submits(who model.Actor, estate model.UnitID, uploads ...model.UploadID) model.RequestID {
	w.T.Helper()
	state, err := w.mailbox.Submit(w.T.Context(), who, sealedAbout(estate, uploads...))
	w.Must(err)
	return state.ID
}

func sealedAbout(estate model.UnitID, uploads ...model.UploadID) mailbox.Submission {
	return mailbox.Submission{Category: "property", Text: "物业收费不公开", Identity: model.IdentitySealed, EstateID: estate, Uploads: uploads}
}

// photo is one that somebody has sent.
func (w *world) photo(by model.Actor) model.UploadID {
	w.T.Helper()
	var drawn bytes.Buffer
	w.Must(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 4, 3))))
	u, err := w.uploads.Keep(w.T.Context(), by, &drawn)
	w.Must(err)
	return u.ID
}

func (w *world) label(id model.RequestID) string {
	w.T.Helper()
	view, err := w.mailbox.Read(w.T.Context(), w.clerk, id)
	w.Must(err)
	return view.Label
}

// inbox lets more than a quarter of an hour pass, and gives what somebody has been told by then.
func (w *world) inbox(who model.Actor) []model.Message {
	w.T.Helper()
	w.Clock.Move(16 * time.Minute)
	w.works(w.Store)
	told, err := w.Store.Messages.List(w.T.Context(), who.User, model.Page{})
	w.Must(err)
	return told.Items
}

// works tells sealed identities what is due.
func (w *world) works(s *store.Store) int {
	w.T.Helper()
	runner := jobs.New(s, slog.New(slog.DiscardHandler), 1)
	runner.Handle(identity.NoticeJob, w.letters.Deliver)
	done, err := runner.Drain(w.T.Context())
	w.Must(err)
	return done
}

// row is the values of a row behind the name of its table.
type row []any

func (r row) String() string {
	var b strings.Builder
	for _, v := range r {
		fmt.Fprintf(&b, " %v", v)
	}
	return b.String()
}

var (
	timeInText = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{3}`)
	idInText   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// moments are the times in a row, and those at which the ids in it were made, in milliseconds.
func (r row) moments() (found []int64) {
	for _, v := range r {
		if at, ok := v.(time.Time); ok {
			found = append(found, at.UnixMilli())
		}
		text, _ := v.(string)
		for _, part := range timeInText.FindAllString(text, -1) {
			if at, err := time.Parse("2006-01-02 15:04:05.000", strings.Replace(part, "T", " ", 1)); err == nil {
				found = append(found, at.UnixMilli())
			}
		}
		for _, part := range idInText.FindAllString(text, -1) {
			if id, err := model.ParseID[any](part); err == nil {
				found = append(found, id.Time().UnixMilli())
			}
		}
		if id := (model.ID[any]{}); len(text) == len(id) && text[6]>>4 == 7 {
			copy(id[:], text)
			found = append(found, id.Time().UnixMilli())
		}
	}
	return found
}

// rows are all rows of all tables.
func (w *world) rows() (rows []row) {
	w.T.Helper()
	query := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	if w.Store.Dialect() == store.SQLite {
		query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	}
	for _, table := range w.read(query) {
		for _, values := range w.read(fmt.Sprint("SELECT * FROM ", table[0])) {
			rows = append(rows, append(row{table[0]}, values...))
		}
	}
	return rows
}

func (w *world) read(query string) (found []row) {
	w.T.Helper()
	rows, err := w.past.QueryContext(w.T.Context(), query)
	w.Must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.Must(err)
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		w.Must(rows.Scan(into...))
		read := make(row, len(values))
		for i, v := range values {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			read[i] = v
		}
		found = append(found, read)
	}
	w.Must(rows.Err())
	return found
}

// naming are the rows that name both one of some people and one of some matters.
func naming(rows []row, people, matters []string) (both []string) {
	for _, r := range rows {
		if r.has(people) && r.has(matters) {
			both = append(both, fmt.Sprintf("%q", r.String()))
		}
	}
	return both
}

func (r row) has(words []string) bool {
	text := r.String()
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// meeting are the rows that name one of some people and have a time since some moment in common
// with a row that names one of some matters.
func meeting(rows []row, since time.Time, people, matters []string) (pairs []string) {
	at := map[int64]row{}
	for _, r := range rows {
		for _, moment := range r.moments() {
			if moment >= since.UnixMilli() && r.has(matters) {
				at[moment] = r
			}
		}
	}
	for _, r := range rows {
		for _, moment := range r.moments() {
			if other, met := at[moment]; met && r.has(people) {
				pairs = append(pairs, fmt.Sprintf("%q\nand %q", r.String(), other.String()))
			}
		}
	}
	return pairs
}

// asBoth is an id in the ways in which databases and texts have it.
func asBoth[T any](id model.ID[T]) []string { return []string{string(id[:]), id.String()} }
