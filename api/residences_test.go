package api_test

import (
	"strings"
	"testing"

	"jinlin/api/apitest"
)

// dwelling is a person's home as the API shows it.
type dwelling struct {
	ID, EstateID, BuildingID, Stairwell, Room, Status, VerifiedBy string
}

func homeOf(p *apitest.Person) dwelling {
	var me struct{ Residences []dwelling }
	p.Get("/v1/me").Want(200).Into(&me)
	return me.Residences[0]
}

func TestAFamilyMovesInByPhoneSheetSecretaryAndWord(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	wang, secretary, tianyue := s.SignIn(t, "resident-wang"), s.SignIn(t, "secretary-hongqiao"), s.SignIn(t, "secretary-tianyue")
	home := homeOf(wang)
	if home.Status != "verified" || home.VerifiedBy != "roster" || phoneOf(wang) != "139****0001" {
		t.Fatalf("%+v %s", home, phoneOf(wang))
	}
	at := func(change map[string]any) map[string]any {
		door := map[string]any{"buildingId": home.BuildingID, "stairwell": home.Stairwell + "单元", "room": home.Room, "relation": "family"}
		for name, value := range change {
			door[name] = value
		}
		return door
	}
	wang.Post("/v1/me/residences", at(nil)).Refused(409, "already_registered")
	for _, owned := range []string{"status", "userId", "verifiedBy", "estateId", "householdId", "id", "decidedAt"} {
		wang.Post("/v1/me/residences", at(map[string]any{owned: "verified"})).Refused(400, "unknown_field")
	}

	// A son waits, and his mother vouches for him.
	son := s.SignIn(t, "son")
	var r dwelling
	son.Post("/v1/me/residences", at(nil)).Want(201).Into(&r)
	if r.Status != "pending" {
		t.Fatalf("%+v", r)
	}
	var members struct {
		Items []struct {
			ID, Nickname, Status string
			Me                   bool
		}
	}
	wang.Get("/v1/me/residences/" + home.ID + "/members").Want(200).Into(&members)
	if len(members.Items) != 2 {
		t.Fatalf("%+v", members)
	}
	son.Get("/v1/me/residences/"+r.ID+"/members").Refused(403, "no_say_in_household")
	son.Get("/v1/me/residences/"+home.ID+"/members").Refused(404, "not_found")
	wang.Post("/v1/me/residences/"+home.ID+"/vouches", map[string]string{"residenceId": r.ID}).Want(201)
	if got := homeOf(son); got.Status != "verified" || got.VerifiedBy != "vouch" {
		t.Fatalf("%+v", got)
	}
	wang.Delete("/v1/me/residences/" + home.ID + "/vouches/" + r.ID).Want(204)

	// A tenant reads the sheet in the stairwell.
	var stairwells struct{ Items []struct{ ID, Name string } }
	s.Anybody(t).Get("/v1/stairwells?buildingId=" + home.BuildingID).Want(200).Into(&stairwells)
	sheet := ""
	for _, st := range stairwells.Items {
		if st.Name == home.Stairwell {
			sheet = "/v1/stairwells/" + st.ID + "/door-codes"
		}
	}
	tianyue.Post(sheet, nil).Refused(404, "not_found")
	wang.Post(sheet, nil).Refused(403, "forbidden")
	var code struct{ Code string }
	secretary.Post(sheet, nil).Want(201).Into(&code)
	tenant := s.SignIn(t, "tenant")
	tenant.Post("/v1/me/residences", at(map[string]any{"doorCode": "23456789"})).Refused(400, "door_code_wrong")
	tenant.Post("/v1/me/residences", at(map[string]any{"doorCode": strings.ToLower(code.Code)}), "Idempotency-Key: once").Want(201).Into(&r)
	if r.Status != "verified" || r.VerifiedBy != "door_code" {
		t.Fatalf("%+v", r)
	}
	again := tenant.Post("/v1/me/residences", at(map[string]any{"doorCode": strings.ToLower(code.Code)}), "Idempotency-Key: once").Want(201)
	if again.Header.Get("Idempotency-Replayed") != "true" {
		t.Fatal("not replayed")
	}
	tenant.Delete("/v1/me/residences/" + r.ID).Want(204)
	tenant.Delete("/v1/me/residences/"+r.ID).Refused(409, "illegal_transition")

	// A daughter is the secretary's to decide.
	daughter := s.SignIn(t, "daughter")
	daughter.Post("/v1/me/residences", at(nil)).Want(201).Into(&r)
	var cases struct{ Items []dwelling }
	secretary.Get("/v1/residences?limit=100").Want(200).Into(&cases)
	found := false
	for _, c := range cases.Items {
		found = found || c.ID == r.ID
	}
	if !found {
		t.Fatalf("%s is not in %+v", r.ID, cases)
	}
	daughter.Get("/v1/residences").Refused(403, "forbidden")
	tianyue.Post("/v1/residences/"+r.ID+"/decisions", map[string]string{"decision": "approve"}).Refused(404, "not_found")
	secretary.Post("/v1/residences/"+r.ID+"/decisions", map[string]string{"decision": "reject"}).Refused(400, "invalid")
	secretary.Post("/v1/residences/"+r.ID+"/decisions", map[string]string{"decision": "approve"}).Want(200)
	secretary.Post("/v1/residences/"+r.ID+"/decisions", map[string]string{"decision": "approve"}).Refused(409, "illegal_transition")
	var inbox struct{ Items []struct{ Kind string } }
	daughter.Get("/v1/me/messages").Want(200).Into(&inbox)
	if len(inbox.Items) != 1 || inbox.Items[0].Kind != "residence" {
		t.Fatalf("%+v", inbox)
	}
	secretary.Post("/v1/residences/"+r.ID+"/removal", map[string]string{"reason": "已搬走"}).Want(200)
	var mine struct{ Items []dwelling }
	daughter.Get("/v1/me/residences").Want(200).Into(&mine)
	if len(mine.Items) != 1 || mine.Items[0].Status != "ended" {
		t.Fatalf("%+v", mine)
	}
}
