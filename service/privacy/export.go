package privacy

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"iter"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/audit"
	"jinlin/service/upload"
)

// Export is everything about a person, recorded and ready to leave.
type Export struct {
	At    time.Time
	store *store.Store
	files Files
	user  model.UserID
}

// Files are those of uploads.
type Files interface {
	// Sent are the files that a person sent, one at a time.
	Sent(ctx context.Context, user model.UserID) iter.Seq2[upload.File, error]
}

// exportUse names the count of exports in DailyUses.
const exportUse = "privacy.export"

// Export prepares the actor's own data, and puts into the record that they took it.
// Faults: unauthenticated, rate_limited.
func (s *Service) Export(ctx context.Context, actor model.Actor) (Export, error) {
	if actor.Nobody() {
		return Export{}, fault.ErrUnauthenticated
	}
	now := s.store.Now()
	return Export{At: now, store: s.store, files: s.files, user: actor.User}, s.store.InTx(ctx, func(tx *store.Store) error {
		if s.settings.Exports > 0 {
			if err := tx.DailyUses.Spend(ctx, actor.User, exportUse, s.settings.Exports, fault.ErrRateLimited); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, actor, audit.Act{Action: exportUse, ObjectKind: "user", ObjectID: actor.User})
	})
}

// Write sends it as JSON, row by row as of one moment, and then file by file: its size costs
// no memory. spoken picks the language of the titles.
func (e Export) Write(ctx context.Context, to io.Writer, spoken func(fault.Text) string) error {
	w := &exportWriter{to: bufio.NewWriter(to), spoken: spoken}
	w.text(`{"exportedAt":`)
	w.value(e.At)
	w.text(`,"parts":[`)
	err := e.store.Snapshot(ctx, func(view *store.Store) error { return view.Export(ctx, e.user, w.row) })
	if err != nil {
		return err
	}
	if w.part != "" {
		w.text("]}")
	}
	w.text(`],"files":[`)
	if err := e.writeFiles(ctx, w); err != nil {
		return err
	}
	w.text(`]}`)
	if w.err != nil {
		return w.err
	}
	return w.to.Flush()
}

// exportedFile is a file with its bytes, which become base64.
type exportedFile struct {
	ID          model.UploadID `json:"id"`
	Name        string         `json:"name"`
	ContentType string         `json:"contentType"`
	Data        []byte         `json:"data"`
}

func (e Export) writeFiles(ctx context.Context, w *exportWriter) error {
	first := true
	for f, err := range e.files.Sent(ctx, e.user) {
		if err != nil {
			return err
		}
		if !first {
			w.text(",")
		}
		first = false
		w.value(exportedFile{f.UploadID, f.Name, f.ContentType, f.Data})
		if w.err != nil { // nobody reads any more
			return w.err
		}
	}
	return nil
}

// exportWriter keeps the first error, and writes nothing after it.
type exportWriter struct {
	to     *bufio.Writer
	spoken func(fault.Text) string
	part   string // the one that is open
	err    error
}

func (w *exportWriter) row(table string, row map[string]any) error {
	if table == w.part {
		w.text(",")
	} else {
		if w.part != "" {
			w.text("]},")
		}
		w.part = table
		w.text(`{"name":`)
		w.value(table)
		w.text(`,"title":`)
		w.value(w.spoken(exportTitles[table]))
		w.text(`,"items":[`)
	}
	w.value(row)
	return w.err
}

func (w *exportWriter) text(text string) {
	if w.err == nil {
		_, w.err = w.to.WriteString(text)
	}
}

func (w *exportWriter) value(v any) {
	text, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.text(string(text))
}

// exportTitles say what each part is.
var exportTitles = map[string]fault.Text{
	"requests":              {ZH: "我向红色信箱提交的诉求", EN: "My requests to the Red Mailbox"},
	"request_events":        {ZH: "我的诉求的办理过程和往来消息", EN: "What happened to my requests, and what was said"},
	"sealed_identities":     {ZH: "我在密封诉求中的代号", EN: "What I am called in sealed requests"},
	"public_versions":       {ZH: "我的诉求的公开稿", EN: "Public versions of my requests"},
	"public_version_events": {ZH: "我的诉求的公开稿的经过", EN: "What became of public versions of my requests"},
	"referrals":             {ZH: "我的诉求转交部门的情况", EN: "My requests put before departments"},
	"request_followers":     {ZH: "我关注的诉求", EN: "Requests I follow"},
	"identity_openings":     {ZH: "依法查看我的密封身份的记录", EN: "How my sealed identity was opened by law"},

	"identity_opening_events": {ZH: "依法查看我的密封身份的办理过程", EN: "What became of those openings"},

	"moderation_items":    {ZH: "我写的、曾等待人工审核的文字", EN: "Texts of mine that waited for a person's eye"},
	"points_awards":       {ZH: "工作人员给我的爱心积分奖励", EN: "Love-points that staff awarded me"},
	"ledger_transactions": {ZH: "我的爱心积分记账说明", EN: "What my love-points were posted for"},
	"messages":            {ZH: "我的站内消息", EN: "My inbox"},
	"uploads":             {ZH: "我上传的照片和录音，文件本身附在最后", EN: "Photos and recordings I sent; the files are at the end"},
	"upload_events":       {ZH: "我上传的照片和录音的审核过程", EN: "How they were checked"},
	"deliveries":          {ZH: "通过微信发给我的订阅消息", EN: "Messages sent to me through WeChat"},
	"sign_ups":            {ZH: "我的活动报名，包括我填写的同行人和回答", EN: "My sign-ups, with those I bring and my answers"},
	"residence_events":    {ZH: "我的住址登记的核实过程", EN: "How my homes were verified"},
	"residences":          {ZH: "我登记的住址", EN: "My homes"},
	"employment_events":   {ZH: "我的工作区域登记的核实过程", EN: "How my work areas were verified"},
	"employments":         {ZH: "我作为新就业群体登记的工作区域", EN: "Where I work, as somebody of a new-employment group"},
	"children":            {ZH: "我登记的儿童，包括姓名、联系人和接送人", EN: "Children I registered, with their contacts"},
	"template_grants":     {ZH: "我同意接收的微信订阅消息", EN: "WeChat messages I agreed to"},
	"push_preferences":    {ZH: "我的推送设置", EN: "My push settings"},
	"weekly_sends":        {ZH: "每周发给我的消息数", EN: "How many messages I was sent each week"},
	"daily_uses":          {ZH: "我每天使用有次数限制的功能的次数", EN: "How often a day I used what is limited"},
	"redemptions":         {ZH: "我在爱心积分超市的兑换，包括取货码", EN: "What I redeemed, with pick-up codes"},
	"reveals":             {ZH: "工作人员查看我被隐藏的个人信息的记录：谁、何时、为什么", EN: "Who of the staff saw what is masked of me, when and why"},
	"sign_up_events":      {ZH: "我的活动报名的变化", EN: "What became of my sign-ups"},
	"attendances":         {ZH: "我的活动签到签退", EN: "When I came to activities and left"},
	"points_accounts":     {ZH: "我的爱心积分账户", EN: "My love-points account"},
	"ledger_entries":      {ZH: "我的爱心积分流水", EN: "Entries of my love-points account"},
	"points_lots":         {ZH: "我的爱心积分批次和到期日", EN: "Lots of my love-points and when they expire"},
	"points_earnings":     {ZH: "我获得爱心积分的来源", EN: "What I earned love-points for"},
	"points_days":         {ZH: "我每天获得的爱心积分", EN: "Love-points I earned by day"},
	"points_holds":        {ZH: "为我的兑换预留的爱心积分", EN: "Love-points held for what I reserved"},
	"goods_months":        {ZH: "我每月兑换各种商品的数量", EN: "How much of which goods I took each month"},
	"redemption_events":   {ZH: "我的兑换的办理过程", EN: "What became of what I redeemed"},
	"consents":            {ZH: "我对个人信息使用的同意和撤回", EN: "What I agreed to, and took back"},
	"closures":            {ZH: "我的账号注销申请", EN: "My wishes to close my account"},
	"closure_events":      {ZH: "我的账号注销申请的变化", EN: "What became of them"},
	"grants":              {ZH: "我的工作职务和权限", EN: "My posts"},
	"grid_leads":          {ZH: "我牵头的网格", EN: "Grids that I have led"},
	"team_members":        {ZH: "我在服务团队中的角色", EN: "My places in service teams"},
	"tenure_events":       {ZH: "我担任支部书记的任免过程", EN: "How I came to be secretary, and ceased to be"},
	"tenure_judgements":   {ZH: "对我担任支部书记的条件的评议", EN: "How I was judged for the post of secretary"},
	"tenures":             {ZH: "我担任支部书记的任期", EN: "My tenures as secretary"},
	"desk_logins":         {ZH: "我在电脑上的扫码登录", EN: "My sign-ins at desktop pages"},
	"sessions":            {ZH: "我的登录", EN: "My sign-ins"},
	"phones":              {ZH: "我绑定的手机号", EN: "My phone number"},
	"former_names":        {ZH: "我以前的昵称和手机号", EN: "What I was called and numbers I had before"},
	"wechat_accounts":     {ZH: "我的微信账号与本小程序的关联", EN: "That my WeChat account belongs to this one"},
	"users":               {ZH: "我的账号", EN: "My account"},
}
