package mailbox_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/service/mailbox"
)

// wandering is a walk and the chance that leads it.
type wandering struct {
	*walker
	*company
	chance *rand.Rand
}

// company are those whom all walks meet, and how often each move was made on them.
type company struct {
	strangers  []model.Actor // who have no say in them
	reviewer   model.Actor   // who decides about words
	neighbour  model.Actor   // into whose requests others are merged
	department model.UnitID
	officer    model.Actor // of the department
	made       map[string]int
}

// move is something that somebody tries: who may, whether it is legal by what is expected, what
// the product says, and what is expected afterwards. Why it is refused although legal stands in
// the fault; nil is none.
type move struct {
	name     string
	resident bool // the submitter's; otherwise of staff
	legal    bool
	fault    error
	do       func(actor model.Actor) error
	then     func(actor model.Actor)
}

func newWalk(w *world, with *company, chance *rand.Rand) *wandering {
	in := w.lamp()
	in.Category = []string{"facilities", "party", "property"}[chance.IntN(3)]
	e := &expected{status: "submitted", level: 1, clocks: map[string]*dueAt{}, events: 1}
	if chance.IntN(4) == 0 {
		in.Text = "【复核】"
	} else {
		e.status, e.events = "screened", 2
	}
	state, err := w.mailbox.Submit(w.T.Context(), w.wang, in)
	w.Must(err)
	walk := &walker{world: w, expected: e, id: state.ID, category: in.Category}
	walk.start("acknowledge", "reply")
	with.made["submission"]++
	return &wandering{walk, with, chance}
}

// step lets somebody try something, or time pass, and compares.
func (w *wandering) step() error {
	switch w.chance.IntN(15) {
	case 0, 1, 2:
		w.pass()
		return w.agree()
	case 3, 4:
		if len(w.waiting) > 0 {
			w.decides()
			return w.agree()
		}
	case 5:
		if w.office != nil && w.office.agreed {
			w.answersOffice()
			return w.agree()
		}
	}
	tries := w.tries()
	m := tries[w.chance.IntN(len(tries))]
	for range 2 { // mostly something that is possible
		if !m.legal {
			m = tries[w.chance.IntN(len(tries))]
		}
	}
	staff := []model.Actor{w.secretary, w.worker, w.gridWorker, w.clerk, w.committee}
	actor, allowed := staff[w.chance.IntN(len(staff))], !m.resident
	switch w.chance.IntN(8) {
	case 0:
		actor, allowed = w.strangers[w.chance.IntN(len(w.strangers))], false
	case 1:
		actor, allowed = w.wang, m.resident || m.name == "messages"
	default:
		if m.resident {
			actor, allowed = w.wang, true
		}
	}
	return w.attempt(m, actor, allowed)
}

func (w *wandering) attempt(m move, actor model.Actor, allowed bool) error {
	want := w.refusal(m, actor)
	err := m.do(actor)
	w.tells(fmt.Sprintf("%s from %s by %s: %v", m.name, w.status, actor.User, err))
	switch {
	case !allowed:
		if !errors.Is(err, fault.ErrNotFound) && !errors.Is(err, fault.ErrForbidden) && !errors.Is(err, fault.ErrUnauthenticated) {
			return fmt.Errorf("%s by somebody who may not: %w", m.name, err)
		}
	case want != nil:
		if !errors.Is(err, want) {
			return fmt.Errorf("%s: %w, want %w", m.name, err, want)
		}
		f, other := fault.From(err), m.name == "feedback" && w.is("replied") // another word would be legal
		if errors.Is(err, fault.ErrIllegalTransition) && (f.Current != string(w.status) || slices.Contains(f.Allowed, m.name) && !other) {
			return fmt.Errorf("%s is refused in %s where %v are allowed", m.name, f.Current, f.Allowed)
		}
	case err != nil:
		return fmt.Errorf("%s: %w", m.name, err)
	default:
		m.then(actor)
		w.made[m.name]++
	}
	return w.agree()
}

// refusal is what somebody who may hears; nil when it works.
func (w *wandering) refusal(m move, actor model.Actor) error {
	switch {
	case !m.legal:
		return fault.ErrIllegalTransition
	case m.name == "reply" && slices.Contains(w.failed, actor.User),
		(m.name == "refusal" || m.name == "merges") && slices.Contains(slices.Concat(w.failed, w.gave), actor.User),
		m.name == "return_visits" && slices.Contains(slices.Concat(w.failed, w.gave, w.begun), actor.User):
		return mailbox.ErrSamePerson
	case m.name == "extension_decisions":
		return w.decisionRefusal(actor)
	}
	return m.fault
}

func (w *wandering) decisionRefusal(actor model.Actor) error {
	c := w.clocks["reply"]
	switch {
	case w.asked == nil:
		return mailbox.ErrNoExtension
	case w.asked.by == actor.User:
		return mailbox.ErrSamePerson
	case c.late(w.now()):
		return mailbox.ErrOverdue
	}
	return nil
}

// pass lets time go by and clocks ring.
func (w *wandering) pass() {
	hours := []int{1, 3, 20, 30, 60, 100}[w.chance.IntN(6)]
	w.Clock.Move(time.Duration(hours)*time.Hour + time.Duration(w.chance.IntN(60))*time.Minute)
	_, err := w.mailbox.Ring(w.T.Context())
	w.Must(err)
	w.rings()
	w.breaks()
	_, err = w.mailbox.CloseSilent(w.T.Context())
	w.Must(err)
	if c := w.clocks["silence"]; c != nil && !c.due.After(w.now()) && !w.shown.After(w.now()) && w.held == nil { // who cannot read an answer is not silent
		w.end("silence")
		if w.category == "property" {
			w.to("return_visit")
			w.start("visit")
		} else {
			w.to("closed")
		}
	}
	w.tells("")
}

// tells writes one line of what happened.
func (w *wandering) tells(what string) {
	w.trail = append(w.trail, w.now().In(model.Shanghai).Format(time.DateTime)+" "+what)
}

// tries are what can be tried.
func (w *wandering) tries() []move {
	ctx, m, id, held := w.T.Context(), w.mailbox, w.id, w.chance.IntN(4) == 0
	state := func(_ mailbox.State, err error) error { return err }
	tries := []move{
		{
			name: "acceptance", legal: w.is("submitted", "screened", "reopened"),
			do: func(a model.Actor) error { return state(m.Accept(ctx, a, id, "")) },
			then: func(model.Actor) {
				w.screened()
				came := w.clocks["acknowledge"].started
				w.end("acknowledge")
				w.to("accepted")
				w.toDispatch(came)
				w.back = false
			},
		},
		{
			name: "start", legal: w.is("accepted", "dispatched", "returned"),
			do:   func(a model.Actor) error { return state(m.Start(ctx, a, id)) },
			then: func(a model.Actor) { w.end("dispatch", "handle"); w.to("handling"); w.begun = append(w.begun, a.User) },
		},
		{
			name: "returns", legal: w.is("dispatched", "handling"),
			do: func(a model.Actor) error { return state(m.Return(ctx, a, id, "不归我们")) },
			then: func(a model.Actor) {
				w.level = max(w.level, 1)
				if w.back {
					w.up()
				}
				w.back, w.begun = true, slices.DeleteFunc(w.begun, func(u model.UserID) bool { return u == a.User })
				w.end("handle")
				w.to("returned")
				w.start("dispatch")
			},
		},
		{
			name: "resumption", legal: w.is("paused"),
			do:   func(a model.Actor) error { return state(m.Resume(ctx, a, id)) },
			then: func(model.Actor) { w.resume(w.now()); w.ringsNow() },
		},
	}
	if w.over() || w.chance.IntN(16) == 0 { // or every walk would end soon
		tries = append(append(tries, w.succession()...), w.merge(), move{
			name: "refusal", legal: w.is("submitted", "screened"),
			do: func(a model.Actor) error { return state(m.Refuse(ctx, a, id, words("不受理", held))) },
			then: func(model.Actor) {
				w.screened()
				clocks := w.clocks
				w.to("refused")
				w.holds(held, "screened", clocks)
			},
		}, move{
			name: "withdrawal", resident: true, legal: !w.over(),
			do:   func(a model.Actor) error { return state(m.Withdraw(ctx, a, id)) },
			then: func(model.Actor) { w.to("withdrawn") },
		})
	}
	if w.chance.IntN(3) == 0 { // or there would be little else
		tries = append(append(append(tries, w.talk()...), w.promises()...), w.absorption()...)
	}
	if w.office != nil || w.chance.IntN(3) == 0 {
		tries = append(tries, w.referrals()...)
	}
	tries = append(tries, w.dispatches()...)
	return append(append(tries, w.answers()...), w.rests()...)
}

func (w *wandering) screened() {
	if w.status == "submitted" {
		w.to("screened")
	}
}

func (w *wandering) dispatches() (tries []move) {
	for _, grid := range []bool{false, true} {
		to := mailbox.Target{TeamID: w.hongqiaoBranch}
		if grid {
			to = mailbox.Target{UserID: w.gridWorker.User}
		}
		tries = append(tries, move{
			name: "dispatches", legal: w.is("accepted", "returned", "dispatched", "handling"),
			do: func(a model.Actor) error { _, err := w.mailbox.Dispatch(w.T.Context(), a, w.id, to); return err },
			then: func(model.Actor) {
				fresh := !w.is("dispatched")
				w.to("dispatched")
				w.end("dispatch")
				if fresh {
					w.start("handle")
				}
				switch {
				case grid && w.level == 1 && !w.risen:
					w.level = 0
				case !grid && w.level == 0:
					w.level = 1
				}
			},
		})
	}
	return tries
}

func (w *wandering) answers() []move {
	ctx, m, id := w.T.Context(), w.mailbox, w.id
	explains, held := w.chance.IntN(3) == 0, w.chance.IntN(4) == 0
	outcome := []model.RequestOutcome{"fixed", "explained", "partly", "not_fixed", "not_fixed", "silent"}[w.chance.IntN(6)]
	given := outcome
	if given == "silent" { // which nobody says
		given = "not_fixed"
	}
	waits := w.is("replied") && !w.owed
	notProposed := error(nil)
	if outcome == "explained" && !w.proposd {
		notProposed = mailbox.ErrNotProposed
	}
	tooSoon := notProposed
	if ends := outcome == "fixed" || outcome == "explained" || outcome == "silent"; ends && waits {
		tooSoon = mailbox.ErrVisitTooSoon // what is due is closed in the same minute
	}
	return []move{
		{
			name: "reply", legal: w.is("accepted", "handling") || w.is("replied") && w.owed,
			do: func(a model.Actor) error {
				_, err := m.Answer(ctx, a, id, mailbox.Answer{Text: words("已办", held), Explained: explains})
				return err
			},
			then: func(a model.Actor) {
				before, clocks := model.RequestStatus("handling"), map[string]*dueAt{"reply": w.clocks["reply"]}
				if w.is("replied") {
					before = "replied"
				}
				w.end("dispatch", "handle", "reply")
				w.to("replied")
				w.holds(held, before, clocks)
				w.owed, w.gave, w.round, w.proposd = false, append(w.gave, a.User), append(w.round, a.User), explains
				w.start("silence")
			},
		},
		{
			name: "feedback", resident: true, legal: w.is("replied", "return_visit") && (given != "partly" || !w.owed), fault: notProposed,
			do: func(a model.Actor) error {
				_, err := m.GiveFeedback(ctx, a, id, mailbox.Feedback{Outcome: given})
				return err
			},
			then: func(model.Actor) { w.verdict(given) },
		},
		{
			name: "return_visits", legal: waits || w.is("return_visit"), fault: tooSoon,
			do: func(a model.Actor) error {
				_, err := m.ReturnVisit(ctx, a, id, mailbox.Visit{Outcome: outcome, Note: "电话回访"})
				return err
			},
			then: func(model.Actor) {
				if !w.is("return_visit") {
					w.to("return_visit")
				}
				w.verdict(outcome)
			},
		},
	}
}

func (w *wandering) rests() []move {
	ctx, m, id := w.T.Context(), w.mailbox, w.id
	until := w.now().Add(time.Duration(1+w.chance.IntN(9*24)) * time.Hour)
	return []move{
		{
			name: "pauses", legal: w.is("handling"), fault: w.pauseFault(until),
			do: func(a model.Actor) error { _, err := m.Pause(ctx, a, id, model.PauseMaterials, until); return err },
			then: func(model.Actor) {
				w.to("paused")
				w.resting, w.stands = w.clocks["reply"], w.now()
				w.end("reply")
				w.clocks["pause"] = &dueAt{started: w.now(), due: until}
			},
		},
		w.ask(),
		{
			name: "extension_decisions", legal: w.extends(),
			do: func(a model.Actor) error { _, err := m.DecideExtension(ctx, a, id, true); return err },
			then: func(model.Actor) {
				w.events++
				w.granted = true
				c := w.clocks["reply"]
				c.later(w.asked)
				w.asked = nil
				w.ringsNow()
			},
		},
	}
}

// extends says whether more time can be asked for.
func (w *wandering) extends() bool {
	return w.is("accepted", "dispatched", "returned", "handling") || w.is("replied") && w.owed
}

func (w *wandering) pauseFault(until time.Time) error {
	days := w.daysOff(w.now(), until)
	switch {
	case w.late():
		return mailbox.ErrOverdue
	case days > 5 || w.rested+days > 10:
		return mailbox.ErrPauseTooLong
	}
	return nil
}

// ask asks for more time, sometimes for too much.
func (w *wandering) ask() move {
	until := w.now().Add(24 * time.Hour)
	var refused error
	if c := w.clocks["reply"]; c != nil {
		until = c.due.Add(time.Duration(1+w.chance.IntN(14)) * 24 * time.Hour)
		last := workday(model.DateOf(c.due), 7).At(17, 30)
		switch {
		case c.late(w.now()):
			refused = mailbox.ErrOverdue
		case until.After(last):
			refused = mailbox.ErrExtensionTooLong
		case w.asked != nil || w.granted:
			refused = mailbox.ErrExtended
		}
	}
	return move{
		name: "extensions", legal: w.extends(), fault: refused,
		do: func(a model.Actor) error {
			_, err := w.mailbox.AskExtension(w.T.Context(), a, w.id, until, "配件未到")
			return err
		},
		then: func(a model.Actor) { w.events++; w.asked = &extension{a.User, w.clocks["reply"].due, until} },
	}
}

// words are such as pass, or such as are held for a person.
func words(text string, held bool) string {
	if held {
		return "【复核】" + text
	}
	return text
}

// holds remembers how it was before words that nobody sees yet.
func (w *wandering) holds(held bool, before model.RequestStatus, clocks map[string]*dueAt) {
	w.shown = time.Time{}
	if held {
		w.waiting = append(w.waiting, w.events)
		w.held = &heldWords{seq: w.events, before: before, clocks: clocks, propose: w.proposd}
	}
}

// decides has a clerk who writes nothing decide about words that are held. Refused ones count as not made, unless
// something came of them meanwhile.
func (w *wandering) decides() {
	ctx, i := w.T.Context(), w.chance.IntN(len(w.waiting))
	seq := w.waiting[i]
	w.waiting = slices.Delete(w.waiting, i, i+1)
	item, err := w.Store.ModerationItems.GetByObject(ctx, model.ModeratedMessage, model.ID[any](w.id), seq)
	w.Must(err)
	held := w.held
	if held != nil && held.seq != seq {
		held = nil
	}
	if w.chance.IntN(3) == 0 {
		_, err = w.texts.Release(ctx, w.reviewer, item.ID, "")
		if held != nil {
			w.held, w.shown = nil, ends(limits[w.category]["silence"], w.now())
		}
	} else {
		_, err = w.texts.Refuse(ctx, w.reviewer, item.ID, "用语不当")
		if held != nil {
			w.retracts(held)
		}
	}
	w.Must(err)
	w.ringsNow()
	w.tells("decides")
	w.made["decision"]++
}

// ringsNow lets clocks ring that run again and may be late, or nearly so.
func (w *wandering) ringsNow() {
	_, err := w.mailbox.Ring(w.T.Context())
	w.Must(err)
	w.rings()
}

// retracts is what comes of words that nobody is to see: it is as before them.
func (w *wandering) retracts(held *heldWords) {
	w.made["retraction"]++
	answered := w.is("replied")
	w.to(held.before)
	w.end("silence")
	w.clocks, w.last = held.clocks, w.now()
	if !answered {
		return
	}
	w.owed, w.proposd = held.before == "replied", held.propose
	w.gave, w.round = w.gave[:len(w.gave)-1], w.round[:len(w.round)-1]
}

// talk moves nothing.
func (w *wandering) talk() []move {
	ctx, m, id := w.T.Context(), w.mailbox, w.id
	return []move{
		{
			name: "urges", resident: true, legal: w.waitsForStaff() || w.is("paused"),
			do: func(a model.Actor) error {
				_, err := m.Urge(ctx, a, id)
				if errors.Is(err, mailbox.ErrAlreadyUrged) {
					w.events-- // as if it had not been tried
					err = nil
				}
				return err
			},
			then: func(model.Actor) { w.events++ },
		},
		{
			name: "messages", legal: !w.over() || w.is("merged"),
			do:   func(a model.Actor) error { _, err := m.Write(ctx, a, id, "在吗"); return err },
			then: func(model.Actor) { w.events++ },
		},
	}
}

// promises are made, put off and kept, also by others than who made them.
func (w *wandering) promises() []move {
	ctx, m, id, on := w.T.Context(), w.mailbox, w.id, model.DateOf(w.now()).AddDays(w.chance.IntN(12))
	tries := []move{{
		name: "promises", legal: !w.over(),
		do: func(a model.Actor) error { _, err := m.Promise(ctx, a, id, "月底前换新", on); return err },
		then: func(model.Actor) {
			w.events++
			made, err := w.Store.RequestPromises.ListByRequest(ctx, id)
			w.Must(err)
			for _, p := range made {
				if p.Seq == w.events {
					w.pledges = append(w.pledges, &pledge{p.ID, on, true})
				}
			}
		},
	}}
	if len(w.pledges) == 0 {
		return tries
	}
	p, over := w.pledges[w.chance.IntN(len(w.pledges))], error(nil)
	if !p.open {
		over = mailbox.ErrPromiseOver
	}
	return append(tries, move{
		name: "promise_moved", legal: true, fault: over,
		do:   func(a model.Actor) error { _, err := m.PutOff(ctx, a, id, p.id, on, "缺货"); return err },
		then: func(model.Actor) { w.events++; p.on = on },
	}, move{
		name: "promise_kept", legal: true, fault: over,
		do:   func(a model.Actor) error { _, err := m.KeepPromise(ctx, a, id, p.id, "已换新"); return err },
		then: func(model.Actor) { w.events++; p.open = false },
	})
}

// referrals put it before a department, and the resident has the word.
func (w *wandering) referrals() []move {
	ctx, m, id, there := w.T.Context(), w.mailbox, w.id, w.office
	if there == nil {
		return []move{{
			name: "referrals", legal: w.is("accepted", "dispatched", "returned", "handling", "paused"),
			do: func(a model.Actor) error { _, err := m.Refer(ctx, a, id, w.department, "请协助"); return err },
			then: func(model.Actor) {
				w.events++
				live, err := w.Store.Referrals.GetLive(ctx, id)
				w.Must(err)
				w.office = &referral{id: live.ID}
			},
		}}
	}
	agrees := !there.agreed && w.chance.IntN(3) > 0
	word := "referral_no"
	if agrees {
		word = "referral_agreed"
	}
	return []move{{
		name: "referrals", legal: w.is("accepted", "dispatched", "returned", "handling", "paused"), fault: mailbox.ErrReferred,
		do: func(a model.Actor) error { _, err := m.Refer(ctx, a, id, w.department, "请协助"); return err },
	}, {
		name: word, legal: true, resident: true,
		do: func(a model.Actor) error {
			_, err := m.DecideReferral(ctx, a, there.id, mailbox.Consent{Agrees: agrees, Passes: []model.Passed{model.PassText}})
			return err
		},
		then: func(model.Actor) {
			w.events++
			if there.agreed = agrees; !agrees {
				w.office = nil
			}
		},
	}, {
		name: "referral_back", legal: true,
		do:   func(a model.Actor) error { _, err := m.TakeBack(ctx, a, there.id); return err },
		then: func(model.Actor) { w.events++; w.office = nil },
	}}
}

// answersOffice has the department answer the branch, or give it back.
func (w *wandering) answersOffice() {
	answer, name := w.mailbox.AnswerReferral, "referral_answer"
	if w.chance.IntN(2) == 0 {
		answer, name = w.mailbox.ReturnReferral, "referral_return"
	}
	_, err := answer(w.T.Context(), w.officer, w.office.id, "不归我们")
	w.Must(err)
	w.office = nil
	w.events++
	w.made[name]++
	w.tells(name)
}

// breaks breaks the promises whose day is over.
func (w *wandering) breaks() {
	for _, p := range w.pledges {
		if p.open && p.on < model.DateOf(w.now()) {
			p.open = false
			w.events++
			w.made["promise_broken"]++
		}
	}
}

// absorption merges another's request into this one.
func (w *wandering) absorption() []move {
	if w.over() {
		return nil
	}
	return []move{{
		name: "absorption", legal: true,
		do: func(a model.Actor) error {
			other, err := w.mailbox.Submit(w.T.Context(), w.li, w.lamp())
			w.Must(err)
			_, err = w.mailbox.Merge(w.T.Context(), a, other.ID, w.id)
			return err
		},
		then: func(model.Actor) { w.events++ },
	}}
}

// merge ends a walk in another request.
func (w *wandering) merge() move {
	return move{
		name: "merges", legal: !w.over(),
		do: func(a model.Actor) error {
			other, err := w.mailbox.Submit(w.T.Context(), w.neighbour, w.lamp())
			w.Must(err)
			unread := w.is("submitted")
			if _, err = w.mailbox.Merge(w.T.Context(), a, w.id, other.ID); err == nil {
				w.into, w.unread = other.ID, unread
			}
			return err
		},
		then: func(model.Actor) { w.to("merged") },
	}
}

// succession has the other one withdrawn: what was merged goes on by itself.
func (w *wandering) succession() []move {
	if !w.is("merged") {
		return nil
	}
	return []move{{
		name: "succession", legal: true, resident: true,
		do: func(a model.Actor) error {
			if a == w.wang {
				a = w.neighbour
			}
			_, err := w.mailbox.Withdraw(w.T.Context(), a, w.into)
			return err
		},
		then: func(model.Actor) {
			w.to("screened")
			if w.unread {
				w.status = "submitted"
			}
			w.owed = false
			other, err := w.Store.Requests.Get(w.T.Context(), w.into)
			w.Must(err)
			w.level = max(w.level, slices.Index(ladder, other.Level)) // the other climbs while nobody looks
			w.start("acknowledge", "reply")
		},
	}}
}
