package upload

import (
	"context"
	"errors"
	"slices"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/wechat"
)

const (
	// halfWritten is how long files may take to be written.
	halfWritten = time.Hour
	// looseFor is how long an upload may belong to nothing.
	looseFor = 24 * time.Hour
	// checksFor is how long questions to WeChat are remembered.
	checksFor = 30 * 24 * time.Hour

	sweepBatch = 100
)

// Watch holds for a person what WeChat has not answered in time; a recurring job's work.
func (s *Service) Watch(ctx context.Context) error {
	late := func(limit int) ([]model.Upload, error) {
		return s.store.Uploads.ListByStatus(ctx, model.UploadPending, s.store.Now().Add(-Patience), limit)
	}
	return each(ctx, late, func(ctx context.Context, u model.Upload) error {
		err := s.inTx(ctx, u.ID, wechat.Review)
		if errors.Is(err, fault.ErrChangedMeanwhile) {
			return nil
		}
		return err
	})
}

// Sweep deletes what was never finished or belongs to nothing; a recurring job's work. A row
// is marked first, so that nobody attaches it meanwhile, and goes after its files.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.store.Now()
	ages := map[model.UploadStatus]time.Duration{
		model.UploadReceiving: halfWritten, model.UploadPending: looseFor, model.UploadHeld: looseFor,
		model.UploadPassed: looseFor, model.UploadRefused: looseFor,
	}
	var trouble error
	for status, age := range ages {
		trouble = errors.Join(trouble, each(ctx, func(limit int) ([]model.Upload, error) {
			return s.store.Uploads.ListLoose(ctx, status, now.Add(-age), limit)
		}, s.discardLoose))
	}
	trouble = errors.Join(trouble, each(ctx, func(limit int) ([]model.Upload, error) {
		return s.store.Uploads.ListByStatus(ctx, model.UploadDiscarded, now.Add(time.Second), limit)
	}, s.destroy))
	return errors.Join(trouble, s.store.MediaChecks.DeleteOld(ctx, now.Add(-checksFor)))
}

// each does something to uploads until there are none left for which it has not been tried, and
// joins what went wrong: one file that cannot be deleted must not keep the others waiting.
func each(ctx context.Context, list func(limit int) ([]model.Upload, error), do func(context.Context, model.Upload) error) (trouble error) {
	tried := map[model.UploadID]bool{} // without success, so that it is listed again
	for {
		rows, err := list(sweepBatch + len(tried))
		rows = slices.DeleteFunc(rows, func(u model.Upload) bool { return tried[u.ID] })
		if err != nil || len(rows) == 0 || ctx.Err() != nil {
			return errors.Join(trouble, err, ctx.Err())
		}
		for _, u := range rows {
			if err := do(ctx, u); err != nil {
				tried[u.ID], trouble = true, errors.Join(trouble, err)
			}
		}
	}
}

func (s *Service) discardLoose(ctx context.Context, u model.Upload) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		discarded, err := tx.Uploads.SaveLooseDiscarded(ctx, u)
		if err != nil || !discarded {
			return err
		}
		from := u.Status
		u.Status = model.UploadDiscarded
		if err := addEvent(ctx, tx, u, from, model.UserID{}); err != nil {
			return err
		}
		return s.desk.Drop(ctx, tx, model.Actor{}, model.ModeratedUpload, model.ID[any](u.ID))
	})
}

// discard marks an upload whatever it belongs to, and takes it from whoever was to decide.
func (s *Service) discard(ctx context.Context, u model.Upload) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		if _, err := move(ctx, tx, model.Actor{}, u, model.DiscardUpload); err != nil {
			return err
		}
		return s.desk.Drop(ctx, tx, model.Actor{}, model.ModeratedUpload, model.ID[any](u.ID))
	})
}

// destroy deletes the files of a discarded upload, and then its row with what happened to it.
func (s *Service) destroy(ctx context.Context, u model.Upload) error {
	for _, v := range []Variant{Full, Thumbnail} {
		if err := s.files.Delete(ctx, name(u.ID, v)); err != nil {
			return err
		}
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		if err := tx.UploadEvents.DeleteOf(ctx, u.ID); err != nil {
			return err
		}
		return tx.Uploads.Delete(ctx, u.ID)
	})
}

// Settle destroys all that a person ever sent, before they are erased. It may be called again.
func (s *Service) Settle(ctx context.Context, actor model.Actor) error {
	for u, err := range s.all(ctx, actor.User) {
		if err == nil && u.Status != model.UploadDiscarded {
			err = s.discard(ctx, u)
		}
		if err == nil {
			err = s.destroy(ctx, u)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
