package api_test

import (
	"time"

	"jinlin/model"
	"jinlin/service/access"
)

// This file is the reviewed data of the access matrix: for every operation of the
// description who may do it, what whoever may not hears, and how a valid call is made. The
// roles behind an action are access.Table's. An operation may have several cases.

// may says who may do something.
type may struct {
	actions  []access.Action // a role with one of them, in a unit that reaches the ground
	owner    bool            // whose it is
	everyone bool            // signed in or not
	signedIn bool
}

func staff(actions ...access.Action) may { return may{actions: actions} }
func (m may) orOwner() may               { m.owner = true; return m }

var (
	everyone = may{everyone: true}
	signedIn = may{signedIn: true}
	owner    = may{owner: true}
)

// scope is what an operation is about, which says how it stands to who asks.
type scope string

const (
	aboutNothing scope = ""       // or about who asks
	aboutUnit    scope = "unit"   // ours, another, a dissolved one, none
	aboutThing   scope = "thing"  // somebody's thing in a unit
	aboutPerson  scope = "person" // somebody, by where they live
)

// kind is a sort of thing that not everybody may see: its id must not be in an answer to
// anybody else.
type kind struct {
	name string
	seen may
	at   ground
}

var (
	requestKind     = kind{"request", staff(access.MailboxRead).orOwner(), atHome}
	draftKind       = kind{"article in work", staff(access.ArticleWrite, access.ArticleApprove), atBranch}
	planKind        = kind{"activity in work", staff(access.ActivityManage), atBranch}
	pushKind        = kind{"push", staff(access.PushRead), atBranch}
	uploadKind      = kind{"upload", staff(access.MailboxRead).orOwner(), atHome}
	heldKind        = kind{"held upload", staff(access.TextModerate).orOwner(), atBranch}
	itemKind        = kind{"held text", staff(access.TextModerate), atBranch}
	awardKind       = kind{"award", staff(access.PointsApprove, access.PointsAward), atEstate}
	accountKind     = kind{"account", staff(access.PointsRead, access.PointsAward, access.PointsApprove).orOwner(), atEstate}
	redemptionKind  = kind{"redemption", staff(access.ShopHandOver).orOwner(), atBranch}
	tenureKind      = kind{"tenure", staff(access.TenureRead, access.TenurePropose, access.TenureDecide), atBranch}
	grantKind       = kind{"grant", staff(access.GrantRead), atBranch}
	appointmentKind = kind{"appointment", staff(access.GrantManage), atBranch}
	leadKind        = kind{"lead of a grid", staff(access.TeamRead, access.GridManage), atGrid}
	proposalKind    = kind{"grant to be confirmed", staff(access.GrantRead), atCommunity}
	importKind      = kind{"import", staff(access.RosterImport), atEstate}
	sessionKind     = kind{"session", owner, atEstate}
	messageKind     = kind{"message", owner, atEstate}
	batchKind       = kind{"restructuring", staff(access.OrgPlans, access.OrgRestructure, access.OrgReview), atCommunity}
	residenceKind   = kind{"residence", staff(access.ResidenceDecide).orOwner(), atBuilding}
	employmentKind  = kind{"employment", staff(access.EmploymentDecide).orOwner(), atEstate}
	childKind       = kind{"child", owner, atEstate}
)

// accessCase is one way of calling an operation.
//
// Path, query and body mention names in braces: {id} and others of the maker, {unit} and
// {estate} and so on of the place, {user} whose it is, {n} a number never used before.
type accessCase struct {
	may   may
	about scope
	at    ground // where the thing or unit belongs, for the reach of roles
	kind  kind   // of the thing, when only some may see it
	make  maker
	query string
	body  string
	// form is the content type of a body that is not JSON.
	form string
	// key is the name that stands for nothing in a call about a missing thing: "id" for
	// things, "unit" for units, "user" for persons unless said here.
	key string
	// asOwner makes the thing the asker's whatever the relation, so that the call is valid.
	asOwner bool
	// Statuses where the rule above does not say them: for the owner, for others who pass,
	// for a thing in a dissolved unit, and for a missing one.
	own, others, gone, none int
	// open: whoever has no role hears of nothing else than what does not exist.
	open bool
	// hidden is open, but for whoever is not signed in.
	hidden bool
	// ends the session of who asks.
	ends bool
	// mine: it tells who asks of their own things, also those that they see nowhere else.
	mine bool
	// posted is the status for whoever holds a post.
	posted int
	// always is the status for everybody: the operation is not for people at all.
	always int
	// personal lists why an answer may carry a phone number.
	personal string
}

const homePhones = "whoever lives there sees the telephones of the team of their home"

// rosterFile has one line, about a door that is not there: that is for the report, not a refusal.
const rosterFile = "小区,楼栋,单元,房号,姓名\n无名小区,1号楼,1单元,101,张三\n"

const dutyPhone = "the telephones of branches and stations are public (public_duty)"

const oneNumber = "one number at a time, for a reason, in the record (person.reveal)"

const meetingBody = `{"title":"义诊","unitId":"{unit}","startsAt":"2026-12-01T09:00:00+08:00","endsAt":"2026-12-01T11:00:00+08:00",` +
	`"signUpOpensAt":"2026-11-01T09:00:00+08:00","signUpClosesAt":"2026-12-01T08:00:00+08:00","capacity":10,"place":"党群服务站"}`

const stationBody = `{"areaSquareMetres":80,"rooms":[{"name":"议事厅","seats":20}],"hours":{` +
	`"monday":[{"from":"08:30","until":"12:00"}],"tuesday":[{"from":"08:30","until":"12:00"}],"wednesday":[{"from":"08:30","until":"12:00"}],` +
	`"thursday":[{"from":"08:30","until":"12:00"}],"friday":[{"from":"08:30","until":"12:00"}],"saturday":[{"from":"08:30","until":"12:00"}],` +
	`"sunday":[{"from":"08:30","until":"12:00"}],"holiday":[{"from":"08:30","until":"12:00"}]}}`

// uploadBody is a form with a picture.
var uploadBody = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n" + string(onePixel()) + "\r\n--x--\r\n"

const childBody = `{"name":"小{n}","birthMonth":"2018-05","relation":"mother","emergency":{"name":"王奶奶","relation":"奶奶","phone":"13900000009"},"collectors":[{"name":"李爷爷","relation":"爷爷","phone":"13900000008"}]}`

const dailyBody = `{"at":"08:00","channels":["inbox"],"quietHours":{"from":"21:30","until":"07:00"},"enabled":true}`

var (
	inSomeDays  = 72 * time.Hour
	decide      = staff(access.TenureDecide)
	manageOrg   = staff(access.OrgManage)
	readArticle = staff(access.ArticleWrite, access.ArticleApprove)
	plan        = staff(access.OrgRestructure)
)

const batchBody = `{"unitId":"{community}","title":"组织设置调整","effectiveOn":"2027-06-01","branches":[{"name":"新建党支部","branchType":"single","estateIds":["{newEstate}"]}],"dissolved":[{"branchId":"{oldBranch}"}]}`

var accessCases = map[string][]accessCase{
	// Account
	"signIn":            {{may: everyone, make: loginCode, body: `{"code":"{code}"}`}},
	"askDeskLogin":      {{may: everyone}},
	"getDeskLogin":      {{may: staff(access.DeskLogin), make: atDesk(false)}},
	"confirmDeskLogin":  {{may: staff(access.DeskLogin), make: atDesk(false)}},
	"refuseDeskLogin":   {{may: staff(access.DeskLogin), make: atDesk(false)}},
	"openDeskSession":   {{may: everyone, make: atDesk(true), body: `{"secret":"{secret}"}`}},
	"signOut":           {{may: signedIn, ends: true}},
	"signOutEverywhere": {{may: signedIn, ends: true}},
	"getMe":             {{may: signedIn}},

	"listMyConsents": {{may: signedIn}},
	"sayMyConsent":   {{may: signedIn, body: `{"purpose":"phone","version":1,"given":true}`}},
	"getMyClosure":   {{may: signedIn, make: closing, asOwner: true}},
	"keepMyAccount":  {{may: signedIn, make: closing, asOwner: true}},
	"closeMyAccount": {{may: signedIn, ends: true, posted: 409}},

	"listSessions":      {{may: signedIn}},
	"endSession":        {{may: owner, about: aboutThing, at: atEstate, kind: sessionKind, make: sessionOf}},
	"changeMe":          {{may: signedIn, body: `{"nickname":"王大妈"}`}},
	"bindPhone":         {{may: signedIn, make: phoneButton, asOwner: true, body: `{"code":"{code}"}`}},
	"exportMyData":      {{may: signedIn, mine: true, personal: "everybody's own number, to themselves"}},
	"getPublicSettings": {{may: everyone}},

	"registerResidence":    {{may: signedIn, about: aboutUnit, key: "building", none: 400, gone: 400, body: `{"buildingId":"{building}","stairwell":"1","room":"{n}","relation":"owner"}`}},
	"listMyResidences":     {{may: signedIn}},
	"leaveResidence":       {{may: owner, about: aboutThing, at: atBuilding, kind: residenceKind, make: flat(model.ResidencePending)}},
	"listHouseholdMembers": {{may: owner, about: aboutThing, at: atBuilding, kind: residenceKind, make: flat(model.ResidenceVerified)}},
	"vouchForMember":       {{may: owner, about: aboutThing, at: atBuilding, kind: residenceKind, make: flatmate(model.ResidencePending), body: `{"residenceId":"{residenceId}"}`}},
	"takeBackVouch":        {{may: owner, about: aboutThing, at: atBuilding, kind: residenceKind, make: flatmate(model.ResidenceVerified)}},
	"listResidences":       {{may: staff(access.ResidenceDecide)}},
	"decideOnResidence":    {{may: staff(access.ResidenceDecide), about: aboutThing, at: atBuilding, kind: residenceKind, make: flat(model.ResidencePending), body: `{"decision":"approve"}`, own: 403}},
	"removeResidence":      {{may: staff(access.ResidenceDecide), about: aboutThing, at: atBuilding, kind: residenceKind, make: flat(model.ResidenceVerified), body: `{"reason":"已搬走"}`, own: 403}},
	"registerEmployment":   {{may: signedIn, about: aboutUnit, key: "estate", none: 400, gone: 400, body: `{"unitId":"{estate}","kind":"courier"}`}},
	"listMyEmployments":    {{may: signedIn}},
	"leaveEmployment":      {{may: owner, about: aboutThing, at: atEstate, kind: employmentKind, make: worksIn(model.EmploymentPending)}},
	"listEmployments":      {{may: staff(access.EmploymentDecide)}},
	"decideOnEmployment":   {{may: staff(access.EmploymentDecide), about: aboutThing, at: atEstate, kind: employmentKind, make: worksIn(model.EmploymentPending), body: `{"decision":"approve"}`, own: 403}},
	"removeEmployment":     {{may: staff(access.EmploymentDecide), about: aboutThing, at: atEstate, kind: employmentKind, make: worksIn(model.EmploymentVerified), body: `{"reason":"已离职"}`, own: 403}},
	"registerChild":        {{may: signedIn, make: agrees(model.PurposeChildren), asOwner: true, body: childBody}},
	"listMyChildren":       {{may: signedIn}},
	"getMyChild":           {{may: owner, about: aboutThing, at: atEstate, kind: childKind, make: childOf, personal: "a guardian's own contacts, to themselves"}},
	"changeMyChild":        {{may: owner, about: aboutThing, at: atEstate, kind: childKind, make: childOf, body: childBody, personal: "a guardian's own contacts, to themselves"}},
	"removeMyChild":        {{may: owner, about: aboutThing, at: atEstate, kind: childKind, make: childOf}},
	"listStairwells":       {{may: everyone, about: aboutUnit, query: "buildingId={building}", key: "building", none: 200}},
	"revealResidence":      {{may: staff(access.PersonReveal), about: aboutThing, at: atBuilding, kind: residenceKind, make: withPhone(flat(model.ResidenceVerified)), body: `{"reason":"核实住址"}`, personal: oneNumber}},
	"renewDoorCode":        {{may: staff(access.ResidenceDecide), about: aboutThing, at: atBuilding, make: stairwellIn}},

	// Places
	"listUnits":   {{may: everyone, about: aboutUnit, query: "parentId={community}", key: "community", none: 200, personal: dutyPhone}},
	"getUnit":     {{may: everyone, about: aboutUnit, at: atBranch, personal: dutyPhone}},
	"getMyBranch": {{may: everyone, about: aboutUnit, query: "estateId={estate}", key: "estate", gone: 409, personal: dutyPhone}},

	// News
	"listArticles":       {{may: everyone, about: aboutUnit, query: "estateId={estate}", key: "estate"}},
	"getFeed":            {{may: everyone, about: aboutUnit}},
	"getArticle":         {{may: everyone, about: aboutThing, at: atBranch, make: articleIn(model.ArticlePublished)}, {may: readArticle, open: true, about: aboutThing, at: atBranch, kind: draftKind, make: articleIn(model.ArticleDraft)}},
	"writeArticle":       {{may: staff(access.ArticleWrite), about: aboutUnit, at: atBranch, gone: 409, body: `{"title":"停水","summary":"周二","body":"周二停水","unitId":"{unit}"}`}},
	"listArticlesInWork": {{may: readArticle, about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"editArticle":        {{may: staff(access.ArticleWrite), about: aboutThing, at: atBranch, kind: draftKind, make: articleIn(model.ArticleDraft), body: `{"title":"停水了"}`}},
	"submitArticle":      {{may: staff(access.ArticleWrite), about: aboutThing, at: atBranch, kind: draftKind, make: articleIn(model.ArticleDraft)}},
	"approveArticle":     {{may: staff(access.ArticleApprove), about: aboutThing, at: atBranch, kind: draftKind, make: articleIn(model.ArticleSubmitted), own: 403}},
	"rejectArticle":      {{may: staff(access.ArticleApprove), about: aboutThing, at: atBranch, kind: draftKind, make: articleIn(model.ArticleSubmitted), body: `{"reason":"重写"}`, own: 403}},
	"publishArticle":     {{may: staff(access.ArticleWrite), about: aboutThing, at: atBranch, make: articleIn(model.ArticleApproved), body: `{}`}},
	"withdrawArticle":    {{may: staff(access.ArticleWrite), about: aboutThing, at: atBranch, kind: draftKind, make: articleIn(model.ArticleDraft), body: `{"reason":"错了"}`}},
	"listArticleEvents":  {{may: readArticle, about: aboutThing, at: atBranch, kind: draftKind, make: articleIn(model.ArticleDraft)}},

	// Pushes
	"getPushPlan":               {{may: staff(access.PushRead), about: aboutUnit, at: atBranch}},
	"savePushPlan":              {{may: staff(access.PushManage), about: aboutUnit, at: atBranch, body: dailyBody}},
	"forecastPush":              {{may: staff(access.PushRead), about: aboutUnit, at: atBranch}},
	"runPush":                   {{may: staff(access.PushManage), about: aboutUnit, at: atBranch, make: untold, body: `{"date":"{day}"}`}},
	"listPushes":                {{may: staff(access.PushRead), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"pausePush":                 {{may: staff(access.PushManage), about: aboutThing, at: atBranch, kind: pushKind, make: pushIn(model.PushSending)}},
	"resumePush":                {{may: staff(access.PushManage), about: aboutThing, at: atBranch, kind: pushKind, make: pushIn(model.PushPaused)}},
	"stopPush":                  {{may: staff(access.PushManage), about: aboutThing, at: atBranch, kind: pushKind, make: pushIn(model.PushSending)}},
	"watchPush":                 {{may: staff(access.PushRead), about: aboutThing, at: atBranch, kind: pushKind, make: pushIn(model.PushFinished)}},
	"getDigest":                 {{may: staff(access.DigestRead), about: aboutUnit, at: atBranch}},
	"getPushReport":             {{may: staff(access.PushRead), about: aboutThing, at: atBranch, kind: pushKind, make: pushIn(model.PushFinished)}},
	"listMyMessages":            {{may: signedIn}},
	"readMyMessage":             {{may: owner, about: aboutThing, at: atEstate, kind: messageKind, make: messageTo}},
	"getPushPreferences":        {{may: signedIn}},
	"savePushPreferences":       {{may: signedIn, body: `{"news":true,"notices":true}`}},
	"listSubscriptionTemplates": {{may: signedIn}},
	"reportSubscriptionResults": {{may: signedIn, body: `[{"templateId":"news","result":"accept"}]`}},
	"verifyWeChatPush":          {{always: 403}},
	"receiveWeChatPush":         {{always: 400, body: `<xml/>`}},

	// Points and shop
	"getMyPoints":         {{may: signedIn}},
	"listMyPointsEntries": {{may: signedIn}},
	"listPointsAccounts":  {{may: staff(access.PointsRead), about: aboutPerson, at: atEstate, make: earned, query: "ownerId={user}"}},
	"listPointsEntries":   {{may: staff(access.PointsRead), about: aboutPerson, at: atEstate, kind: accountKind, make: earned, key: "id"}},
	"listPendingAwards":   {{may: staff(access.PointsApprove)}},
	"awardPoints":         {{may: staff(access.PointsAward), body: `{"userId":"{neighbour}","points":1,"cause":"巡逻","reference":"matrix-{n}"}`}},
	"approveAward":        {{may: staff(access.PointsApprove), about: aboutThing, at: atEstate, kind: awardKind, make: pendingAward, own: 403}},
	"listPointsPools":     {{may: staff(access.PointsRead), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"fillPointsPool":      {{may: staff(access.PointsPool), about: aboutUnit, at: atBranch, gone: 409, body: `{"sponsor":"红星","unitId":"{unit}","points":10,"backing":"大米"}`}},
	"reversePoints":       {{may: staff(access.PointsAward), about: aboutPerson, at: atEstate, make: earned, key: "entry", body: `{"entryId":"{entry}","reason":"记错了"}`}},
	"listGoods":           {{may: everyone, about: aboutUnit, query: "estateId={estate}", key: "estate"}},
	"addGoods":            {{may: staff(access.ShopManage), about: aboutUnit, at: atBranch, gone: 409, body: `{"name":"米","unitId":"{unit}","price":5,"stock":5,"limits":{"perPersonMonth":1}}`}},
	"moveStock":           {{may: staff(access.ShopManage), about: aboutThing, at: atBranch, make: goods, body: `{"delta":1,"reason":"补货"}`}},
	"redeem":              {{may: signedIn, about: aboutThing, at: atBranch, make: affordable, asOwner: true, body: `{"goodsId":"{id}","quantity":1}`}},
	"listMyRedemptions":   {{may: signedIn}},
	"listRedemptions":     {{may: staff(access.ShopHandOver), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"getRedemption":       {{may: staff(access.ShopHandOver).orOwner(), about: aboutThing, at: atBranch, kind: redemptionKind, make: reserved}},
	"prepareRedemption":   {{may: staff(access.ShopHandOver), about: aboutThing, at: atBranch, kind: redemptionKind, make: reserved}},
	"cancelRedemption":    {{may: staff(access.ShopHandOver).orOwner(), about: aboutThing, at: atBranch, kind: redemptionKind, make: reserved}},
	"handOver":            {{may: staff(access.ShopHandOver), about: aboutThing, at: atBranch, kind: redemptionKind, make: reserved, key: "code", body: `{"pickupCode":"{code}"}`}},
	"returnGoods":         {{may: staff(access.ShopHandOver), about: aboutThing, at: atBranch, kind: redemptionKind, make: handedOver, body: `{"quantity":1}`}},
	"getDaySheet":         {{may: staff(access.PointsRead)}},

	// Uploads
	"createUpload": {{may: signedIn, body: uploadBody, form: "multipart/form-data; boundary=x"}},
	"getUpload": {
		{may: staff(access.MailboxRead).orOwner(), about: aboutThing, at: atHome, kind: uploadKind, make: uploadIn(model.UploadPassed)},
		{may: staff(access.TextModerate).orOwner(), about: aboutThing, at: atBranch, kind: heldKind, make: uploadIn(model.UploadHeld)},
	},
	"getUploadFile": {{may: everyone, about: aboutThing, at: atHome, make: uploadIn(model.UploadPassed), query: "expires={expires}&signature={signature}"}},

	// Red mailbox
	"listCategories":  {{may: everyone}},
	"listInbox":       {{may: staff(access.MailboxRead)}, {may: staff(access.MailboxRead), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"submitRequest":   {{may: signedIn, about: aboutUnit, key: "estate", none: 400, body: `{"category":"other","text":"路灯坏了","identity":"named","estateId":"{estate}","position":{"latitude":36.9,"longitude":112.9},"answers":[{"question":"brief","text":"夜里没有灯"}]}`, gone: 400}},
	"listMyRequests":  {{may: signedIn}},
	"getRequest":      {{may: staff(access.MailboxRead).orOwner(), about: aboutThing, at: atHome, kind: requestKind, make: requestIn(model.RequestScreened)}},
	"writeMessage":    {{may: staff(access.MailboxHandle).orOwner(), about: aboutThing, at: atHome, kind: requestKind, make: requestIn(model.RequestHandling), body: `{"text":"请尽快"}`}},
	"urgeRequest":     {{may: owner, about: aboutThing, at: atHome, kind: requestKind, make: requestIn(model.RequestAccepted)}},
	"giveFeedback":    {{may: owner, about: aboutThing, at: atHome, kind: requestKind, make: requestIn(model.RequestReplied), body: `{"outcome":"fixed","rating":5}`}},
	"withdrawRequest": {{may: owner, about: aboutThing, at: atHome, kind: requestKind, make: requestIn(model.RequestScreened)}},
	"acceptRequest":   {{may: staff(access.MailboxHandle), about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestScreened), body: `{}`}},
	"refuseRequest":   {{may: staff(access.MailboxHandle), about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestScreened), body: `{"reason":"不归我们"}`}},
	"startRequest":    {{may: staff(access.MailboxHandle), about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestAccepted)}},
	"replyToRequest":  {{may: staff(access.MailboxHandle), about: aboutThing, at: atHome, kind: requestKind, own: 403, make: requestIn(model.RequestHandling), body: `{"text":"修好了"}`}},

	// Held texts
	"listModerationItems": {{may: staff(access.TextModerate), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"decideOnText":        {{may: staff(access.TextModerate), about: aboutThing, at: atBranch, kind: itemKind, make: heldText, body: `{"decision":"release"}`, own: 403}},

	// Activities
	"listActivities":      {{may: everyone, about: aboutUnit, query: "estateId={estate}", key: "estate"}},
	"getActivity":         {{may: everyone, about: aboutThing, at: atBranch, make: activityIn(model.ActivityPublished, inSomeDays)}, {may: staff(access.ActivityManage), open: true, about: aboutThing, at: atBranch, kind: planKind, make: activityIn(model.ActivityDraft, inSomeDays)}},
	"getActivityCalendar": {{may: everyone, about: aboutThing, at: atBranch, make: activityIn(model.ActivityPublished, inSomeDays)}},
	"draftActivity":       {{may: staff(access.ActivityManage), about: aboutUnit, at: atBranch, gone: 409, body: meetingBody}},
	"changeActivity":      {{may: staff(access.ActivityManage), about: aboutThing, at: atBranch, kind: planKind, make: activityIn(model.ActivityDraft, inSomeDays), body: `{"title":"健康义诊"}`}},
	"publishActivity":     {{may: staff(access.ActivityManage), about: aboutThing, at: atBranch, kind: planKind, make: activityIn(model.ActivityDraft, inSomeDays)}},
	"cancelActivity":      {{may: staff(access.ActivityManage), about: aboutThing, at: atBranch, make: activityIn(model.ActivityPublished, inSomeDays), body: `{"reason":"下雨"}`}},
	"signUp":              {{may: signedIn, about: aboutThing, at: atBranch, make: activityIn(model.ActivityPublished, inSomeDays), body: `{"people":[{"name":"小明","relation":"child"}],"answers":{"size":"L"}}`}},
	"withdrawSignUp":      {{may: owner, about: aboutThing, at: atBranch, make: signedUp(model.SignUpRegistered)}},
	"listMySignUps":       {{may: signedIn}},
	"acceptOffer":         {{may: owner, about: aboutThing, at: atBranch, make: offered}},
	"getCheckInCode":      {{may: staff(access.AttendanceRecord), about: aboutThing, at: atBranch, make: activityIn(model.ActivityPublished, time.Minute)}},
	"listRoster":          {{may: staff(access.AttendanceRecord), about: aboutThing, at: atBranch, make: signedUp(model.SignUpRegistered)}},
	"recordAttendance":    {{may: staff(access.AttendanceRecord), about: aboutThing, at: atBranch, make: signedUp(model.SignUpRegistered), body: `{"signUpId":"{signUp}","kind":"in"}`}},
	"revealSignUp":        {{may: staff(access.PersonReveal), about: aboutThing, at: atBranch, make: withPhone(signedUpAlone), body: `{"reason":"通知改期"}`, personal: oneNumber}},
	"checkIn":             {{may: signedIn, about: aboutThing, at: atBranch, make: signedUp(model.SignUpRegistered), asOwner: true, body: `{"code":"{code}"}`, gone: 409}},
	"checkOut":            {{may: signedIn, about: aboutThing, at: atBranch, make: checkedIn, asOwner: true, body: `{"code":"{code}"}`, gone: 409}},

	// The organisation
	"foundUnit":       {{may: manageOrg, about: aboutUnit, at: atEstate, key: "estate", gone: 400, body: `{"kind":"building","name":"新楼{n}","parentId":"{estate}"}`}},
	"changeUnit":      {{may: manageOrg, about: aboutUnit, at: atBranch, body: `{"hours":"9:00-17:00"}`, gone: 409, personal: dutyPhone}},
	"closeUnit":       {{may: manageOrg, about: aboutUnit, at: atBranch, make: newUnit, key: "id", body: `{}`}},
	"listCovered":     {{may: everyone, about: aboutUnit}},
	"coverUnits":      {{may: manageOrg, about: aboutUnit, at: atBuilding, make: newGrid, key: "id", body: `{"coveredIds":["{newBuilding}"]}`}},
	"releaseUnit":     {{may: manageOrg, about: aboutUnit, at: atBuilding, make: coveringGrid, key: "id"}},
	"getCoverage":     {{may: staff(access.OrgRead), about: aboutUnit, at: atBranch}},
	"listChecks":      {{may: staff(access.OrgRead)}},
	"listBranchesDue": {{may: staff(access.OrgRead)}},
	"getUnitFacts":    {{may: everyone, about: aboutUnit, personal: dutyPhone}},

	"getLineage": {{may: everyone, about: aboutUnit, at: atBranch}},

	// Restructurings
	"listRestructurings":    {{may: staff(access.OrgPlans)}, {may: staff(access.OrgPlans), about: aboutUnit, at: atCommunity, query: "unitId={community}", key: "community"}},
	"getRestructuring":      {{may: staff(access.OrgPlans), about: aboutThing, at: atCommunity, kind: batchKind, make: batchIn(model.RestructuringDraft)}},
	"draftRestructuring":    {{may: plan, about: aboutUnit, at: atCommunity, key: "community", make: ledEstate, body: batchBody}},
	"editRestructuring":     {{may: plan, about: aboutThing, at: atCommunity, kind: batchKind, make: batchIn(model.RestructuringDraft), body: batchBody}},
	"submitRestructuring":   {{may: plan, about: aboutThing, at: atCommunity, kind: batchKind, make: batchIn(model.RestructuringDraft)}},
	"withdrawRestructuring": {{may: plan, about: aboutThing, at: atCommunity, kind: batchKind, make: batchIn(model.RestructuringApproved), body: `{"reason":"另行研究"}`}},
	"effectRestructuring":   {{may: plan, about: aboutThing, at: atCommunity, kind: batchKind, make: batchIn(model.RestructuringApproved)}},
	"approveRestructuring":  {{may: staff(access.OrgReview), about: aboutThing, at: atCommunity, kind: batchKind, make: batchIn(model.RestructuringSubmitted), own: 403, body: `{"note":"同意"}`}},
	"rejectRestructuring":   {{may: staff(access.OrgReview), about: aboutThing, at: atCommunity, kind: batchKind, make: batchIn(model.RestructuringSubmitted), own: 403, body: `{"reason":"再议"}`}},

	// Secretaries
	"listTenures":   {{may: staff(access.TenureRead)}, {may: staff(access.TenureRead), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"listVacancies": {{may: staff(access.TenureRead), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"getTenure":     {{may: staff(access.TenureRead), about: aboutThing, at: atBranch, kind: tenureKind, make: tenureIn(model.TenureProposed)}},
	"proposeTenure": {{may: staff(access.TenurePropose), about: aboutUnit, at: atBranch, gone: 400, body: `{"branchId":"{unit}","userId":"{neighbour}","name":"郭志强","source":"resident_member"}`}},
	"judgeTenure":   {{may: staff(access.TenurePropose), about: aboutThing, at: atBranch, kind: tenureKind, own: 403, make: tenureIn(model.TenureProposed), body: `{"standard":"capable","met":true}`}},
	"approveTenure": {{may: decide, about: aboutThing, at: atBranch, kind: tenureKind, make: tenureIn(model.TenureChecked), own: 403, body: `{"note":"会议研究"}`}},
	"rejectTenure":  {{may: decide, about: aboutThing, at: atBranch, kind: tenureKind, make: tenureIn(model.TenureProposed), body: `{"reason":"不合适"}`}},
	"startTenure":   {{may: decide, about: aboutThing, at: atBranch, kind: tenureKind, make: tenureIn(model.TenureApproved)}},
	"suspendTenure": {{may: decide, about: aboutThing, at: atBranch, kind: tenureKind, make: tenureIn(model.TenureInPost), body: `{"reason":"配合调查"}`}},
	"resumeTenure":  {{may: decide, about: aboutThing, at: atBranch, kind: tenureKind, make: tenureIn(model.TenureSuspended)}},
	"endTenure":     {{may: decide, about: aboutThing, at: atBranch, kind: tenureKind, make: tenureIn(model.TenureInPost), body: `{"reason":"term"}`}},

	// Grants and service teams
	"listGrants":         {{may: staff(access.GrantRead)}, {may: staff(access.GrantRead), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"giveGrant":          {{may: staff(access.GrantManage), about: aboutUnit, at: atBranch, make: candidate, gone: 409, body: `{"userId":"{candidate}","role":"shop_keeper","unitId":"{unit}"}`}},
	"confirmGrant":       {{may: staff(access.GrantConfirm), about: aboutThing, at: atCommunity, kind: proposalKind, make: auditorProposed, own: 403, gone: 200}},
	"endGrant":           {{may: staff(access.GrantManage), about: aboutThing, at: atBranch, kind: grantKind, make: grantProposed}},
	"listAppointments":   {{may: staff(access.GrantManage)}, {may: staff(access.GrantManage), about: aboutUnit, at: atBranch, query: "unitId={unit}"}},
	"dismissAppointment": {{may: staff(access.GrantManage), about: aboutThing, at: atBranch, kind: appointmentKind, make: keeperNamed}},
	"findStaff":          {{may: staff(access.GrantManage), make: withNumber, body: `{"phone":"{phone}"}`}},
	"listStaffRoles":     {{may: staff(access.GrantRead), make: promoted, mine: true}, {may: staff(access.GrantRead), about: aboutUnit, at: atBranch, query: "unitId={unit}", make: someUser, key: "unit"}},
	"moveStaff":          {{may: staff(access.GrantManage), about: aboutUnit, at: atBranch, make: promotable, gone: 409, body: `{"from":"{from}","role":"shop_keeper","unitId":"{unit}","reason":"岗位调整"}`}},
	"getMyTeam":          {{may: signedIn, make: helper, personal: homePhones}, {may: signedIn, about: aboutUnit, query: "estateId={estate}", key: "estate", gone: 409, personal: homePhones}},
	"listTeamMembers":    {{may: staff(access.TeamRead), about: aboutUnit, at: atBranch}},
	"addTeamMember":      {{may: staff(access.TeamManage), about: aboutUnit, at: atBranch, gone: 409, body: `{"role":"volunteer","name":"热心人{n}","phone":"13900001111"}`}},
	"getTeamMember":      {{may: staff(access.TeamRead), about: aboutThing, at: atEstate, make: neighbourly}},
	"changeTeamMember":   {{may: staff(access.TeamManage), about: aboutThing, at: atEstate, make: neighbourly, body: `{"task":"代办"}`}},
	"listGridLeads":      {{may: staff(access.TeamRead), about: aboutUnit, at: atGrid, kind: leadKind, make: ledGrid, key: "id"}},
	"appointGridLead":    {{may: staff(access.GridManage), about: aboutUnit, at: atGrid, make: gridWithWorker, key: "id", gone: 409, body: `{"userId":"{worker}"}`}},
	"endGridLead":        {{may: staff(access.GridManage), about: aboutUnit, at: atGrid, make: ledGrid, key: "id", body: `{"reason":"调离"}`}},
	"endTeamMember":      {{may: staff(access.TeamManage), about: aboutThing, at: atBranch, make: helper}},

	// Imports and exports
	"createImport":      {{may: staff(access.RosterImport), about: aboutUnit, at: atEstate, key: "estate", query: "kind=roster&unitId={estate}", body: rosterFile}},
	"listImports":       {{may: staff(access.RosterImport)}, {may: staff(access.RosterImport), about: aboutUnit, at: atEstate, key: "estate", query: "unitId={estate}"}},
	"getImport":         {{may: staff(access.RosterImport), about: aboutThing, at: atEstate, kind: importKind, make: checkedFile}},
	"applyImport":       {{may: staff(access.RosterImport), about: aboutThing, at: atEstate, kind: importKind, make: checkedFile, body: `{"skipInvalid":true}`}},
	"getImportTemplate": {{may: signedIn, make: ofRoster}},
	"createExport": {
		{may: staff(access.DataExport), about: aboutUnit, at: atBranch, body: `{"kind":"units","unitId":"{unit}","reason":"核对单位"}`},
		{may: staff(access.RosterReveal), about: aboutUnit, at: atBranch, body: `{"kind":"roster","unitId":"{unit}","reason":"核对名册","unmasked":true}`},
	},

	// Stations
	"listStations":        {{may: everyone, about: aboutUnit, query: "communityId={community}", key: "community", none: 200}},
	"getStation":          {{may: everyone, about: aboutUnit, at: atStation, gone: 404}},
	"describeStation":     {{may: staff(access.StationManage), about: aboutUnit, at: atStation, body: stationBody, gone: 404}},
	"listStationDays":     {{may: everyone, about: aboutUnit, at: atStation, query: "from=2027-01-01&to=2027-01-31", gone: 404}},
	"changeStationDay":    {{may: staff(access.StationManage), about: aboutUnit, at: atStation, make: freshDate, key: "id", body: `{"hours":[{"from":"08:30","until":"12:00"}],"reason":"停电"}`, gone: 404}},
	"restoreStationDay":   {{may: staff(access.StationManage), about: aboutUnit, at: atStation, make: otherHours, key: "id", gone: 404}},
	"listStationVersions": {{may: everyone, about: aboutUnit, at: atStation, gone: 404}},
	"listServices":        {{may: everyone, about: aboutUnit, at: atStation, gone: 404}},
	"listServiceVersions": {{may: everyone, about: aboutThing, at: atStation, make: offer}},
	"addService":          {{may: staff(access.StationManage), about: aboutUnit, at: atStation, gone: 409, body: `{"unitId":"{unit}","name":"代办{n}","steps":"登记","documents":[],"answers":"民政协理员","contact":"一号窗口"}`}},
	"changeService":       {{may: staff(access.StationManage), about: aboutThing, at: atStation, make: offer, body: `{"name":"代办{n}","steps":"登记","documents":[],"answers":"民政协理员","contact":"一号窗口"}`}},
	"withdrawService":     {{may: staff(access.StationManage), about: aboutThing, at: atStation, make: offer}},
	"listCalendarDays":    {{may: everyone, query: "from=2027-01-01&to=2027-02-01"}},
	"changeCalendarDay":   {{may: staff(access.CalendarManage), make: freshDate, body: `{"kind":"holiday","name":"庙会"}`}},
	"restoreCalendarDay":  {{may: staff(access.CalendarManage), make: dayOff}},

	// Duty
	"getOnDutyNow":      {{may: everyone, about: aboutUnit, at: atStation, gone: 404}},
	"listDutyGaps":      {{may: staff(access.DutyRead)}},
	"listMyDutyShifts":  {{may: signedIn}},
	"listDutyMembers":   {{may: staff(access.DutyRead), about: aboutUnit, at: atStation}},
	"listDutySwaps":     {{may: staff(access.DutyRead), about: aboutUnit, at: atStation}},
	"getDutyRoster":     {{may: staff(access.DutyRead), about: aboutUnit, at: atStation, query: "month=2027-01"}},
	"addDutyMember":     {{may: staff(access.DutyManage), about: aboutUnit, at: atStation, make: colleague, key: "id", body: `{"userId":"{user}","name":"老郭"}`, gone: 404}},
	"endDutyMember":     {{may: staff(access.DutyManage), about: aboutThing, at: atStation, make: freshMember, gone: 404}},
	"planDutyMonth":     {{may: staff(access.DutyManage), about: aboutUnit, at: atStation, make: pool, key: "id", body: `{"month":"2027-03","perDay":2}`, gone: 404}},
	"confirmDutyMonth":  {{may: staff(access.DutyManage), about: aboutUnit, at: atStation, body: `{"month":"2027-04"}`, gone: 404}},
	"setDutyDay":        {{may: staff(access.DutyManage), about: aboutUnit, at: atStation, make: pool, key: "id", body: `{"memberIds":["{one}","{two}"],"reason":"节日"}`, gone: 404}},
	"confirmDutyShift":  {{may: staff(access.DutyManage).orOwner(), about: aboutThing, at: atStation, make: shift}},
	"reportDutyAbsence": {{may: staff(access.DutyManage).orOwner(), about: aboutThing, at: atStation, make: shift, body: `{"reason":"生病"}`}},
	"askDutySwap":       {{may: owner, about: aboutThing, at: atStation, make: shift, body: `{"memberId":"{other}"}`}},
	"agreeDutySwap":     {{may: owner, about: aboutThing, at: atStation, make: swapAsked}},
	"declineDutySwap":   {{may: owner, about: aboutThing, at: atStation, make: swapAsked}},
	"withdrawDutySwap":  {{may: owner, about: aboutThing, at: atStation, make: swapAskedBy}},
	"approveDutySwap":   {{may: staff(access.DutyManage), hidden: true, about: aboutThing, at: atStation, make: swapAgreed}},
	"refuseDutySwap":    {{may: staff(access.DutyManage), hidden: true, about: aboutThing, at: atStation, make: swapAgreed}},
}
