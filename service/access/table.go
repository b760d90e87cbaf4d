package access

import "jinlin/model"

// Action is something that needs authority over a unit.
type Action string

// The actions of staff. What any signed-in resident may do needs none of them.
const (
	MailboxRead      Action = "mailbox.read"      // see a unit's requests
	MailboxHandle    Action = "mailbox.handle"    // accept, refuse, reply
	MailboxPolicy    Action = "mailbox.policy"    // say how long the clocks of requests run
	MailboxEnter     Action = "mailbox.enter"     // open boxes, key slips in, enter requests for others
	MailboxRoute     Action = "mailbox.route"     // say whose team gets which requests
	ReferralAnswer   Action = "referral.answer"   // read and answer what was referred to a department
	BoxManage        Action = "box.manage"        // boxes and books of slips
	IdentityAsk      Action = "identity.ask"      // ask for the opening of a sealed identity, read it once opened
	IdentityDecide   Action = "identity.decide"   // approve or refuse what another has asked for
	BoardWrite       Action = "board.write"       // write public versions of requests, take them back
	BoardApprove     Action = "board.approve"     // approve or reject another's public version
	Open311Manage    Action = "open311.manage"    // let other people's programs submit requests
	StatisticsRead   Action = "statistics.read"   // what becomes of a unit's requests, in figures
	ActivityManage   Action = "activity.manage"   // write, publish, cancel
	AttendanceRecord Action = "attendance.record" // see the roster, record who came
	ArticleWrite     Action = "article.write"     // write, submit, publish, withdraw
	ArticleApprove   Action = "article.approve"   // approve or reject another's article
	PushManage       Action = "push.manage"       // plan, run, pause, stop
	PushRead         Action = "push.read"         // see reports
	DigestRead       Action = "digest.read"       // get the day's text for a WeChat group
	PointsPool       Action = "points.pool"       // bring points into being, against backing
	PointsAward      Action = "points.award"      // give points by hand, reverse
	PointsApprove    Action = "points.approve"    // approve another's large award
	PointsRead       Action = "points.read"       // see accounts
	ShopManage       Action = "shop.manage"       // goods and stock
	ShopHandOver     Action = "shop.hand_over"    // the till
	TextModerate     Action = "text.moderate"     // read, release and refuse held texts
	ResidenceDecide  Action = "residence.decide"  // verify who lives where
	EmploymentDecide Action = "employment.decide" // verify where people of new-employment groups work
	OrgManage        Action = "org.manage"        // found, change and close units, give them what they cover
	OrgRead          Action = "org.read"          // coverage and the checks of the organisation
	OrgRestructure   Action = "org.restructure"   // draft, submit and withdraw restructurings of branches
	OrgReview        Action = "org.review"        // approve or reject another's restructuring
	OrgPlans         Action = "org.plans"         // see restructurings and what they would change
	TenurePropose    Action = "tenure.propose"    // name a secretary to be, judge the standards
	TenureDecide     Action = "tenure.decide"     // approve another's proposal, start, suspend and end a tenure
	TenureRead       Action = "tenure.read"       // see tenures and vacant posts
	GrantManage      Action = "grant.manage"      // give and end roles, each as Posts allows
	GrantConfirm     Action = "grant.confirm"     // confirm what another has given
	GrantRead        Action = "grant.read"        // see who has had which role
	TeamManage       Action = "team.manage"       // say who works in a service team
	TeamRead         Action = "team.read"         // see who has worked in one
	GridManage       Action = "grid.manage"       // say who leads a grid
	AuditRead        Action = "audit.read"        // read the record of staff writes
	CalendarManage   Action = "calendar.manage"   // say what is a working day
	StationManage    Action = "station.manage"    // a station's hours, rooms, services
	DutyManage       Action = "duty.manage"       // plan who is on duty, approve swaps
	DutyRead         Action = "duty.read"         // see rosters
	PlacesImport     Action = "places.import"     // bring in units and households
	RosterImport     Action = "roster.import"     // bring in rosters
	StaffImport      Action = "staff.import"      // bring in who has which role
	DataExport       Action = "data.export"       // take places and masked rosters out
	RosterReveal     Action = "roster.reveal"     // take rosters out unmasked
	PersonReveal     Action = "person.reveal"     // see one masked number, for a reason
	DeskLogin        Action = "desk.login"        // sign in at a desktop page by a scan
)

// insiders are all who work in the organisation, and who audits it.
var insiders = []model.Role{
	model.CountyClerk, model.DepartmentOfficer, model.TownCommittee, model.PartTimeMember, model.CommunityWorker, model.GridWorker,
	model.Secretary, model.GroupLeader, model.BranchMember, model.Auditor,
}

// Table says which roles may do what, each within its unit and all below it. It is the
// whole truth about authority: default deny, no exceptions in code.
var Table = map[Action][]model.Role{
	MailboxRead:      {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.GridWorker, model.Secretary, model.GroupLeader, model.Auditor},
	MailboxHandle:    {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.GridWorker, model.Secretary},
	MailboxPolicy:    {model.CountyClerk},
	MailboxEnter:     {model.CommunityWorker, model.GridWorker, model.Secretary},
	MailboxRoute:     {model.CountyClerk, model.Secretary},
	ReferralAnswer:   {model.DepartmentOfficer},
	BoxManage:        {model.CountyClerk, model.CommunityWorker, model.Secretary},
	IdentityAsk:      {model.CountyClerk, model.TownCommittee},
	IdentityDecide:   {model.CountyClerk},
	BoardWrite:       {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.GridWorker, model.Secretary},
	BoardApprove:     {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.Secretary},
	Open311Manage:    {model.CountyClerk},
	StatisticsRead:   {model.CountyClerk, model.DepartmentOfficer, model.TownCommittee, model.PartTimeMember, model.CommunityWorker, model.GridWorker, model.Secretary, model.Auditor},
	ActivityManage:   {model.CountyClerk, model.CommunityWorker, model.Secretary},
	AttendanceRecord: {model.CommunityWorker, model.GridWorker, model.Secretary, model.GroupLeader},
	ArticleWrite:     {model.CountyClerk, model.CommunityWorker, model.Secretary},
	ArticleApprove:   {model.CountyClerk, model.TownCommittee},
	PushManage:       {model.CountyClerk, model.Secretary},
	PushRead:         {model.CountyClerk, model.TownCommittee, model.PartTimeMember, model.CommunityWorker, model.Secretary, model.Auditor},
	DigestRead:       {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.GridWorker, model.Secretary},
	PointsPool:       {model.CountyClerk},
	PointsAward:      {model.CountyClerk, model.CommunityWorker, model.Secretary},
	PointsApprove:    {model.CountyClerk, model.TownCommittee},
	PointsRead:       {model.CountyClerk, model.Secretary, model.ShopKeeper, model.Auditor},
	ShopManage:       {model.CountyClerk, model.ShopKeeper},
	ShopHandOver:     {model.ShopKeeper},
	TextModerate:     {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.Secretary},
	ResidenceDecide:  {model.CommunityWorker, model.GridWorker, model.Secretary},
	EmploymentDecide: {model.CommunityWorker, model.GridWorker, model.Secretary},
	OrgManage:        {model.CountyClerk},
	OrgRead:          insiders,
	OrgRestructure:   {model.CountyClerk, model.TownCommittee},
	OrgReview:        {model.CountyClerk},
	OrgPlans:         {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.Auditor},
	TenurePropose:    {model.CountyClerk, model.TownCommittee},
	TenureDecide:     {model.CountyClerk, model.TownCommittee},
	TenureRead:       {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.Auditor},
	GrantManage:      {model.CountyClerk, model.TownCommittee},
	GrantConfirm:     {model.CountyClerk},
	GrantRead:        {model.CountyClerk, model.TownCommittee, model.Auditor},
	TeamManage:       {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.Secretary},
	TeamRead:         {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.GridWorker, model.Secretary, model.GroupLeader, model.Auditor},
	GridManage:       {model.CountyClerk, model.TownCommittee, model.CommunityWorker},
	AuditRead:        {model.Auditor},
	CalendarManage:   {model.CountyClerk},
	StationManage:    {model.CountyClerk, model.TownCommittee, model.CommunityWorker},
	DutyManage:       {model.CountyClerk, model.CommunityWorker},
	DutyRead:         {model.CountyClerk, model.TownCommittee, model.CommunityWorker, model.GridWorker, model.Secretary, model.Auditor},
	PlacesImport:     {model.CountyClerk},
	RosterImport:     {model.CountyClerk, model.CommunityWorker},
	StaffImport:      {model.CountyClerk},
	DataExport:       {model.CountyClerk, model.CommunityWorker},
	RosterReveal:     {model.CountyClerk},
	PersonReveal:     {model.CommunityWorker, model.GridWorker, model.Secretary},
	DeskLogin:        model.Roles,
}
