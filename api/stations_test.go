package api_test

import (
	"testing"

	"jinlin/api/apitest"
)

type stationView struct {
	ID, Name, Phone      string
	OpenNow              *bool
	OpenUntil, OpensNext string
	Serves               []struct{ ID, Name string }
}

// week are hours from Monday to Friday as a client sends them.
func week(spans ...map[string]string) map[string]any {
	hours := map[string]any{"saturday": spans[:0], "sunday": spans[:0], "holiday": spans[:0]}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday"} {
		hours[day] = spans
	}
	return hours
}

func TestAStationIsDescribedAndAskedFor(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	worker, anybody := s.SignIn(t, "worker-nancheng"), s.Anybody(t)
	community := meOf(worker).Roles[0].Unit.ID
	var list struct{ Items []stationView }
	anybody.Get("/v1/stations?communityId=" + community).Want(200).Into(&list)
	if len(list.Items) != 6 || len(list.Items[0].Serves) == 0 {
		t.Fatalf("%+v", list)
	}
	path := "/v1/stations/" + list.Items[0].ID
	var one stationView
	tag := anybody.Get(path).Want(200).Into(&one).Header.Get("ETag")
	profile := map[string]any{
		"areaSquareMetres": 200, "rooms": []map[string]any{{"name": "议事室", "seats": 20}},
		"hours": week(map[string]string{"from": "08:00", "until": "12:00"}, map[string]string{"from": "14:30", "until": "18:00"}),
	}
	worker.Put(path, profile, "If-Match: "+tag).Want(200).Into(&one)
	worker.Put(path, profile, "If-Match: "+tag).Refused(412, "changed_meanwhile")
	s.SignIn(t, "resident-wang").Put(path, profile).Refused(403, "forbidden")
	s.SignIn(t, "worker-02").Put(path, profile).Refused(404, "not_found")
	if one.OpenNow == nil || !*one.OpenNow || one.OpenUntil != "2026-11-23T04:00:00Z" || one.OpensNext != "2026-11-23T06:30:00Z" {
		t.Fatalf("%+v", one)
	}
	worker.Put(path+"/days/2026-11-23", map[string]any{"hours": []any{}, "reason": "检修"}).Want(200)
	if anybody.Get(path).Want(200).Into(&one); *one.OpenNow {
		t.Fatal("open while it is closed")
	}
	anybody.Get(path + "/days?from=2026-11-01&to=2026-11-30").Want(200)
	worker.Delete(path + "/days/2026-11-23").Want(204)
	profile["hours"] = week(map[string]string{"from": "12:00", "until": "08:00"})
	worker.Put(path, profile).Refused(400, "invalid_hours")
	anybody.Get(path + "/versions").Want(200)
	anybody.Get("/v1/stations?branchId=" + one.Serves[0].ID).Want(200).Into(&list)
	if len(list.Items) != 1 || list.Items[0].ID != one.ID {
		t.Fatalf("%+v", list)
	}
}

func TestTheCatalogueIsKeptByCaches(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	worker, anybody := s.SignIn(t, "worker-nancheng"), s.Anybody(t)
	var list struct{ Items []stationView }
	anybody.Get("/v1/stations?communityId=" + meOf(worker).Roles[0].Unit.ID).Want(200).Into(&list)
	path := "/v1/stations/" + list.Items[0].ID + "/services"
	item := map[string]any{
		"unitId": list.Items[0].ID, "name": "便民打印", "steps": "到前台。", "documents": []string{}, "answers": "值班人员", "contact": "0350-6000001",
	}
	var added struct {
		ID      string
		Version int
	}
	tag := worker.Post("/v1/services", item, "Idempotency-Key: s").Want(201).Into(&added).Header.Get("ETag")
	worker.Post("/v1/services", item, "Idempotency-Key: s").Want(201)
	kept := anybody.Get(path).Want(200).Header
	if kept.Get("Cache-Control") != "public, max-age=300" {
		t.Fatalf("%v", kept)
	}
	if again := anybody.Get(path, "If-None-Match: "+kept.Get("ETag")).Want(304); len(again.Body) != 0 {
		t.Fatalf("304 with %q", again.Body)
	}
	delete(item, "unitId")
	item["steps"] = "到前台，每张两角。"
	worker.Put("/v1/services/"+added.ID, item, "If-Match: "+tag).Want(200)
	worker.Put("/v1/services/"+added.ID, item, "If-Match: "+tag).Refused(412, "changed_meanwhile")
	anybody.Get(path, "If-None-Match: "+kept.Get("ETag")).Want(200)
	worker.Delete("/v1/services/" + added.ID).Want(204)
	var versions struct{ Items []struct{ Version int } }
	anybody.Get("/v1/services/" + added.ID + "/versions").Want(200).Into(&versions)
	if len(versions.Items) != 2 {
		t.Fatalf("%+v", versions)
	}
}

func TestTheCalendarIsPublicAndTheClerks(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	clerk, anybody := s.SignIn(t, "clerk-county"), s.Anybody(t)
	var days struct {
		Items []struct {
			Date, Kind string
			Working    bool
		}
	}
	anybody.Get("/v1/calendar?from=2026-10-01&to=2026-10-10").Want(200).Into(&days)
	if len(days.Items) != 10 || days.Items[0].Kind != "holiday" || !days.Items[9].Working {
		t.Fatalf("%+v", days)
	}
	anybody.Get("/v1/calendar?from=2026-10-01&to=2029-10-10").Refused(400, "invalid")
	change := map[string]string{"kind": "holiday", "name": "县庆"}
	s.SignIn(t, "worker-nancheng").Put("/v1/calendar/2026-10-08", change).Refused(403, "forbidden")
	tag := clerk.Put("/v1/calendar/2026-10-08", change).Want(200).Header.Get("ETag")
	clerk.Put("/v1/calendar/2026-10-08", change, "If-Match: "+tag).Want(200)
	clerk.Put("/v1/calendar/2026-10-08", change, "If-Match: "+tag).Refused(412, "changed_meanwhile")
	clerk.Delete("/v1/calendar/2026-10-08").Want(204)
}
