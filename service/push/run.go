package push

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// mostTitles is how many articles a push names.
const mostTitles = 10

// Run pushes a unit's news by hand, for a date; the empty date is today. In production
// only today will do. Elsewhere any date within a year will, and neither quiet hours nor
// the weekly cap hold, so that a demonstration can be repeated.
// Faults: those of access.Require, invalid, push_exists, nothing_to_push.
func (s *Service) Run(ctx context.Context, actor model.Actor, unit model.UnitID, date model.Date) (model.Push, error) {
	if err := s.access.Require(ctx, actor, access.PushManage, unit); err != nil {
		return model.Push{}, err
	}
	today := model.DateOf(s.store.Now())
	if date == "" {
		date = today
	}
	if err := s.checkDate(date, today); err != nil {
		return model.Push{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Push, error) {
		exists, err := s.exists(ctx, tx, unit, date)
		if err != nil {
			return model.Push{}, err
		}
		if exists {
			return model.Push{}, ErrPushExists
		}
		plan, err := s.plan(ctx, tx, unit)
		if err != nil {
			return model.Push{}, err
		}
		return s.start(ctx, tx, actor, plan, date, !s.settings.Production)
	})
}

func (s *Service) checkDate(date, today model.Date) error {
	if _, err := model.ParseDate(string(date)); err != nil {
		return fault.InvalidField("date", "invalid_date", "日期格式应为 2006-01-02。", "Not a date like 2006-01-02.")
	}
	if s.settings.Production && date != today {
		return fault.InvalidField("date", "not_today", "只能推送当天。", "Only today can be pushed.")
	}
	if date < today {
		return fault.InvalidField("date", "past", "日期已经过去。", "The date has passed.")
	}
	if date > today.AddDays(daysAhead) {
		return fault.InvalidField("date", "too_far", "日期须在一年以内。", "The date must lie within a year.")
	}
	return nil
}

func (s *Service) exists(ctx context.Context, tx *store.Store, unit model.UnitID, date model.Date) (bool, error) {
	_, err := tx.Pushes.GetByDate(ctx, unit, date)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// start makes the push of a unit's untold articles and asks for its audience.
// Faults: nothing_to_push, push_exists.
func (s *Service) start(ctx context.Context, tx *store.Store, actor model.Actor, plan model.PushPlan, date model.Date, unrestricted bool) (model.Push, error) {
	id := model.NewID[model.Push](tx.Now())
	if err := tx.Articles.TakeUntold(ctx, plan.UnitID, id); err != nil {
		return model.Push{}, err
	}
	news, err := tx.Articles.ListByPush(ctx, id, mostTitles)
	if err != nil {
		return model.Push{}, err
	}
	if len(news) == 0 {
		return model.Push{}, ErrNothing
	}
	p := describe(plan, date, news)
	p.ID, p.Unrestricted = id, unrestricted
	if p, err = s.add(ctx, tx, actor, p, model.PushPlanned); err != nil {
		return p, err
	}
	return p, put(ctx, tx, freezeJob, "", p.ID)
}

// describe is what a push of these articles, newest first, says.
func describe(plan model.PushPlan, date model.Date, news []model.Article) model.Push {
	first := news[0]
	return model.Push{
		UnitID: plan.UnitID, Date: date, Title: first.Title, Summary: first.Summary,
		Link:      "pages/news/detail?id=" + first.ID.String(),
		Subscribe: plan.Subscribe, QuietFrom: plan.QuietFrom, QuietUntil: plan.QuietUntil,
	}
}

// add writes a new push with its first event. Fault: push_exists.
func (s *Service) add(ctx context.Context, tx *store.Store, actor model.Actor, p model.Push, status model.PushStatus) (model.Push, error) {
	now := tx.Now()
	if p.ID.IsZero() {
		p.ID = model.NewID[model.Push](now)
	}
	p.Status, p.CreatedAt, p.Version = status, now, 1
	if status.Over() {
		p.FinishedAt = &now
	}
	err := tx.Pushes.Add(ctx, &p)
	if errors.Is(err, store.ErrDuplicate) {
		return p, ErrPushExists
	}
	if err != nil {
		return p, err
	}
	return p, s.record(ctx, tx, actor, p, "")
}

// put asks for a push's work. key tells repeats of the same wish from new ones.
func put(ctx context.Context, tx *store.Store, kind, key string, push model.PushID) error {
	payload, err := json.Marshal(push)
	if err != nil {
		return err
	}
	name := jobKey(kind, push) + key
	return tx.Jobs.Put(ctx, model.Job{Kind: kind, Payload: payload, DedupeKey: &name})
}

func jobKey(kind string, push model.PushID) string { return kind + "/" + push.String() }

func pushOf(job model.Job) (id model.PushID, err error) {
	err = json.Unmarshal(job.Payload, &id)
	return id, err
}

// freezeWork writes down who the push is for, some hundreds at a time, and tells each of
// them in the inbox. Run again it adds whom it had not come to.
func (s *Service) freezeWork(ctx context.Context, job model.Job) error {
	id, err := pushOf(job)
	if err != nil {
		return err
	}
	p, err := s.store.Pushes.Get(ctx, id)
	if err != nil || p.Status != model.PushPlanned {
		return err
	}
	estates, err := s.org.EstatesOf(ctx, p.UnitID)
	if err != nil {
		return err
	}
	for _, estate := range estates {
		if err := s.freezeEstate(ctx, p, estate); err != nil {
			return err
		}
	}
	return s.frozen(ctx, p)
}

func (s *Service) freezeEstate(ctx context.Context, p model.Push, estate model.UnitID) error {
	text, err := s.inboxText(ctx, p)
	if err != nil {
		return err
	}
	var last model.UserID
	for {
		users, err := s.store.Residences.ListUsersIn(ctx, estate, last, audienceAt)
		if err != nil || len(users) == 0 {
			return err
		}
		err = s.store.InTx(ctx, func(tx *store.Store) error { return s.enlist(ctx, tx, p, text, users) })
		if err != nil || len(users) < audienceAt {
			return err
		}
		last = users[len(users)-1]
	}
}

// inboxText names every article of the push.
func (s *Service) inboxText(ctx context.Context, p model.Push) (string, error) {
	news, err := s.store.Articles.ListByPush(ctx, p.ID, mostTitles)
	if err != nil {
		return "", err
	}
	lines := []string{p.Summary}
	for _, a := range news[min(1, len(news)):] {
		lines = append(lines, "· "+a.Title)
	}
	return short(strings.TrimSpace(strings.Join(lines, "\n")), 1000), nil
}

// enlist adds those of the people who are not yet in the audience.
func (s *Service) enlist(ctx context.Context, tx *store.Store, p model.Push, text string, users []model.UserID) error {
	key := pushKey(p.ID)
	known, err := tx.Messages.ListKnown(ctx, key, users)
	if err != nil {
		return err
	}
	now := tx.Now()
	fields, err := json.Marshal(map[string]string{"thing1": p.Title, "thing2": p.Summary, "date3": chineseDate(p.Date)})
	if err != nil {
		return err
	}
	var messages []*model.Message
	var deliveries []*model.Delivery
	for _, user := range users {
		if slices.Contains(known, user) {
			continue
		}
		messages = append(messages, &model.Message{
			ID: model.NewID[model.Message](now), UserID: user, Kind: "news", Title: p.Title, Text: text,
			Link: p.Link, DedupeKey: &key, CreatedAt: now,
		})
		deliveries = append(deliveries, &model.Delivery{
			ID: model.NewID[model.Delivery](now), PushID: p.ID, UserID: user, DedupeKey: key, Template: model.TemplateNews,
			Page: p.Link, Fields: fields, Status: model.DeliveryQueued, CreatedAt: now,
		})
	}
	if err := tx.Messages.Add(ctx, messages...); err != nil || !p.Subscribe {
		return err
	}
	return tx.Deliveries.Add(ctx, deliveries...)
}

func pushKey(id model.PushID) string { return "push/" + id.String() }

func chineseDate(d model.Date) string {
	return d.At(12, 0).In(model.Shanghai).Format("2006年1月2日")
}

// frozen closes the audience and asks for the sending.
func (s *Service) frozen(ctx context.Context, p model.Push) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		p, err := tx.Pushes.Get(ctx, p.ID)
		if err != nil || p.Status != model.PushPlanned { // stopped meanwhile
			return err
		}
		if err := s.move(ctx, tx, model.Actor{}, &p, model.FreezeAudience); err != nil {
			return err
		}
		return askForSending(ctx, tx, p)
	})
}

// askForSending adds the jobs that several processes share. The version tells a
// resumption's jobs from those before the pause.
func askForSending(ctx context.Context, tx *store.Store, p model.Push) error {
	for n := range sharers {
		key, err := json.Marshal([]int{p.Version, n})
		if err != nil {
			return err
		}
		if err := put(ctx, tx, sendJob, string(key), p.ID); err != nil {
			return err
		}
	}
	return nil
}

// record writes an arrow into a push's history, and what a person did into the audit trail.
func (s *Service) record(ctx context.Context, tx *store.Store, actor model.Actor, p model.Push, from model.PushStatus) error {
	err := tx.PushEvents.Add(ctx, &model.PushEvent{
		ID: model.NewID[model.PushEvent](tx.Now()), PushID: p.ID, FromStatus: from, ToStatus: p.Status, ActorID: actor.User, At: tx.Now(),
	})
	if err != nil || actor.Nobody() {
		return err
	}
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: "push." + string(p.Status), ObjectKind: "push", ObjectID: p.ID, Unit: p.UnitID, Detail: string(p.Date),
	})
}

// move takes a push along one arrow. Faults: illegal_transition, changed_meanwhile.
func (s *Service) move(ctx context.Context, tx *store.Store, actor model.Actor, p *model.Push, move model.PushMove) (err error) {
	from := p.Status
	if p.Status, err = p.After(move); err != nil {
		return err
	}
	if p.Status.Over() {
		now := tx.Now()
		p.FinishedAt = &now
	}
	if err := store.Kept(tx.Pushes.SaveMoved(ctx, *p)); err != nil {
		return err
	}
	p.Version++
	return s.record(ctx, tx, actor, *p, from)
}
