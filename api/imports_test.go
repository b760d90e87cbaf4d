package api_test

import (
	"bytes"
	"strings"
	"testing"

	"jinlin/api/apitest"
)

type imported struct {
	ID, Status string
	Counts     struct{ Lines, Invalid, Added, Changed, Unchanged, Missing, Ended int }
	Rows       []struct {
		Row          int
		Column, Code string
		Message      string
		OtherRow     int
	}
	Preview []struct {
		Change        string
		Before, After map[string]string
	}
}

func TestAClerkBringsHouseholdsInFromAFile(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	clerk, worker, wang := s.SignIn(t, "clerk-county"), s.SignIn(t, "worker-nancheng"), s.SignIn(t, "resident-wang")
	file := "小区,楼栋,单元,房号\n虹桥小区,88号楼,1单元,101\n虹桥小区,88号楼,1单元,\n"

	var dry, again, applied imported
	first := clerk.Post("/v1/imports?kind=households", file, "Content-Type: text/csv", "Idempotency-Key: one").Want(201).Into(&dry)
	if dry.Status != "checked" || dry.Counts.Added != 1 || len(dry.Rows) != 1 || dry.Rows[0].Row != 3 || dry.Rows[0].Column != "房号" || dry.Rows[0].Message != "必填项为空。" {
		t.Fatalf("%s", first.Body)
	}
	second := clerk.Post("/v1/imports?kind=households", file, "Content-Type: text/csv", "Idempotency-Key: one").Want(201).Into(&again)
	if !bytes.Equal(first.Body, second.Body) || second.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%s after %s", second.Body, first.Body)
	}
	clerk.Post("/v1/imports?kind=households", file+"\n", "Idempotency-Key: one").Refused(422, "idempotency_key_reused")

	clerk.Post("/v1/imports/"+dry.ID+"/application", map[string]bool{}).Refused(409, "import_has_errors")
	clerk.Post("/v1/imports/"+dry.ID+"/application", map[string]bool{"skipInvalid": true}).Want(200).Into(&applied)
	clerk.Post("/v1/imports/"+dry.ID+"/application", map[string]bool{"skipInvalid": true}).Refused(409, "illegal_transition")
	clerk.Get("/v1/imports/" + dry.ID).Want(200).Into(&again)
	if applied.Status != "applied" || again.Counts != applied.Counts || applied.Counts.Added != 1 {
		t.Fatalf("%+v and %+v", applied, again)
	}

	worker.Get("/v1/imports/"+dry.ID).Refused(404, "not_found")
	wang.Get("/v1/imports/"+dry.ID).Refused(403, "forbidden")
	wang.Post("/v1/imports?kind=roster", file).Refused(403, "forbidden")
	clerk.Post("/v1/imports?kind=nothing", file).Refused(400, "invalid")
	clerk.Post("/v1/imports?kind=households", "小区,楼栋,单元\n").Refused(400, "column_missing")
	clerk.Post("/v1/imports?kind=households", nil).Refused(400, "header_not_found")

	var list struct{ Items []imported }
	clerk.Get("/v1/imports").Want(200).Into(&list)
	if len(list.Items) != 1 || list.Items[0].ID != dry.ID {
		t.Errorf("%+v", list)
	}
	template := worker.Get("/v1/imports/templates/roster?format=csv").Want(200)
	if !strings.Contains(string(template.Body), "姓名") || !strings.Contains(template.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%s", template.Body)
	}
}

func TestALongFileIsAcceptedAndWorkedOn(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	clerk := s.SignIn(t, "clerk-county")
	lines := []string{"小区,楼栋,单元,房号"}
	for i := range 1200 {
		lines = append(lines, "虹桥小区,77号楼,1,"+string(rune('A'+i%26))+strings.Repeat("1", 1+i/26%7)+strings.Repeat("2", i/182))
	}
	var r imported
	clerk.Post("/v1/imports?kind=households&dryRun=false", strings.Join(lines, "\n")).Want(202).Into(&r)
	for r.Status == "checking" || r.Status == "applying" {
		clerk.Get("/v1/imports/" + r.ID).Want(200).Into(&r)
	}
	if r.Status != "applied" || r.Counts.Added != 1200 {
		t.Fatalf("%+v", r)
	}
}

func TestAnExportIsAFileWithAReason(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "", "JINLIN_DEMO=on")
	clerk, worker := s.SignIn(t, "clerk-county"), s.SignIn(t, "worker-nancheng")
	var estates struct{ Items []struct{ ID, Name string } }
	clerk.Get("/v1/units?kind=community&limit=100").Want(200).Into(&estates)
	unit := ""
	for _, e := range estates.Items {
		if e.Name == "南城社区" {
			unit = e.ID
		}
	}
	order := map[string]any{"kind": "households", "unitId": unit, "format": "csv", "reason": "走访核对"}
	file := worker.Post("/v1/exports", order).Want(200)
	if !strings.HasPrefix(string(file.Body), "\ufeff小区,楼栋") || bytes.Count(file.Body, []byte("虹桥小区")) < 10 {
		t.Errorf("%.200s", file.Body)
	}
	if got := file.Header.Get("Content-Disposition"); !strings.Contains(got, "households.csv") {
		t.Error(got)
	}
	order["format"] = "xlsx"
	if file = worker.Post("/v1/exports", order).Want(200); !bytes.HasPrefix(file.Body, []byte("PK")) {
		t.Errorf("%.20q", file.Body)
	}
	order["kind"], order["unmasked"] = "roster", true
	worker.Post("/v1/exports", order).Refused(403, "forbidden")
	order["reason"] = ""
	clerk.Post("/v1/exports", order).Refused(400, "invalid")
}
