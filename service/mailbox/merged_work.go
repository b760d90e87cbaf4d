package mailbox

import (
	"context"
	"encoding/json"
	"iter"
	"strconv"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/jobs"
)

// What concerns everybody whose request was merged into one is done after the move, some at a time:
// hundreds may have reported the same power cut, and whoever answers it need not wait for them all.
const (
	mergedNewsJob = "mailbox.merged_news"
	mergingOnJob  = "mailbox.merging_on"
	mergedBatch   = 50
)

// mergedNews is an event of a request of which those hear whose requests were merged into it.
type mergedNews struct {
	Request model.RequestID `json:"request"`
	Seq     int             `json:"seq"`
}

// Jobs sets who does this package's jobs.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(roundJob, jobs.Of(s.tellWaiting))
	r.Handle(mergedNewsJob, jobs.Of(s.tellMerged))
	r.Handle(mergingOnJob, jobs.Of(s.mergeOn))
}

// putJob has something done once for a key, after the commit and not before a time; zero is at once.
func putJob(ctx context.Context, tx *store.Store, kind, key string, payload any, at time.Time) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	key = kind + "/" + key
	return tx.Jobs.Put(ctx, model.Job{Kind: kind, Payload: text, DedupeKey: &key, RunAt: at})
}

// putMergedNews has those hear of an event whose requests were merged into its own. They hear of every
// answer and of its end, as its submitter does; what was said stays between others.
func putMergedNews(ctx context.Context, tx *store.Store, e model.RequestEvent) error {
	if _, known := mergedSayings[e.To]; !known || e.From == e.To && e.Kind != model.MoveReply {
		return nil
	}
	some, err := tx.Requests.ListLed(ctx, e.RequestID, model.RequestID{}, 1)
	if err != nil || len(some) == 0 {
		return err
	}
	return putJob(ctx, tx, mergedNewsJob, e.ID.String(), mergedNews{e.RequestID, e.Seq}, time.Time{})
}

// tellMerged tells them, each once and under their own receipt: also those whose requests are still to be
// merged on.
func (s *Service) tellMerged(ctx context.Context, news mergedNews) error {
	r, err := s.store.Requests.Get(ctx, news.Request)
	if err != nil {
		return err
	}
	events, err := s.store.RequestEvents.ListByRequest(ctx, r.ID)
	if err != nil {
		return err
	}
	e := eventAt(events, news.Seq)
	tell := func(tx *store.Store, other model.Request) error {
		theirs := other.SubmitterID == r.SubmitterID || other.ID == e.Details().OtherID // it was their word
		if theirs || other.Status != model.RequestMerged {
			return nil
		}
		return s.notices.Tell(ctx, tx, notice(other, e, mergedSayings[e.To]))
	}
	for told := -1; ; { // until nobody was overlooked who was merged on meanwhile
		found, err := s.throughout(ctx, r.ID, tell)
		if err != nil || found <= told {
			return err
		}
		told = found
	}
}

// throughout does something for every request that leads to another, straight or through others, and says
// how many those are.
func (s *Service) throughout(ctx context.Context, to model.RequestID, do func(*store.Store, model.Request) error) (found int, err error) {
	for from := []model.RequestID{to}; len(from) > 0; from = from[1:] {
		for batch, err := range led(ctx, s.store, from[0]) {
			if err == nil {
				err = s.together(ctx, batch, do)
			}
			if err != nil {
				return found, err
			}
			for _, other := range batch {
				from = append(from, other.ID)
			}
			found += len(batch)
		}
	}
	return found, nil
}

// led are the requests that lead straight to another, some at a time, what came first coming first.
func led(ctx context.Context, from *store.Store, to model.RequestID) iter.Seq2[[]model.Request, error] {
	return func(yield func([]model.Request, error) bool) {
		for past := (model.RequestID{}); ; {
			batch, err := from.Requests.ListLed(ctx, to, past, mergedBatch)
			if err == nil && len(batch) == 0 || !yield(batch, err) || err != nil {
				return
			}
			past = batch[len(batch)-1].ID
		}
	}
}

// together does something for each of some requests in one transaction.
func (s *Service) together(ctx context.Context, batch []model.Request, do func(tx *store.Store, other model.Request) error) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		for _, other := range batch {
			if err := do(tx, other); err != nil {
				return err
			}
		}
		return nil
	})
}

// putMergingOn has what was merged into a request go with it when that is merged itself, or followed. It
// may be each more than once.
func putMergingOn(ctx context.Context, tx *store.Store, from model.Request) error {
	some, err := tx.Requests.ListMerged(ctx, from.ID, model.RequestID{}, 1)
	if err != nil || len(some) == 0 {
		return err
	}
	return putJob(ctx, tx, mergingOnJob, from.ID.String()+"/"+strconv.Itoa(from.Version), from.ID, time.Time{})
}

// mergeOn has what was merged into a request be merged into what that one led to, so that nobody has to
// follow a chain to tell them.
func (s *Service) mergeOn(ctx context.Context, from model.RequestID) error {
	on := func(tx *store.Store, other model.Request) error {
		if other.Status != model.RequestMerged {
			return nil
		}
		m, last, err := s.holdMerged(ctx, tx, other.ID)
		if err != nil || m.MergedInto != from || last.ID == from { // it went on by itself meanwhile
			return err
		}
		m.MergedInto = last.ID
		e := model.RequestEvent{Kind: model.MoveMergedOn, To: model.RequestMerged, Party: model.PartySystem, At: tx.Now()}
		if err := m.step(e.With(model.EventDetails{OtherID: last.ID})); err != nil {
			return err
		}
		_, err = m.save(ctx, tx)
		return err
	}
	for batch, err := range led(ctx, s.store, from) {
		if err == nil {
			err = s.together(ctx, batch, on)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const longestChain = 100

// lastOf is the request at the end of a chain of merged ones, and of withdrawn ones that another
// followed: the one that goes on, or went on last.
// Faults: not_found, busy.
func lastOf(ctx context.Context, s *store.Store, id model.RequestID) (model.Request, error) {
	for range longestChain {
		r, err := s.Requests.Get(ctx, id)
		if err != nil || r.MergedInto.IsZero() {
			return r, err
		}
		id = r.MergedInto
	}
	return model.Request{}, fault.ErrBusy
}
