package api_test

import (
	"testing"

	"jinlin/api/apitest"
)

func TestMyBranchSaysWhoIsThereNow(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	wang, anybody := s.SignIn(t, "resident-wang"), s.Anybody(t)
	path := "/v1/my-branch?estateId=" + meOf(wang).Residences[0].EstateID
	var found struct {
		Secretary, GridWorker, Phone string
		Station                      stationView
		OnDuty                       struct {
			Phone  string
			People []struct{ Name, Until string }
		}
		Mine *struct{ Open int }
	}
	kept := anybody.Get(path).Want(200).Into(&found).Header
	if found.Secretary == "" || found.Phone == "" || found.OnDuty.Phone == "" || found.Mine != nil {
		t.Fatalf("%+v", found)
	}
	if found.Station.OpenNow == nil || !*found.Station.OpenNow || len(found.OnDuty.People) != 2 {
		t.Fatalf("%+v", found) // a Monday at ten
	}
	anybody.Get(path, "If-None-Match: "+kept.Get("ETag")).Want(304)
	mine := wang.Get(path).Want(200).Into(&found).Header
	if found.Mine == nil || mine.Get("Cache-Control") != "private, no-cache" || kept.Get("Cache-Control") != "public, max-age=60" {
		t.Fatalf("%v, %+v", mine, found.Mine)
	}
	var home struct{ Residences []struct{ BuildingID string } }
	wang.Get("/v1/me").Want(200).Into(&home)
	anybody.Get("/v1/my-branch?buildingId=" + home.Residences[0].BuildingID).Want(200).Into(&found)
	if found.GridWorker == "" { // a grid covers buildings, not estates
		t.Fatalf("%+v", found)
	}
	anybody.Get("/v1/my-branch").Refused(400, "invalid")
	found.GridWorker = ""
	answer := wang.Get("/v1/my-branch").Want(200).Into(&found)
	if found.GridWorker == "" || answer.Header.Get("Vary") != "Authorization" {
		t.Fatalf("where somebody lives: %+v, %v", found, answer.Header)
	}
	s.SignIn(t, "newcomer").Get("/v1/my-branch").Refused(400, "invalid")
}
