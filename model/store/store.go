// Package store keeps the facts. gorm lives here and nowhere else.
//
// Rules, each forced by a measurement:
//
//   - A Store is bound either to the database or to one transaction; its methods
//     cannot tell and need not care. InTx gives the same type bound to a
//     transaction, nested calls join it, and only the outermost one repeats itself
//     after a deadlock or a busy database.
//   - Counters (places, stock, balances, grants) move only by one conditional
//     relative statement (Take…, Give…), before the row that uses them is inserted.
//   - Nothing outside the database happens inside a transaction: no network, no
//     file, no change to a variable but the result.
//   - Whatever must happen afterwards is a job added in the same transaction.
//
// The verbs are a closed list: Get, List, Count, Add, Save…, Take…, Give…, Delete.
package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jinlin/model"
)

// Store is every table, bound to the database or to one transaction.
type Store struct {
	*conn
	Users      Users
	WeChat     WeChatAccounts
	Sessions   Sessions
	LoginCodes LoginCodes
	DeskLogins DeskLogins
	Units      Units
	UnitFacts  UnitFacts
	Covers     Covers
	Stairwells Stairwells
	Households Households
	Residences Residences
	Grants     Grants
	Audit      Audit
	Jobs       Jobs

	Appointments Appointments

	Tenures          Tenures
	TenureEvents     TenureEvents
	TenureJudgements TenureJudgements

	Restructurings      Restructurings
	RestructuringEvents RestructuringEvents
	Lineages            Lineages

	Requests      Requests
	RequestEvents RequestEvents
	RequestClocks RequestClocks
	RequestAlarms RequestAlarms
	ClockPolicies ClockPolicies

	RequestPromises RequestPromises
	CannedReplies   CannedReplies
	DispatchRules   DispatchRules
	Referrals       Referrals

	RequestUrges RequestUrges
	DailyUses    DailyUses

	SealedIdentities      SealedIdentities
	IdentityOpenings      IdentityOpenings
	IdentityOpeningEvents IdentityOpeningEvents
	PublicVersions        PublicVersions
	PublicVersionEvents   PublicVersionEvents
	RequestFollowers      RequestFollowers
	PublicGrams           PublicGrams
	Open311Clients        Open311Clients

	Boxes            Boxes
	BoxOpenings      BoxOpenings
	BoxOpeningEvents BoxOpeningEvents
	SlipBooks        SlipBooks
	Slips            Slips
	Absentees        Absentees

	PointsAccounts     PointsAccounts
	LedgerTransactions LedgerTransactions
	LedgerEntries      LedgerEntries
	PointsPools        PointsPools
	PointsLots         PointsLots
	PointsEarnings     PointsEarnings
	PointsDays         PointsDays
	PointsHolds        PointsHolds
	PointsHoldLots     PointsHoldLots
	PointsAwards       PointsAwards
	Goods              Goods
	StockMovements     StockMovements
	GoodsMonths        GoodsMonths
	Redemptions        Redemptions
	RedemptionEvents   RedemptionEvents
	Activities         Activities
	ActivityEvents     ActivityEvents
	SignUps            SignUps
	SignUpEvents       SignUpEvents
	Attendances        Attendances

	Articles        Articles
	ArticleEvents   ArticleEvents
	PushPlans       PushPlans
	PushSlots       PushSlots
	Pushes          Pushes
	PushEvents      PushEvents
	Deliveries      Deliveries
	Messages        Messages
	PushPreferences PushPreferences
	TemplateGrants  TemplateGrants
	WeeklySends     WeeklySends
	WeChatEvents    WeChatEvents

	Phones           Phones
	FormerNames      FormerNames
	RosterEntries    RosterEntries
	Children         Children
	ResidenceEvents  ResidenceEvents
	Employments      Employments
	EmploymentEvents EmploymentEvents
	Imports          Imports
	ImportChunks     ImportChunks
	UnitNames        UnitNames

	Consents      Consents
	Closures      Closures
	ClosureEvents ClosureEvents
	Reveals       Reveals

	ModerationItems  ModerationItems
	ModerationEvents ModerationEvents
	Uploads          Uploads
	UploadEvents     UploadEvents
	MediaChecks      MediaChecks
	CalendarDays     CalendarDays
	StationProfiles  StationProfiles
	StationDays      StationDays
	ServiceItems     ServiceItems
	DutyMembers      DutyMembers
	DutyDays         DutyDays
	DutyShifts       DutyShifts
	DutyEvents       DutyEvents
	DutySwaps        DutySwaps
	TeamMembers      TeamMembers
	GridLeads        GridLeads

	ChainLinks ChainLinks
	ChainHeads ChainHeads

	onces     onces
	fieldKeys fieldKeys
}

// conn is what all tables of one Store share.
type conn struct {
	db      *gorm.DB // the writer, or the transaction
	reads   *gorm.DB // where reads outside a transaction go
	dialect Dialect
	inTx    bool
	wake    *bool // a job was added; InTx tells the workers after the commit
	keys    *Keys
	now     model.Clock
	onJobs  func()
}

// bind builds the tables over a connection: the one list of them.
func bind(c *conn) *Store { //nolint:funlen // a list, a line a table
	return &Store{
		conn:       c,
		Users:      Users{table[model.User]{c}},
		WeChat:     WeChatAccounts{table[model.WeChatAccount]{c}},
		Sessions:   Sessions{table[model.Session]{c}},
		LoginCodes: LoginCodes{table[model.LoginCode]{c}},
		DeskLogins: DeskLogins{table[model.DeskLogin]{c}},
		Units:      Units{table[model.Unit]{c}},
		UnitFacts:  UnitFacts{table[model.UnitFact]{c}},
		Covers:     Covers{table[model.Cover]{c}},
		Stairwells: Stairwells{table[model.Stairwell]{c}},
		Households: Households{table[model.Household]{c}},
		Residences: Residences{table[model.Residence]{c}},
		Grants:     Grants{table[model.Grant]{c}},
		Audit:      Audit{table[model.AuditEntry]{c}},
		Jobs:       Jobs{table[model.Job]{c}},

		Appointments: Appointments{table[model.Appointment]{c}},

		Tenures:          Tenures{table[model.Tenure]{c}},
		TenureEvents:     TenureEvents{table[model.TenureEvent]{c}},
		TenureJudgements: TenureJudgements{table[model.TenureJudgement]{c}},

		Restructurings:      Restructurings{table[model.Restructuring]{c}},
		RestructuringEvents: RestructuringEvents{table[model.RestructuringEvent]{c}},
		Lineages:            Lineages{table[model.Lineage]{c}},

		Requests:      Requests{table[model.Request]{c}},
		RequestEvents: RequestEvents{table[model.RequestEvent]{c}},
		RequestClocks: RequestClocks{table[model.RequestClock]{c}},
		RequestAlarms: RequestAlarms{table[model.RequestAlarm]{c}},
		ClockPolicies: ClockPolicies{table[model.ClockPolicy]{c}},

		RequestPromises: RequestPromises{table[model.RequestPromise]{c}},
		CannedReplies:   CannedReplies{table[model.CannedReply]{c}},
		DispatchRules:   DispatchRules{table[model.DispatchRule]{c}},
		Referrals:       Referrals{table[model.Referral]{c}},

		RequestUrges: RequestUrges{table[model.RequestUrge]{c}},
		DailyUses:    DailyUses{table[model.DailyUse]{c}},

		SealedIdentities:      SealedIdentities{table[model.SealedIdentity]{c}},
		IdentityOpenings:      IdentityOpenings{table[model.IdentityOpening]{c}},
		IdentityOpeningEvents: IdentityOpeningEvents{table[model.IdentityOpeningEvent]{c}},
		PublicVersions:        PublicVersions{table[model.PublicVersion]{c}},
		PublicVersionEvents:   PublicVersionEvents{table[model.PublicVersionEvent]{c}},
		RequestFollowers:      RequestFollowers{table[model.RequestFollower]{c}},
		PublicGrams:           PublicGrams{table[model.PublicGram]{c}},
		Open311Clients:        Open311Clients{table[model.Open311Client]{c}},

		Boxes:            Boxes{table[model.Box]{c}},
		BoxOpenings:      BoxOpenings{table[model.BoxOpening]{c}},
		BoxOpeningEvents: BoxOpeningEvents{table[model.BoxOpeningEvent]{c}},
		SlipBooks:        SlipBooks{table[model.SlipBook]{c}},
		Slips:            Slips{table[model.Slip]{c}},
		Absentees:        Absentees{table[model.Absentee]{c}},

		PointsAccounts:     PointsAccounts{table[model.PointsAccount]{c}},
		LedgerTransactions: LedgerTransactions{table[model.LedgerTransaction]{c}},
		LedgerEntries:      LedgerEntries{table[model.LedgerEntry]{c}},
		PointsPools:        PointsPools{table[model.PointsPool]{c}},
		PointsLots:         PointsLots{table[model.PointsLot]{c}},
		PointsEarnings:     PointsEarnings{table[model.PointsEarning]{c}},
		PointsDays:         PointsDays{table[model.PointsDay]{c}},
		PointsHolds:        PointsHolds{table[model.PointsHold]{c}},
		PointsHoldLots:     PointsHoldLots{table[model.PointsHoldLot]{c}},
		PointsAwards:       PointsAwards{table[model.PointsAward]{c}},
		Goods:              Goods{table[model.Goods]{c}},
		StockMovements:     StockMovements{table[model.StockMovement]{c}},
		GoodsMonths:        GoodsMonths{table[model.GoodsMonth]{c}},
		Redemptions:        Redemptions{table[model.Redemption]{c}},
		RedemptionEvents:   RedemptionEvents{table[model.RedemptionEvent]{c}},
		Activities:         Activities{table[model.Activity]{c}},
		ActivityEvents:     ActivityEvents{table[model.ActivityEvent]{c}},
		SignUps:            SignUps{table[model.SignUp]{c}},
		SignUpEvents:       SignUpEvents{table[model.SignUpEvent]{c}},
		Attendances:        Attendances{table[model.Attendance]{c}},

		Articles:        Articles{table[model.Article]{c}},
		ArticleEvents:   ArticleEvents{table[model.ArticleEvent]{c}},
		PushPlans:       PushPlans{table[model.PushPlan]{c}},
		PushSlots:       PushSlots{table[model.PushSlot]{c}},
		Pushes:          Pushes{table[model.Push]{c}},
		PushEvents:      PushEvents{table[model.PushEvent]{c}},
		Deliveries:      Deliveries{table[model.Delivery]{c}},
		Messages:        Messages{table[model.Message]{c}},
		PushPreferences: PushPreferences{table[model.PushPreference]{c}},
		TemplateGrants:  TemplateGrants{table[model.TemplateGrant]{c}},
		WeeklySends:     WeeklySends{table[model.WeeklySend]{c}},
		WeChatEvents:    WeChatEvents{table[model.WeChatEvent]{c}},

		Phones:           Phones{table[model.Phone]{c}},
		FormerNames:      FormerNames{table[model.FormerName]{c}},
		Children:         Children{table[model.Child]{c}},
		ResidenceEvents:  ResidenceEvents{table[model.ResidenceEvent]{c}},
		Employments:      Employments{table[model.Employment]{c}},
		EmploymentEvents: EmploymentEvents{table[model.EmploymentEvent]{c}},
		RosterEntries:    RosterEntries{table[model.RosterEntry]{c}},
		Imports:          Imports{table[model.Import]{c}},
		ImportChunks:     ImportChunks{table[model.ImportChunk]{c}},
		UnitNames:        UnitNames{table[model.UnitName]{c}},

		Consents:      Consents{table[model.Consent]{c}},
		Closures:      Closures{table[model.Closure]{c}},
		ClosureEvents: ClosureEvents{table[model.ClosureEvent]{c}},
		Reveals:       Reveals{table[model.Reveal]{c}},

		ModerationItems:  ModerationItems{table[model.ModerationItem]{c}},
		ModerationEvents: ModerationEvents{table[model.ModerationEvent]{c}},
		Uploads:          Uploads{table[model.Upload]{c}},
		UploadEvents:     UploadEvents{table[model.UploadEvent]{c}},
		MediaChecks:      MediaChecks{table[model.MediaCheck]{c}},
		CalendarDays:     CalendarDays{table[model.CalendarDay]{c}},
		StationProfiles:  StationProfiles{table[model.StationProfile]{c}},
		StationDays:      StationDays{table[model.StationDay]{c}},
		ServiceItems:     ServiceItems{table[model.ServiceItem]{c}},
		DutyMembers:      DutyMembers{table[model.DutyMember]{c}},
		DutyDays:         DutyDays{table[model.DutyDay]{c}},
		DutyShifts:       DutyShifts{table[model.DutyShift]{c}},
		DutyEvents:       DutyEvents{table[model.DutyEvent]{c}},
		DutySwaps:        DutySwaps{table[model.DutySwap]{c}},
		TeamMembers:      TeamMembers{table[model.TeamMember]{c}},
		GridLeads:        GridLeads{table[model.GridLead]{c}},

		ChainLinks: ChainLinks{table[model.ChainLink]{c}},
		ChainHeads: ChainHeads{table[model.ChainHead]{c}},

		onces:     onces{table[model.OnceRecord]{c}},
		fieldKeys: fieldKeys{table[model.FieldKey]{c}},
	}
}

// OnJobs sets what to call after a commit that added jobs. It must not block.
func (s *Store) OnJobs(wake func()) { s.onJobs = wake }

// wakeWorkers tells them that there is work: after the commit, or now if there is none to wait for.
func (c *conn) wakeWorkers() {
	if c.inTx {
		*c.wake = true
		return
	}
	c.onJobs()
}

// At is the same store, and the same transaction, under another clock: for telling what
// happened at another time.
func (s *Store) At(clock model.Clock) *Store {
	c := *s.conn
	c.now = clock
	c.db = s.db.Session(&gorm.Session{NowFunc: clock})
	return bind(&c)
}

// Now is the business clock, in whole milliseconds.
func (s *Store) Now() time.Time { return s.now() }

// Dialect says which kind of database it is.
func (s *Store) Dialect() Dialect { return s.dialect }

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	db, err := s.db.DB()
	if err != nil {
		return err
	}
	return db.PingContext(ctx)
}

// Close gives the connections back.
func (s *Store) Close() error {
	for _, handle := range []*gorm.DB{s.reads, s.db} {
		if db, err := handle.DB(); err == nil {
			if err := db.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}
