package identity_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"jinlin/model"
	"jinlin/model/files"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/identity"
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
	letters := identity.NewCourier(pushes)
	w.texts = moderation.New(w.Store, rights, units, moderationtest.Markers{})
	w.uploads = upload.New(w.Store, folder, rights, units, nil, w.texts, letters, func() string { return "" }, false)
	w.mailbox = mailbox.New(w.Store, rights, units, w.texts, w.uploads, letters, mailbox.Defaults())
	w.texts.OnDecision(model.ModeratedMessage, w.mailbox.MessageDecided)
	w.texts.OnDecision(model.ModeratedUpload, w.uploads.Decided)
	w.uploads.AttachTo(model.HeldByRequest, w.mailbox)
	w.Service = identity.New(w.Store, rights, units, pushes, account.PhoneOf)
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

// rows are all rows of all tables, each as the text of its values behind the table's name.
func (w *world) rows() (rows []string) {
	w.T.Helper()
	query := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	if w.Store.Dialect() == store.SQLite {
		query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	}
	for _, table := range w.read(query) {
		for _, row := range w.read("SELECT * FROM " + strings.TrimSpace(table)) {
			rows = append(rows, strings.TrimSpace(table)+":"+row)
		}
	}
	return rows
}

func (w *world) read(query string) (found []string) {
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
		var b strings.Builder
		for _, v := range values {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			fmt.Fprintf(&b, " %v", v)
		}
		found = append(found, b.String())
	}
	w.Must(rows.Err())
	return found
}

// naming are the rows that name both one of some people and one of some matters.
func naming(rows []string, people, matters []string) (both []string) {
	has := func(row string, words []string) bool {
		for _, word := range words {
			if strings.Contains(row, word) {
				return true
			}
		}
		return false
	}
	for _, row := range rows {
		if has(row, people) && has(row, matters) {
			both = append(both, fmt.Sprintf("%q", row))
		}
	}
	return both
}

// asBoth is an id in the ways in which databases and texts have it.
func asBoth[T any](id model.ID[T]) []string { return []string{string(id[:]), id.String()} }
