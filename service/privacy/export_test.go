package privacy_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
	"jinlin/service/privacy"
)

// taken is somebody's export as they get it.
type taken struct {
	text  string
	parts map[string][]map[string]any
	files []takenFile
}

type takenFile struct {
	ID, Name, ContentType string
	Data                  []byte
}

func (w *world) takes(who model.Actor) taken {
	w.T.Helper()
	export, err := w.Export(w.T.Context(), who)
	w.Must(err)
	var out bytes.Buffer
	w.Must(export.Write(w.T.Context(), &out, func(t fault.Text) string { return t.ZH }))
	var read struct {
		ExportedAt time.Time
		Parts      []struct {
			Name, Title string
			Items       []map[string]any
		}
		Files []takenFile
	}
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		w.T.Fatalf("%v: %s", err, out.Bytes())
	}
	got := taken{text: out.String(), parts: map[string][]map[string]any{}, files: read.Files}
	for _, part := range read.Parts {
		if part.Title == "" || len(part.Items) == 0 || got.parts[part.Name] != nil {
			w.T.Errorf("the part %s: %q with %d rows", part.Name, part.Title, len(part.Items))
		}
		got.parts[part.Name] = part.Items
	}
	if read.ExportedAt.IsZero() || len(read.Files) == 0 {
		w.T.Errorf("%s", out.Bytes()[:100])
	}
	return got
}

func TestAnExportIsAllOfOnePersonAndNothingOfAnother(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock, past)
		request := w.lives()
		now, li := clock.Now(), w.Person("李建国")
		theirs := model.Request{
			ID: model.NewID[model.Request](now), Receipt: "R2", SubmitterID: li.User, Identity: model.IdentityNamed, Category: "facilities", Text: "李家漏水",
			EstateID: w.estate, BranchID: w.estate, CommunityID: w.estate, TownID: w.estate, Status: model.RequestClosed, DueAt: now, CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		w.Must(s.Requests.Add(t.Context(), &theirs))
		event := func(id model.RequestID, seq int, held bool, text string) {
			w.Must(s.RequestEvents.Add(t.Context(), &model.RequestEvent{ID: model.NewID[model.RequestEvent](now), RequestID: id, Seq: seq, Kind: model.MoveMessage, Party: model.PartyStaff, ActorID: li.User, Held: held, Text: text, At: now}))
		}
		event(theirs.ID, 1, false, "李家的事")
		event(request, 2, false, "师傅明天到")
		event(request, 3, true, "还没有说")

		got := w.takes(w.wang)
		for _, want := range []string{w.said(), "王桂花家门口", "王桂花帮邻居", "王小明", "13800138000", "王桂花您好", `"room":"301"`, "师傅明天到", `"name":"王小雨"`, `"birthMonth":"2018-05"`, "王桂花快递", "203.0.113.*", `"actorId":"me"`, `"actorId":"other"`} {
			if !strings.Contains(got.text, want) {
				t.Errorf("%q is not in %s", want, got.text)
			}
		}
		known := append([]string{"李建国", "李家", "还没有说", w.openID + `"`}, li.User.String(), theirs.ID.String())
		for _, other := range known {
			if strings.Contains(got.text, other) {
				t.Errorf("%q is in %s", other, got.text)
			}
		}
		for _, part := range []string{"requests", "request_events", "moderation_items", "points_awards", "messages", "sign_ups", "residences", "children", "employments", "employment_events", "desk_logins", "sessions", "phones", "wechat_accounts", "consents", "users"} {
			if len(got.parts[part]) == 0 {
				t.Errorf("nothing of %s", part)
			}
		}
		if row := got.parts["phones"][0]; row["sealed"] != "13800138000" || row["phoneHash"] != nil || row["userId"] != "me" {
			t.Errorf("%v", row)
		}
		if row := got.parts["sessions"][0]; row["tokenHash"] != nil {
			t.Errorf("%v", row)
		}
		for i, f := range got.files {
			if len(got.files) != 2 || f.ID != w.wang.User.String() || f.Name != fmt.Sprint(i, ".jpg") || string(f.Data) != "pixels of "+w.wang.User.String() {
				t.Errorf("%+v", f)
			}
		}
		if other := w.takes(li); strings.Contains(other.text, "王桂花") || strings.Contains(other.text, "师傅") || !strings.Contains(other.text, "李家漏水") {
			t.Errorf("%s", other.text)
		}
	})
}

func TestAnExportIsInTheRecordAndHasALimit(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock, past)
		refused := func() error { _, err := w.Export(t.Context(), w.wang); return err }
		_, err := w.Export(t.Context(), model.Actor{})
		w.ExpectFault(err, fault.ErrUnauthenticated)
		if done := w.AtOnce(8, func(int) error { return refused() }, fault.ErrRateLimited); done != privacy.ExportsPerDay {
			t.Errorf("%d exports", done)
		}
		w.ExpectFault(refused(), fault.ErrRateLimited)
		record, err := s.Audit.List(t.Context(), model.Page{})
		w.Must(err)
		if len(record.Items) != privacy.ExportsPerDay || record.Items[0].Action != "privacy.export" || record.Items[0].ActorID != w.wang.User {
			t.Errorf("%+v", record.Items)
		}
		clock.Move(14 * time.Hour)
		w.Must(refused())
	})
}

func TestAnExportOfAThousandRowsIsReadPageByPage(t *testing.T) {
	storetest.EachPast(t, func(t *testing.T, s *store.Store, clock *storetest.Clock, past *sql.DB) {
		w := newWorld(t, s, clock, past)
		var messages []*model.Message
		for range 1000 {
			messages = append(messages, &model.Message{ID: model.NewID[model.Message](clock.Now()), UserID: w.wang.User, Kind: "x", Title: "t", Text: "t", CreatedAt: clock.Now()})
		}
		w.Must(s.Messages.Add(t.Context(), messages...))
		seen := map[any]bool{}
		for _, row := range w.takes(w.wang).parts["messages"] {
			seen[row["id"]] = true
		}
		if len(seen) != 1000 {
			t.Errorf("%d of 1000 messages", len(seen))
		}
	})
}
