package store

// holding says where data of a person stands, how their rows are found, and what becomes
// of it when they go. The list is the one truth about erasure and export: a test fails on a
// column tagged personal or sensitive, and on a table that names a user, which is not in it.
type holding struct {
	table string
	whose string            // SQL; @user is the person, @me also their sealed identities
	gone  bool              // the rows are deleted
	empty []string          // columns that are emptied
	scrub []string          // texts in which what is known of the person is replaced
	stays map[string]string // columns of people that stay, and why
	last  bool              // who the person is: goes last, in one transaction with the end of the closure
	mute  string            // why the rows are not in the person's export; "" when they are

	unless string            // SQL: rows of theirs that are not in the export
	kept   map[string]string // columns that are not, and why
}

const (
	pseudonym = "an id that names nobody once the account is gone"
	ourSecret = "a secret of ours, not information about the person"
	duty      = "what staff did in their post"
	ourHash   = "a keyed hash of ours, of what stands beside it"
	weChatID  = "names the person by WeChat's id, which never leaves the server"
)

const (
	mine       = "user_id = @user"
	ofRequests = "request_id IN (SELECT id FROM requests WHERE submitter_id IN @me)"
	// What somebody wrote to others in a post. Who never had one is not looked for in every event.
	byStaff    = "actor_id = @user AND EXISTS (SELECT 1 FROM grants WHERE user_id = @user)"
	ofOpenings = "opening_id IN (SELECT id FROM identity_openings WHERE identity_id IN @me)"
	ofTenures  = "tenure_id IN (SELECT id FROM tenures WHERE user_id = @user)"
	ofSignUps  = "sign_up_id IN (SELECT id FROM sign_ups WHERE user_id = @user)"
	ofPoints   = "account_id IN (SELECT id FROM points_accounts WHERE owner_id = @user)"
)

// holdings in the order in which they are erased: texts first, while it is still known what
// to look for in them, and who the person is last.
var holdings = []holding{
	{
		table: "requests", whose: "submitter_id IN @me", scrub: []string{"text", "answers"}, empty: []string{"location", "position"},
		stays: map[string]string{"submitter_id": pseudonym},
		kept:  map[string]string{"merged_into_id": "whose request that is, is not for them to know"},
	},
	{
		table: "request_events", whose: ofRequests, scrub: []string{"text"}, unless: "held = TRUE AND party = 'staff'", // not said to them yet
		stays: map[string]string{"actor_id": pseudonym}, kept: map[string]string{"effect": "what it made of the clocks, and who of the staff had it"},
	},
	{table: "request_events", whose: byStaff, scrub: []string{"text"}, mute: duty},
	{
		table: "public_versions", whose: ofRequests, scrub: []string{"title", "text", "answer", "shown_title", "shown_text", "shown_answer"},
	},
	{table: "public_version_events", whose: ofRequests, scrub: []string{"reason"}, stays: map[string]string{"actor_id": pseudonym}},
	{
		table: "referrals", whose: ofRequests, scrub: []string{"answer"},
		kept: map[string]string{"answer": "what staff said to each other", "asked_by": "who of the staff had it", "officer_id": "who of the staff had it"},
	},
	{table: "referrals", whose: "officer_id = @user", scrub: []string{"answer"}, mute: duty},
	{
		table: "request_followers", whose: mine, gone: true,
		kept: map[string]string{"request_id": "tells when somebody else submitted it"},
	},
	{
		table: "moderation_items", whose: "writer_id IN @me", scrub: []string{"text"},
		stays: map[string]string{"writer_id": pseudonym},
	},
	{table: "points_awards", whose: mine, scrub: []string{"cause"}},
	{
		table: "ledger_transactions", scrub: []string{"note"},
		whose: "id IN (SELECT transaction_id FROM ledger_entries WHERE " + ofPoints + ")",
	},
	{table: "messages", whose: mine, gone: true},
	{table: "upload_events", whose: "upload_id IN (SELECT id FROM uploads WHERE owner_id IN @me)", gone: true},
	{table: "uploads", whose: "owner_id IN @me", gone: true},
	{table: "media_checks", mute: "questions to WeChat, by numbers; gone after 30 days"},
	{
		table: "deliveries", whose: mine + " AND push_id IS NULL", gone: true,
		stays: map[string]string{"fields": "a push says the same to everybody"}, kept: map[string]string{"owner": "which worker of ours sends it"},
	},
	{table: "once_records", whose: "actor_id = @user", gone: true, mute: "answers the person has had, kept for two days"},
	{table: "sign_ups", whose: mine, empty: []string{"details"}},
	{table: "residence_events", whose: "residence_id IN (SELECT id FROM residences WHERE user_id = @user)", gone: true},
	{table: "residences", whose: mine, gone: true, kept: map[string]string{"live_key": ourHash}},
	{table: "employment_events", whose: "employment_id IN (SELECT id FROM employments WHERE user_id = @user)", gone: true},
	{table: "employments", whose: mine, gone: true},
	{table: "children", whose: "guardian_id = @user", gone: true, kept: map[string]string{"live_key": ourHash}},
	{table: "template_grants", whose: mine, gone: true},
	{table: "push_preferences", whose: mine, gone: true},
	{table: "weekly_sends", whose: mine, gone: true},
	{table: "daily_uses", whose: "user_id IN @me", gone: true},
	{
		table: "redemptions", whose: mine,
		stays: map[string]string{"code_hash": ourSecret, "code_sealed": ourSecret}, kept: map[string]string{"code_hash": ourHash},
	},

	{
		table: "identity_openings", whose: "identity_id IN @me", scrub: []string{"note"},
		stays: map[string]string{"identity_id": pseudonym, "asked_by": pseudonym, "decided_by": pseudonym},
	},
	{table: "identity_opening_events", whose: ofOpenings, scrub: []string{"note"}},

	{
		table: "absentees", whose: "claimed_by = @user", empty: []string{"name_sealed", "phone_sealed", "phone_hash"},
		mute: "emptied when the person takes the request over, or 90 days after its end; the request itself is exported",
	},

	// What stays under a pseudonym: ledgers, statistics, and the record of consents.
	{table: "sign_up_events", whose: ofSignUps},
	{table: "attendances", whose: ofSignUps},
	{table: "points_accounts", whose: "owner_id = @user", kept: map[string]string{"owner_id": "whose the export is"}},
	{table: "ledger_entries", whose: ofPoints},
	{table: "points_lots", whose: ofPoints},
	{table: "points_earnings", whose: mine},
	{table: "points_days", whose: mine},
	{table: "points_holds", whose: mine},
	{table: "goods_months", whose: mine},
	{table: "redemption_events", whose: "redemption_id IN (SELECT id FROM redemptions WHERE user_id = @user)"},
	{table: "consents", whose: mine},
	{table: "closures", whose: mine},
	{table: "closure_events", whose: "closure_id IN (SELECT id FROM closures WHERE user_id = @user)"},
	{table: "grants", whose: mine, scrub: []string{"reason"}},
	{table: "grid_leads", whose: mine, scrub: []string{"reason"}},
	{table: "reveals", whose: "subject_id = @user", scrub: []string{"reason"}},
	{table: "tenure_events", whose: ofTenures, scrub: []string{"note"}},
	{table: "tenure_judgements", whose: ofTenures, scrub: []string{"note"}, stays: map[string]string{"met": pseudonym}},
	{table: "tenures", whose: mine, empty: []string{"former_unit"}},
	{table: "team_members", whose: mine, empty: []string{"name", "phone_sealed", "live", "leads"}},
	{table: "stock_movements", mute: duty},
	{table: "unit_facts", mute: duty},
	{table: "restructurings", mute: duty},
	{table: "restructuring_events", mute: duty},
	{table: "calendar_days", mute: duty},
	{table: "clock_policies", mute: duty},
	{table: "dispatch_rules", mute: duty},
	{table: "request_promises", mute: duty},
	{table: "canned_replies", mute: duty},
	{table: "station_profiles", mute: duty},
	{table: "station_days", mute: duty},
	{table: "service_items", mute: duty},
	{table: "box_openings", mute: duty},
	{table: "box_opening_events", mute: duty},
	{table: "slip_books", mute: duty},
	{table: "duty_members", mute: duty},
	{table: "duty_days", mute: duty},
	{table: "duty_shifts", mute: duty},
	{table: "duty_events", whose: "actor_id = @user", scrub: []string{"reason"}, mute: duty},
	{table: "duty_swaps", whose: "asker_id = @user", scrub: []string{"reason"}, mute: duty},
	{table: "open311_clients", mute: duty},
	{table: "activities", mute: duty},
	{table: "activity_events", mute: duty},
	{table: "articles", mute: duty},
	{table: "article_events", mute: duty},
	{table: "push_events", mute: duty},
	{table: "audit_entries", mute: duty + "; kept for at least 183 days"},
	{table: "moderation_events", mute: duty, stays: map[string]string{"actor_id": pseudonym}},

	// What is not about people with accounts, or not theirs to delete.
	{table: "jobs", mute: "work to do, by ids; gone after 30 days", stays: map[string]string{"payload": "ids, never texts; what is told to a sealed identity is sealed, and gone once told"}},
	{table: "stairwells", mute: "a place", stays: map[string]string{"door_code_hash": ourSecret}},
	{table: "imports", mute: duty + "; the report goes when the import expires", stays: map[string]string{"report": "sealed; goes when the import expires"}},
	{table: "import_chunks", mute: "lines of a register under way; gone when the import expires", stays: map[string]string{"content": "sealed; goes when the import expires"}},
	{
		table: "appointments", mute: "whom an office has named for a role; emptied once they have it, or after 90 days",
		stays: map[string]string{"name_sealed": toBe, "phone_sealed": toBe, "phone_hash": toBe, "live_key": toBe},
	},
	{table: "households", mute: "a place, whoever lives there", stays: map[string]string{"room": "the place's own number"}},
	{
		table: "roster_entries", mute: "the county's own register, which has its own ground; the person asks whoever keeps it",
		stays: map[string]string{
			"stairwell": registered, "room": registered, "relation": registered, "member": registered, "name_sealed": registered,
			"phone_sealed": registered, "phone_hash": registered, "live_key": registered, "content": registered,
		},
	},

	// Who the person is.
	{
		table: "sealed_identities", whose: "id IN @me", gone: true, last: true,
		kept: map[string]string{"person_sealed": "whose the export is", "person_hash": ourHash, "pair_key": ourHash},
	},
	{
		table: "wechat_events", whose: "openid IN (SELECT openid FROM wechat_accounts WHERE user_id = @user)", empty: []string{"openid"},
		last: true, mute: weChatID,
	},
	{
		table: "login_codes", whose: "session_id IN (SELECT id FROM sessions WHERE user_id = @user)", gone: true,
		last: true, mute: ourSecret,
	},
	{table: "desk_logins", whose: mine, gone: true, last: true, kept: map[string]string{"secret_hash": ourSecret}},
	{table: "sessions", whose: mine, gone: true, last: true, kept: map[string]string{"token_hash": ourSecret}},
	{table: "phones", whose: mine, gone: true, last: true, kept: map[string]string{"phone_hash": ourHash}},
	{table: "former_names", whose: mine, gone: true, last: true},
	{table: "wechat_accounts", whose: mine, gone: true, last: true, kept: map[string]string{"openid": weChatID, "unionid": weChatID}},
	{table: "users", whose: "id = @user", empty: []string{"nickname", "nickname_held"}, last: true},
}

const toBe = "names somebody without an account; emptied when it becomes a grant or comes to nothing"

const registered = "a public register, sealed; closing an account does not strike anybody off it"
