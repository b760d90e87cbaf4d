package mailbox

import (
	"context"
	"encoding/json"
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
	some, err := tx.Requests.ListMerged(ctx, e.RequestID, model.RequestID{}, 1)
	if err != nil || len(some) == 0 {
		return err
	}
	return putJob(ctx, tx, mergedNewsJob, e.ID.String(), mergedNews{e.RequestID, e.Seq}, time.Time{})
}

// tellMerged tells them, each once and under their own receipt.
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
	return s.eachMerged(ctx, r.ID, func(tx *store.Store, other model.Request) error {
		if other.SubmitterID == r.SubmitterID || other.ID == e.Details().OtherID { // it was their word
			return nil
		}
		return s.notices.Tell(ctx, tx, notice(other, e, mergedSayings[e.To]))
	})
}

// eachMerged does something for each request that was merged into another, some in one transaction.
func (s *Service) eachMerged(ctx context.Context, into model.RequestID, do func(tx *store.Store, other model.Request) error) error {
	for past := (model.RequestID{}); ; {
		batch, err := s.store.Requests.ListMerged(ctx, into, past, mergedBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		err = s.store.InTx(ctx, func(tx *store.Store) error {
			for _, other := range batch {
				if err := do(tx, other); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		past = batch[len(batch)-1].ID
	}
}

// putMergingOn has what was merged into a request go with it when that is merged itself.
func putMergingOn(ctx context.Context, tx *store.Store, from model.RequestID) error {
	some, err := tx.Requests.ListMerged(ctx, from, model.RequestID{}, 1)
	if err != nil || len(some) == 0 {
		return err
	}
	return putJob(ctx, tx, mergingOnJob, from.String(), from, time.Time{})
}

// mergeOn has what was merged into a request be merged into what that one led to, so that nobody has to
// follow a chain to tell them.
func (s *Service) mergeOn(ctx context.Context, from model.RequestID) error {
	return s.eachMerged(ctx, from, func(tx *store.Store, other model.Request) error {
		m, last, err := s.holdMerged(ctx, tx, other.ID)
		if err != nil || m.MergedInto != from {
			return err
		}
		m.MergedInto = last.ID
		e := model.RequestEvent{Kind: model.MoveMergedOn, To: model.RequestMerged, Party: model.PartySystem, At: tx.Now()}
		if err := m.step(e.With(model.EventDetails{OtherID: last.ID})); err != nil {
			return err
		}
		_, err = m.save(ctx, tx)
		return err
	})
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
