package api_test

import (
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

// TestASlipOfPaperIsAnsweredAndTakenOver follows a slip from the printer to the phone of
// whoever wrote it.
func TestASlipOfPaperIsAnsweredAndTakenOver(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang, secretary, worker := s.SignIn(t, "resident-wang"), s.SignIn(t, "secretary-hongqiao"), s.SignIn(t, "worker-nancheng")
	estate := estateLedBy(t, s, secretary)
	w := storetest.World{T: t, Store: s.Store, Clock: s.Clock}
	id, err := model.ParseID[model.User](worker.ID)
	w.Must(err)
	w.Grant(model.Actor{User: id}, model.CommunityWorker, w.Read(estate).ParentID)

	var box struct{ ID, BranchID, DueOn string }
	secretary.Post("/v1/mailbox/boxes", map[string]any{"estateId": estate, "place": "服务站门口", "rhythmDays": 7}).Want(201).Into(&box)
	var book struct {
		Slips []struct{ Number, Code string }
	}
	secretary.Post("/v1/mailbox/slip-books", map[string]any{"branchId": box.BranchID, "count": 2}).Want(201).Into(&book)
	slip := book.Slips[0]
	public := "/v1/public/slips/" + slip.Number
	var told struct{ Status, Answer string }
	s.Anybody(t).Get(public).Want(200).Into(&told)
	if told.Status != "waiting" {
		t.Fatalf("%+v", told)
	}
	worker.Post("/v1/mailbox/proxies", map[string]any{
		"estateId": estate, "name": "李奶奶", "category": "facilities", "text": "楼道灯坏了",
		"consent": map[string]any{"how": "in_person", "at": "0001-01-01T00:00:00Z"}, // a moment, and not none
	}).Refused(400, "invalid")
	var opening struct{ ID string }
	secretary.Post("/v1/mailbox/box-openings", map[string]any{"boxId": box.ID, "slips": 1}).Want(201).Into(&opening)
	path := "/v1/mailbox/box-openings/" + opening.ID
	secretary.Post(path+"/confirmation", map[string]any{"slips": 1}).Refused(403, "second_opener_required")
	worker.Post(path+"/confirmation", map[string]any{"slips": 1}).Want(200)
	s.Clock.Move(time.Hour)
	keyed := map[string]any{"items": []map[string]any{
		{"number": slip.Number, "category": "facilities", "text": "楼道灯坏了", "name": "李奶奶", "noPhoto": "no_camera"}, {"number": "0000-0000-9", "category": "facilities", "text": "x"},
	}}
	var outcomes struct {
		Items []struct {
			Code    string
			Request struct{ ID, Receipt string }
		}
	}
	worker.Post(path+"/slips", keyed).Want(201).Into(&outcomes)
	if outcomes.Items[0].Code != "" || outcomes.Items[1].Code != "slip_number_mistyped" {
		t.Fatalf("%+v", outcomes)
	}
	request := "/v1/mailbox/requests/" + outcomes.Items[0].Request.ID
	secretary.Post(request+"/acceptance", nil).Want(200)
	secretary.Post(request+"/reply", map[string]any{"text": "已换新灯"}).Want(200)
	s.Anybody(t).Get(public).Want(200).Into(&told)
	if told.Status != "replied" || told.Answer != "" {
		t.Fatalf("%+v", told)
	}
	s.Anybody(t).Get(public + "?code=" + slip.Code).Want(200).Into(&told)
	if told.Answer != "已换新灯" {
		t.Fatalf("%+v", told)
	}
	if sheet := string(secretary.Get(path).Want(200).Body); !strings.Contains(sheet, "已换新灯") || strings.Contains(sheet, "李奶奶") {
		t.Error(sheet)
	}
	wang.Get(request).Refused(404, "not_found")
	wang.Post("/v1/me/entered-requests", map[string]any{"receipt": slip.Number, "code": "2222-2222"}).Refused(404, "not_found")
	wang.Post("/v1/me/entered-requests", map[string]any{"receipt": slip.Number, "code": slip.Code}).Want(201)
	wang.Post(request+"/feedback", map[string]any{"outcome": "fixed", "rating": 5}).Want(200)
}
