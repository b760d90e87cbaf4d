package api_test

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"jinlin/api/apitest"
)

// newsroom is the demo county with those who write, approve and read.
type newsroom struct {
	*apitest.Server
	clerk, secretary, wang, li *apitest.Person
	branch, estate             string
}

func openNewsroom(t *testing.T, settings ...string) newsroom {
	t.Helper()
	s := apitest.Start(t, "", append(settings, "JINLIN_DEMO=on")...)
	n := newsroom{
		Server: s, clerk: s.SignIn(t, "clerk-county"), secretary: s.SignIn(t, "secretary-hongqiao"),
		wang: s.SignIn(t, "resident-wang"), li: s.SignIn(t, "resident-li"),
	}
	n.branch = meOf(n.secretary).Roles[0].Unit.ID
	n.estate = meOf(n.wang).Residences[0].EstateID
	return n
}

func draft(unit, title string) map[string]any {
	return map[string]any{"title": title, "summary": "本周六上午九点", "body": "# 通知\n\n请到党群服务站。", "unitId": unit}
}

// publish takes an article all the way to its readers.
func (n newsroom) publish(title string) (id string) { return n.publishWith(title, nil) }

// publishWith publishes an article with more than a draft has.
func (n newsroom) publishWith(title string, more map[string]any) (id string) {
	var article given
	content := draft(n.branch, title)
	maps.Copy(content, more)
	n.secretary.Post("/v1/articles", content).Want(201).Into(&article)
	path := "/v1/articles/" + article.ID
	n.secretary.Post(path+"/submission", nil).Want(200)
	n.clerk.Post(path+"/approval", nil).Want(200)
	n.secretary.Post(path+"/publication", nil).Want(200).Into(&article)
	return article.ID
}

func TestNewsReachesItsReaders(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t)
	id := n.publish("义诊进小区")
	n.Sandbox(t, http.MethodPost, "/_sandbox/grants", map[string]string{"persona": "resident-wang", "templateId": "news", "result": "accept"}).Want(200)
	var forecast struct{ Audience, WithGrant int }
	for forecast.WithGrant == 0 { // the event of the tap is on its way
		n.secretary.Post("/v1/push-plans/"+n.branch+"/forecast", nil).Want(200).Into(&forecast)
	}
	again := forecast
	n.secretary.Post("/v1/push-plans/"+n.branch+"/forecast", nil).Want(200).Into(&again)
	if again != forecast {
		t.Errorf("forecast %+v after %+v", again, forecast)
	}
	seen := n.li.Get("/v1/me/push-preferences").Want(200).Header.Get("ETag")
	n.li.Put("/v1/me/push-preferences", map[string]bool{"news": false, "notices": true}, "If-Match: "+seen).Want(200)
	run := map[string]string{"date": "2027-01-05"}
	var p given
	n.secretary.Post("/v1/push-plans/"+n.branch+"/run", run, "Idempotency-Key: run").Want(201).Into(&p)
	n.secretary.Post("/v1/push-plans/"+n.branch+"/run", run, "Idempotency-Key: run").Want(201)
	n.secretary.Post("/v1/push-plans/"+n.branch+"/run", run).Refused(409, "push_exists")
	n.secretary.Post("/v1/push-plans/"+n.branch+"/run", map[string]string{"date": "2027-01-06"}).Refused(409, "nothing_to_push")

	progress := n.secretary.Get("/v1/pushes/" + p.ID + "/progress").Want(200)
	if got := progress.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("progress is %s", got)
	}
	last := ""
	for lines := bufio.NewScanner(strings.NewReader(string(progress.Body))); lines.Scan(); {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = data
		}
	}
	if !strings.Contains(last, `"status":"finished"`) {
		t.Errorf("the last event is %s", last)
	}
	var report struct {
		Status          string
		Audience, InApp int
		OptedOut        int
		ByStatus        map[string]int
		ArticleIDs      []string
	}
	n.secretary.Get("/v1/pushes/" + p.ID + "/report").Want(200).Into(&report)
	if report.InApp != forecast.Audience || report.ByStatus["sent"] != 1 || report.ByStatus["no_permit"] != report.Audience-2 ||
		report.ByStatus["refused"] != 1 || report.OptedOut != 1 {
		t.Errorf("%+v after the forecast %+v", report, forecast)
	}
	var received struct {
		Items []struct{ TemplateID, Page string }
	}
	n.Sandbox(t, http.MethodGet, "/_sandbox/messages?persona=resident-wang", nil).Want(200).Into(&received)
	if len(received.Items) != 1 || received.Items[0].Page != "pages/news/detail?id="+report.ArticleIDs[0] {
		t.Errorf("received %+v", received)
	}
	n.readsItsInbox(t, p.ID)
	n.wang.Get("/v1/pushes/"+p.ID+"/report").Refused(403, "forbidden")
	n.Anybody(t).Get("/v1/articles/" + id).Want(200)
}

// readsItsInbox: what a resident reads counts as read in the report.
func (n newsroom) readsItsInbox(t *testing.T, pushID string) {
	t.Helper()
	var inbox struct {
		Items []struct {
			ID, Kind, Title string
			ReadAt          *string
		}
	}
	n.li.Get("/v1/me/messages").Want(200).Into(&inbox)
	if len(inbox.Items) == 0 || inbox.Items[0].Kind != "news" || inbox.Items[0].ReadAt != nil {
		t.Fatalf("an inbox without a grant: %+v", inbox)
	}
	n.wang.Get("/v1/me/messages").Want(200).Into(&inbox)
	n.li.Post("/v1/me/messages/"+inbox.Items[0].ID+"/read", nil).Refused(404, "not_found")
	path := "/v1/me/messages"
	n.wang.Post(path+"/"+inbox.Items[0].ID+"/read", nil).Want(204)
	first := n.wang.Get(path).Want(200)
	n.Clock.Move(time.Minute)
	n.wang.Post(path+"/"+inbox.Items[0].ID+"/read", nil).Want(204) // a repeat changes nothing
	if again := n.wang.Get(path).Want(200); string(again.Body) != string(first.Body) {
		t.Errorf("read again: %s after %s", again.Body, first.Body)
	}
	var report struct{ ByStatus map[string]int }
	n.secretary.Get("/v1/pushes/" + pushID + "/report").Want(200).Into(&report)
	if report.ByStatus["read"] != 1 || report.ByStatus["sent"] != 0 {
		t.Errorf("after reading: %+v", report.ByStatus)
	}
}

func TestAnArticleNeedsASecondPerson(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t)
	var article given
	written := n.clerk.Post("/v1/articles", draft(n.branch, "通知")).Want(201).Into(&article)
	path := "/v1/articles/" + article.ID
	tag := written.Header.Get("ETag")
	n.clerk.Patch(path, map[string]string{"title": "第二稿"}, "If-Match: "+tag).Want(200)
	n.clerk.Patch(path, map[string]string{"title": "第三稿"}, "If-Match: "+tag).Refused(412, "changed_meanwhile")
	n.clerk.Patch(path, map[string]string{"body": "【违规】"}).Want(200)
	n.clerk.Post(path+"/submission", nil).Refused(400, "content_refused")
	n.clerk.Patch(path, map[string]string{"body": "【复核】"}).Want(200)
	var held struct{ Held bool }
	n.clerk.Post(path+"/submission", nil).Want(200).Into(&held)
	if !held.Held {
		t.Error("doubtful text was not held")
	}
	n.clerk.Post(path+"/approval", nil).Refused(403, "own_article")
	n.secretary.Post(path+"/approval", nil).Refused(403, "forbidden")
	n.Anybody(t).Get(path).Refused(404, "not_found")
	n.clerk.Post(path+"/publication", nil).Refused(409, "illegal_transition")
	n.clerk.Post(path+"/withdrawal", map[string]string{"reason": "重复"}).Want(200)
}

func TestTheFeedIsRSS(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t)
	n.publishWith("一 & <二>", map[string]any{"summary": "气温<5℃，\n请带伞"})
	answer := n.Anybody(t).Get("/v1/public/feeds/" + n.estate + "/rss").Want(200)
	var feed struct {
		Version string `xml:"version,attr"`
		Items   []struct {
			Title string `xml:"title"`
			Link  string `xml:"link"`
			GUID  string `xml:"guid"`
			HTML  string `xml:"description"`
		} `xml:"channel>item"`
	}
	if err := xml.Unmarshal(answer.Body, &feed); err != nil {
		t.Fatal(err)
	}
	if feed.Version != "2.0" || len(feed.Items) == 0 || feed.Items[0].Title != "一 & <二>" || !strings.HasPrefix(feed.Items[0].GUID, "urn:uuid:") || feed.Items[0].HTML != "气温&lt;5℃，<br>请带伞" {
		t.Errorf("%+v", feed)
	}
	if got := answer.Header.Get("Content-Type"); got != "application/rss+xml; charset=utf-8" {
		t.Errorf("it is %s", got)
	}
	n.Anybody(t).Get(strings.TrimPrefix(feed.Items[0].Link, n.URL("api"))).Want(200)
}

// Whoever asks for a feed says which host they ask; with an address configured that is not believed.
func TestTheFeedsLinksLeadToTheConfiguredAddress(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{
		"JINLIN_PUBLIC_URL=https://jinlin.example.gov.cn/": "https://jinlin.example.gov.cn/v1/articles",
		"JINLIN_PUBLIC_URL=": "http://evil.example/v1/articles",
	} {
		s := apitest.Start(t, "", setting)
		_, estate, _ := branchWithSecretary(t, s)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL("api")+"/v1/public/feeds/"+estate.String()+"/rss", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = "evil.example"
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var feed struct {
			Link string `xml:"channel>link"`
		}
		err = errors.Join(xml.NewDecoder(answer.Body).Decode(&feed), answer.Body.Close())
		if err != nil || !strings.HasPrefix(feed.Link, want) {
			t.Errorf("%s: %q, %v", setting, feed.Link, err)
		}
	}
}

func TestAPlanIsChangedByWhoSawIt(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t)
	path := "/v1/push-plans/" + n.branch
	var plan map[string]any
	seen := n.secretary.Get(path).Want(200).Into(&plan).Header.Get("ETag")
	plan["at"] = "08:15"
	n.secretary.Put(path, plan, "If-Match: "+seen).Want(200)
	n.secretary.Put(path, plan, "If-Match: "+seen).Refused(412, "changed_meanwhile")
	plan["at"] = "23:00"
	n.secretary.Put(path, plan).Refused(400, "invalid")
	n.wang.Get(path).Refused(403, "forbidden")

	preferences := "/v1/me/push-preferences"
	seen = n.wang.Get(preferences).Want(200).Header.Get("ETag")
	n.wang.Put(preferences, map[string]bool{"news": false, "notices": true}, "If-Match: "+seen).Want(200)
	n.wang.Put(preferences, map[string]bool{"news": true, "notices": true}, "If-Match: "+seen).Refused(412, "changed_meanwhile")
}

func TestOnlyWeChatTellsOfTaps(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t)
	accept := []map[string]string{{"templateId": "reply", "result": "accept"}}
	var answer struct{ Counted bool }
	n.wang.Post("/v1/me/subscription-results", accept).Want(200).Into(&answer)
	if !answer.Counted {
		t.Error("not counted although no event ever came")
	}
	n.wang.Post("/v1/me/subscription-results", []map[string]string{{"templateId": "stranger", "result": "accept"}}).Refused(400, "unknown_template")
	var offers struct {
		Items []struct {
			Template, TemplateID string
			Left                 int
		}
	}
	n.wang.Get("/v1/me/subscription-templates").Want(200).Into(&offers)
	if len(offers.Items) != 5 || offers.Items[0].Template != "reply" || offers.Items[0].Left != 1 {
		t.Errorf("%+v", offers)
	}
	n.Anybody(t).Post("/wechat/miniprogram/events?encrypt_type=aes&msg_signature=0", map[string]string{"Encrypt": "x"}).Refused(403, "wechat_push_refused")
	n.Anybody(t).Get("/wechat/miniprogram/events?signature=0&echostr=1").Refused(403, "wechat_push_refused")
	n.Anybody(t).Post("/wechat/miniprogram/events", strings.Repeat("x", 1<<20+1)).Refused(413, "too_large")
}

// TestAWatcherDoesNotHoldUpTheEnd: a stream that nothing would end for minutes is open
// when the service stops, and the service still ends without an error.
func TestAWatcherDoesNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	closeStream := func() error { return nil }
	t.Cleanup(func() { _ = closeStream() })  // runs after the service has stopped
	n := openNewsroom(t, "JINLIN_ROLES=api") // nobody works, so the push stays planned
	n.publish("义诊进小区")
	var p given
	n.secretary.Post("/v1/push-plans/"+n.branch+"/run", map[string]string{"date": "2027-01-05"}).Want(201).Into(&p)
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, n.URL("api")+"/v1/pushes/"+p.ID+"/progress", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+n.secretary.Token)
	response, err := http.DefaultClient.Do(request) //nolint:bodyclose // closed by closeStream, after the service has ended
	if err != nil {
		t.Fatal(err)
	}
	closeStream = response.Body.Close
	line, err := bufio.NewReader(response.Body).ReadString('\n')
	if err != nil || line != "event: progress\n" {
		t.Fatalf("%q, %v", line, err)
	}
}
