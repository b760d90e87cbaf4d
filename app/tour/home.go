package tour

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// mover is somebody new to WeChat who has just moved into Wang's building, and goes again at
// the end: other tours move in behind the same door.
type mover struct {
	*day
	who       *person
	stationID string
}

// settling are the steps of finding one's place: a number, a home, and where to turn.
func (d *day) settling() []step {
	m := &mover{day: d, who: &person{client: d.client, persona: "tour-" + d.mark + "-home", name: both("新住户", "A newcomer")}}
	return []step{
		{m.who, both("绑定手机号", "binds a phone number"), m.bindPhone},
		{m.who, both("凭楼道验证码登记住址", "registers a home by the code on the door"), m.moveIn},
		{d.wang, both("查看我的支部", "asks which branch is hers"), m.myBranch},
		{d.worker, both("查看服务站值班", "looks who is on duty at the station"), m.duty},
	}
}

// number is a mobile number that other tours hardly use.
func (d *day) number() string {
	n, _ := strconv.ParseUint(d.mark, 16, 64) // the mark is hexadecimal
	return fmt.Sprintf("137%08d", n%100_000_000)
}

func (m *mover) bindPhone(ctx context.Context) (text, error) {
	if err := m.who.signIn(ctx); err != nil {
		return text{}, err
	}
	var button struct {
		Code string `json:"code"`
	}
	a := m.who.sandbox(ctx, http.MethodPost, "/_sandbox/phone-codes", map[string]string{"persona": m.who.persona, "phone": m.number()}).want(http.StatusOK, &button)
	if a.err != nil {
		return text{}, a.err
	}
	var bound struct {
		PhoneMasked string `json:"phoneMasked"`
	}
	number := m.number()
	a = m.who.post(ctx, "/v1/me/phone", map[string]string{"code": button.Code}).want(http.StatusOK, &bound)
	a.expect(bound.PhoneMasked == number[:3]+"****"+number[7:], "the number, masked")
	return both("%s", "%s", bound.PhoneMasked), a.err
}

// codeTries is how often a new code is hung up: whoever plays at the same time does so too.
const codeTries = 4

func (m *mover) moveIn(ctx context.Context) (text, error) {
	building := m.wang.building()
	var stairwells struct {
		Items []struct{ ID, Name string } `json:"items"`
	}
	a := m.who.get(ctx, "/v1/stairwells?buildingId="+building).want(http.StatusOK, &stairwells)
	if !a.expect(len(stairwells.Items) > 0, "a stairwell in the building") {
		return text{}, a.err
	}
	door := stairwells.Items[len(stairwells.Items)-1]
	var home struct{ ID, Status, VerifiedBy string }
	for range codeTries {
		var sheet struct{ Code string }
		if a = m.worker.post(ctx, "/v1/stairwells/"+door.ID+"/door-codes", nil); a.err == nil && a.code() == "changed_meanwhile" {
			continue
		}
		if a.want(http.StatusCreated, &sheet); a.err != nil {
			return text{}, a.err
		}
		a = m.who.post(ctx, "/v1/me/residences", map[string]string{
			"buildingId": building, "stairwell": door.Name, "room": "601", "relation": "tenant", "doorCode": sheet.Code,
		})
		if a.err != nil || a.code() != "door_code_wrong" {
			break
		}
	}
	a.want(http.StatusCreated, &home)
	a.expect(home.Status == "verified" && home.VerifiedBy == "door_code", "a residence that the door code has verified")
	if a.err == nil {
		a = m.who.delete(ctx, "/v1/me/residences/"+home.ID).want(http.StatusNoContent, nil)
	}
	return both("%s 单元 601，当场核实；随后搬走", "stairwell %s, room 601: verified on the spot; moves out again", door.Name), a.err
}

// building is where somebody lives; "" when nowhere in the county.
func (p *person) building() string {
	for _, r := range p.me.Residences {
		if r.Status == "verified" {
			return r.BuildingID
		}
	}
	return ""
}

func (m *mover) myBranch(ctx context.Context) (text, error) {
	var found struct {
		Branch    unit   `json:"branch"`
		Secretary string `json:"secretary"`
		Phone     string `json:"phone"`
		Station   *unit  `json:"station"`
		Mine      *struct {
			Open int `json:"open"`
		} `json:"mine"`
	}
	a := m.wang.get(ctx, "/v1/my-branch?"+url.Values{"buildingId": {m.wang.building()}}.Encode()).want(http.StatusOK, &found)
	a.expect(found.Branch.ID == m.branch().ID, "the branch of the secretary who plays")
	a.expect(found.Secretary != "" && found.Phone != "", "a secretary and a phone")
	a.expect(found.Station != nil && found.Mine != nil, "a station, and her own requests")
	if a.err != nil {
		return text{}, a.err
	}
	m.stationID = found.Station.ID
	return both("%s，书记%s", "%s, secretary %s", found.Branch.Name, found.Secretary), nil
}

// duty looks at the station at whatever hour: there may be nobody, but there is a roster.
func (m *mover) duty(ctx context.Context) (text, error) {
	var now struct {
		Phone  string                  `json:"phone"`
		People []struct{ Name string } `json:"people"`
	}
	a := m.worker.get(ctx, "/v1/stations/"+m.stationID+"/on-duty-now").want(http.StatusOK, &now)
	a.expect(now.Phone != "" && now.People != nil, "a phone, and who is there")
	if a.err != nil {
		return text{}, a.err
	}
	var month struct {
		Items []struct{ Date string } `json:"items"`
	}
	this := time.Now().In(china).Format("2006-01")
	a = m.worker.get(ctx, "/v1/stations/"+m.stationID+"/roster?month="+this).want(http.StatusOK, &month)
	a.expect(len(month.Items) >= 28, "every day of the month")
	return both("此刻在岗 %d 人，本月排班 %d 天", "%d are there now; the roster has %d days", len(now.People), len(month.Items)), a.err
}
