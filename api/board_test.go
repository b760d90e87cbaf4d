package api_test

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"

	"jinlin/api/apitest"
	"jinlin/model"
)

type publicRequest struct {
	ID, Title, Text, Answer, Status, CameOn string
	Followers                               int
	Nearness                                string
	Likeness                                int
}

type publicPage struct {
	Items []publicRequest
	Next  *string
}

// alsoSecretary gives somebody the secretary's role in whatever branch leads an estate.
func alsoSecretary(t *testing.T, s *apitest.Server, estate model.UnitID, who *apitest.Person) {
	t.Helper()
	branch, err := s.API.Org.BranchOf(t.Context(), estate)
	if err != nil {
		t.Fatal(err)
	}
	user, err := model.ParseID[model.User](who.ID)
	if err != nil {
		t.Fatal(err)
	}
	now := s.Clock.Now()
	grant := model.Grant{ID: model.NewID[model.Grant](now), UserID: user, Role: model.Secretary, UnitID: branch.ID, ValidFrom: now, CreatedAt: now}
	if err := s.Store.Grants.Add(t.Context(), &grant); err != nil {
		t.Fatal(err)
	}
}

func TestARequestComesOntoTheBoardAndIsFollowed(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang, li, secretary, deputy := s.SignIn(t, "resident-wang"), s.SignIn(t, "resident-li"), s.SignIn(t, "secretary-hongqiao"), s.SignIn(t, "deputy")
	estate := estateLedBy(t, s, secretary)
	alsoSecretary(t, s, estate, deputy)
	var request requestAnswer
	wang.Post("/v1/mailbox/requests", lamp(estate)).Want(201).Into(&request)
	path, page := "/v1/mailbox/requests/"+request.ID, "/v1/public/requests?estateId="+estate.String()

	words := map[string]any{"title": "楼道灯不亮", "text": "有居民反映3号楼楼道灯<不亮>。"}
	secretary.Put(path+"/public-version", map[string]any{"title": "楼道灯不亮", "text": "请打13912345678"}).Refused(400, "identifying")
	proposed := secretary.Put(path+"/public-version", words).Want(200)
	var version struct{ PublicID string }
	proposed.Into(&version)
	tag, public := proposed.Header.Get("ETag"), version.PublicID
	following := "/v1/mailbox/requests/" + public + "/followers/mine"
	secretary.Post(path+"/public-version/approval", nil).Refused(403, "own_public_version")
	deputy.Post(path+"/public-version/approval", nil, `If-Match: "7"`).Refused(412, "changed_meanwhile")
	var board publicPage
	s.Anybody(t).Get(page).Want(200).Into(&board)
	if len(board.Items) != 0 {
		t.Fatalf("%+v", board)
	}
	li.Post(following, nil).Refused(404, "not_found")
	deputy.Post(path+"/public-version/approval", nil, "If-Match: "+tag).Want(200)

	answer := s.Anybody(t).Get(page).Want(200).Into(&board)
	if len(board.Items) != 1 || board.Items[0].Title != "楼道灯不亮" || board.Items[0].Status != "screened" || board.Items[0].ID != public || strings.Contains(string(answer.Body), "三号楼") || strings.Contains(string(answer.Body), request.ID) {
		t.Fatalf("%s", answer.Body)
	}
	s.Anybody(t).Get(page, "If-None-Match: "+answer.Header.Get("ETag")).Want(304)
	feed := string(s.Anybody(t).Get("/v1/public/requests/rss?estateId=" + estate.String()).Want(200).Body)
	if !strings.Contains(feed, "<title>楼道灯不亮</title>") || !strings.Contains(feed, "urn:uuid:"+public) || !strings.Contains(feed, "&amp;lt;不亮&amp;gt;") || strings.Contains(feed, request.ID) {
		t.Errorf("%s", feed)
	}

	var like publicPage
	li.Post("/v1/mailbox/suggestions", map[string]any{"text": "三号楼的楼道灯坏了", "estateId": estate, "category": "facilities"}).Want(200).Into(&like)
	if len(like.Items) != 1 || like.Items[0].ID != public || like.Items[0].Nearness != "estate" || like.Items[0].Likeness < 30 {
		t.Errorf("%+v", like)
	}
	li.Post("/v1/mailbox/suggestions", map[string]any{"text": "垃圾没人清运", "estateId": estate}).Want(200).Into(&like)
	if len(like.Items) != 0 {
		t.Errorf("%+v", like)
	}
	li.Post(following, nil).Want(201)
	li.Post(path+"/followers/mine", nil).Refused(404, "not_found")
	wang.Post(following, nil).Refused(409, "own_request")
	s.Anybody(t).Get("/v1/public/requests/" + public).Want(200).Into(&board)
	s.Anybody(t).Get("/v1/public/requests/"+request.ID).Refused(404, "not_found")
	var reading []struct {
		Updated string `json:"updated_datetime"`
	}
	s.Anybody(t).Get("/open311/v2/requests/" + public + ".json").Want(200).Into(&reading)
	if len(reading) != 1 || !strings.HasSuffix(reading[0].Updated, "T00:00:00+08:00") || !strings.Contains(feed, " 00:00:00 +0800</pubDate>") {
		t.Errorf("%+v\n%s", reading, feed)
	}
	s.Anybody(t).Get("/open311/v2/requests/" + request.ID + ".json").Want(404)
	var followed struct{ Items []struct{ RequestID string } }
	li.Get("/v1/me/followed-requests").Want(200).Into(&followed)
	if len(followed.Items) != 1 || followed.Items[0].RequestID != public {
		t.Errorf("%+v", followed)
	}
	li.Delete(following).Want(204)

	wang.Post(path+"/withdrawal", nil).Want(200)
	s.Anybody(t).Get(page).Want(200).Into(&board)
	if len(board.Items) != 0 {
		t.Errorf("%+v", board)
	}
}

func TestOpen311InBothFormats(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	secretary, clerk, deputy := s.SignIn(t, "secretary-hongqiao"), s.SignIn(t, "clerk"), s.SignIn(t, "deputy")
	estate := estateLedBy(t, s, secretary)
	alsoSecretary(t, s, estate, deputy)
	user, err := model.ParseID[model.User](clerk.ID)
	if err != nil {
		t.Fatal(err)
	}
	now := s.Clock.Now()
	county := countyOver(t, s, estate)
	if err := s.Store.Grants.Add(t.Context(), &model.Grant{ID: model.NewID[model.Grant](now), UserID: user, Role: model.CountyClerk, UnitID: county, ValidFrom: now, CreatedAt: now}); err != nil {
		t.Fatal(err)
	}
	var client struct{ ID, APIKey string }
	clerk.Post("/v1/open311-clients", map[string]any{"name": "市民热线", "dailyLimit": 3}).Want(201).Into(&client)
	if list := string(clerk.Get("/v1/open311-clients").Want(200).Body); strings.Contains(list, client.APIKey) || !strings.Contains(list, client.ID) {
		t.Errorf("%s", list)
	}

	anybody := s.Anybody(t)
	var services []struct {
		Code string `json:"service_code"`
		Name string `json:"service_name"`
	}
	anybody.Get("/open311/v2/services.json").Want(200).Into(&services)
	if len(services) < 10 || services[0].Code == "" || services[0].Name == "" {
		t.Errorf("%+v", services)
	}
	var list struct {
		XMLName  xml.Name `xml:"services"`
		Services []struct {
			Code string `xml:"service_code"`
		} `xml:"service"`
	}
	if err := xml.Unmarshal(anybody.Get("/open311/v2/services.xml").Want(200).Body, &list); err != nil || len(list.Services) != len(services) {
		t.Errorf("%+v, %v", list, err)
	}
	if text := string(anybody.Get("/open311/v2/services/safety.xml").Want(200).Body); !strings.Contains(text, "<code>q1</code>") {
		t.Errorf("%s", text)
	}
	anybody.Get("/open311/v2/services/nothing.json").Want(404)
	anybody.Get("/open311/v2/services/safety").Want(404)

	form := url.Values{"api_key": {client.APIKey}, "service_code": {"safety"}, "description": {"井盖丢了"}, "address_id": {estate.String()}}
	post := func(path string, v url.Values) *apitest.Answer {
		return anybody.Post("/open311/v2/"+path, v.Encode(), "Content-Type: application/x-www-form-urlencoded", "Idempotency-Key: one")
	}
	var created, again []struct {
		ID string `json:"service_request_id"`
	}
	hidden := url.Values{"api_key": {client.APIKey}, "service_code": {"safety"}, "description": {"井盖\u202e丢了"}, "address_id": {estate.String()}}
	if text := string(post("requests.json", hidden).Want(400).Body); !strings.Contains(text, "description: ") {
		t.Errorf("%s", text)
	}
	post("requests.json", form).Want(201).Into(&created)
	post("requests.json", form).Want(201).Into(&again)
	if len(created) != 1 || created[0].ID == "" || again[0] != created[0] {
		t.Fatalf("%+v, %+v", created, again)
	}
	var view requestAnswer
	secretary.Get("/v1/mailbox/requests/" + created[0].ID).Want(200).Into(&view)
	if view.Status != "submitted" || view.Submitter != "市民热线" {
		t.Errorf("%+v", view)
	}
	anybody.Get("/open311/v2/requests/" + created[0].ID + ".json").Want(404)
	own := string(anybody.Get("/open311/v2/requests/" + created[0].ID + ".json?api_key=" + url.QueryEscape(client.APIKey)).Want(200).Body)
	if !strings.Contains(own, `"status":"open"`) || strings.Contains(own, "井盖") {
		t.Errorf("%s", own)
	}

	form.Set("api_key", "wrong")
	if text := string(post("requests.xml", form).Want(403).Body); !strings.Contains(text, "<errors><error><code>403</code>") {
		t.Errorf("%s", text)
	}
	form.Set("api_key", client.APIKey)
	form.Set("colour", "red")
	if text := string(post("requests.json", form).Want(400).Body); !strings.Contains(text, `[{"code":400,"description":"colour: `) {
		t.Errorf("%s", text)
	}
	anybody.Post("/open311/v2/requests.json", map[string]any{"service_code": "safety"}).Want(415)

	path := "/v1/mailbox/requests/" + created[0].ID
	secretary.Post(path+"/acceptance", nil).Want(200)
	secretary.Put(path+"/public-version", map[string]any{"title": "井盖缺失", "text": "东门外缺一块井盖 <&>。"}).Want(200)
	deputy.Post(path+"/public-version/approval", nil).Want(200)
	if text := string(anybody.Get("/open311/v2/requests.xml?status=open&service_code=safety").Want(200).Body); !strings.Contains(text, "缺一块井盖 &lt;&amp;&gt;") || !strings.Contains(text, "<address_id>"+estate.String()) {
		t.Errorf("%s", text)
	}
	if text := string(anybody.Get("/open311/v2/requests.json?status=closed").Want(200).Body); strings.TrimSpace(text) != "[]" {
		t.Errorf("%s", text)
	}
	anybody.Get("/open311/v2/requests.json?start_date=yesterday").Want(400)
	anybody.Get("/open311/v2/requests.json?status=zz").Want(400)
	if text := string(anybody.Get("/open311/v2/requests.json?end_date=0001-01-01T00:00:00Z").Want(200).Body); strings.TrimSpace(text) != "[]" {
		t.Errorf("before our era: %s", text)
	}
	named := "/open311/v2/requests.json?service_request_id=" + created[0].ID + "&api_key=" + url.QueryEscape(client.APIKey)
	if text := string(anybody.Get(named).Want(200).Body); !strings.Contains(text, `"expected_datetime":"2026-`) {
		t.Errorf("%s", text)
	}
	secretary.Post(path+"/reply", map[string]any{"text": "井盖已补上"}).Want(200)
	if text := string(anybody.Get(named).Want(200).Body); strings.Contains(text, "expected_datetime") {
		t.Errorf("%s", text) // a time that is "" is none to a client
	}
	if header := anybody.Get("/open311/v2/requests.xml").Want(200).Header.Get("Content-Type"); header != "text/xml; charset=utf-8" {
		t.Errorf("%s", header)
	}
	clerk.Delete("/v1/open311-clients/" + client.ID).Want(204)
	form.Del("colour")
	post("requests.json", form).Want(403)
}

// countyOver is the county that an estate is in.
func countyOver(t *testing.T, s *apitest.Server, estate model.UnitID) model.UnitID {
	t.Helper()
	chain, err := s.API.Org.Chain(t.Context(), estate)
	if err != nil {
		t.Fatal(err)
	}
	return chain[len(chain)-1].ID
}
