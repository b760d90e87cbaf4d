// Package upload keeps the photos and recordings that people send.
//
// What comes in is cleaned (see photo and voice) and kept under a name of ours; what was
// sent is not. The row comes before the files and says so until they are there: a process
// that dies in between leaves a row that is swept away with whatever it had written, never
// a row without files or files without a row.
//
// An upload is attached once, by its owner, to what they write, and what is attached to
// nothing within a day is discarded. Others see it only after WeChat's check has passed it,
// or a person has: the check is asked for by a job and answered by an event, in either
// order, and whatever is doubtful or has waited 35 minutes is held for a person. Nothing is
// shown for want of an answer.
//
// Bytes are given to whoever has a link, which is signed for one upload and one size of it,
// for ten minutes. A link is given to whoever may see the upload: its owner, a reader of what
// it is attached to once it has passed, and who decides on it while it waits for that, whose
// look goes into the record.
package upload

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/semaphore"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/files"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/upload/photo"
	"jinlin/service/upload/voice"
	"jinlin/service/wechat"
)

// Faults of what is sent as a whole; those of its content are photo's and voice's.
var (
	ErrTooManyUploads = fault.Define(fault.RateLimited, "too_many_uploads",
		"今天上传的文件过多，请明天再试。", "You have uploaded too many files today. Please try again tomorrow.")
	ErrTooLarge = fault.Define(fault.TooLarge, "upload_too_large",
		"文件超过 10 MB，请压缩后再上传。", "The file has more than 10 MiB. Please send a smaller one.")
)

const (
	// MaxBytes is the most a file may have as it is sent.
	MaxBytes = 10 << 20

	// DailyUploads is how many files a person sends on a day in Shanghai.
	DailyUploads = 60
	uploadUse    = "upload"

	// atOnce is how many files are decoded at a time: each takes up to 64 MiB.
	atOnce = 2
	// onTheWay is how many files are coming in, or have come in and wait for that.
	onTheWay = 64
	// ofOne is how many of those one person sends: a phone sends nine photos at a time.
	ofOne = 10
)

// Checker asks WeChat about a file.
type Checker interface {
	// CheckMedia gives the trace id under which the verdict comes. Fault: wechat_unavailable.
	CheckMedia(ctx context.Context, c wechat.MediaCheck) (traceID string, err error)
}

// Desk puts before people what WeChat did not decide.
type Desk interface {
	Hold(ctx context.Context, tx *store.Store, item model.ModerationItem) error
	Drop(ctx context.Context, tx *store.Store, actor model.Actor, kind model.ModerationKind, object model.ID[any]) error
}

// Notices tells people things, in the transaction of what it tells of.
type Notices interface {
	Tell(ctx context.Context, tx *store.Store, n model.Notice) error
}

// Holder has things that uploads are attached to.
type Holder interface {
	// ShowsUploads says whether an actor may see what is attached to a part of a thing.
	ShowsUploads(ctx context.Context, actor model.Actor, thing model.ID[any], part int) (bool, error)
	// UnitOf is in whose authority a thing is until the transaction ends. Fault: not_found.
	UnitOf(ctx context.Context, tx *store.Store, thing model.ID[any]) (model.UnitID, error)
}

// Service keeps uploads.
type Service struct {
	store   *store.Store
	files   *files.Files
	access  *access.Service
	org     *org.Service
	checker Checker
	desk    Desk
	notices Notices
	limits  bool
	baseURL func() string
	spoolIn string // a folder; "" is the system's
	coming  *semaphore.Weighted
	turns   turns
	decodes *semaphore.Weighted
	holders map[model.UploadHolder]Holder
}

// New makes the service. baseURL is where WeChat reaches the API; limits says whether a
// person sends so many files a day only.
func New(s *store.Store, f *files.Files, a *access.Service, o *org.Service, checker Checker, desk Desk, notices Notices, baseURL func() string, limits bool) *Service {
	return &Service{
		store: s, files: f, access: a, org: o, checker: checker, desk: desk, notices: notices, baseURL: baseURL, limits: limits,
		coming: semaphore.NewWeighted(onTheWay), decodes: semaphore.NewWeighted(atOnce), holders: map[model.UploadHolder]Holder{},
	}
}

// Limited says whether a person sends DailyUploads only.
func (s *Service) Limited() bool { return s.limits }

// AttachTo sets who has the things of a kind. It is called before the service is used.
func (s *Service) AttachTo(kind model.UploadHolder, h Holder) { s.holders[kind] = h }

// cleaned is a file as it is kept.
type cleaned struct {
	model.Upload
	parts map[Variant][]byte
}

// Keep cleans a file and keeps it. It reads no more of it than may be sent.
// Faults: unauthenticated, upload_too_large, unsupported_file, unreadable_file,
// picture_too_large, recording_too_long, too_many_uploads, files_unavailable, rate_limited, busy,
// and what reading the file gives.
func (s *Service) Keep(ctx context.Context, actor model.Actor, file io.Reader) (model.Upload, error) {
	if actor.Nobody() {
		return model.Upload{}, fault.ErrUnauthenticated
	}
	sent, err := s.spool(ctx, actor.User, file)
	if err != nil {
		return model.Upload{}, err
	}
	defer sent.discard()
	sent.mark(model.OnceKeyFrom(ctx))
	if done, found, err := store.Replayed[model.Upload](ctx, s.store); found || err != nil {
		return done, err
	}
	c, err := s.clean(ctx, sent)
	if err != nil {
		return model.Upload{}, err
	}
	if err := s.receive(ctx, actor, &c.Upload); err != nil {
		return model.Upload{}, err
	}
	if err := s.putFiles(ctx, c); err != nil {
		return model.Upload{}, errors.Join(err, s.undo(ctx, c.Upload))
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Upload, error) {
		kept, err := move(ctx, tx, actor, c.Upload, model.KeepUpload)
		if err != nil {
			return kept, err
		}
		return kept, putJob(ctx, tx, CheckJob, kept.ID)
	})
}

func (s *Service) putFiles(ctx context.Context, c cleaned) error {
	for variant, part := range c.parts {
		if err := s.files.Put(ctx, name(c.ID, variant), part); err != nil {
			return err
		}
	}
	return nil
}

// undo takes back an upload whose files could not be written; where that fails too, it is
// swept away later.
func (s *Service) undo(ctx context.Context, u model.Upload) error {
	ctx = context.WithoutCancel(ctx)
	if err := s.discard(ctx, u); err != nil {
		return err
	}
	return s.destroy(ctx, u)
}

// clean decodes one of few files at a time.
func (s *Service) clean(ctx context.Context, sent *spooled) (c cleaned, err error) {
	if err := s.decodes.Acquire(ctx, 1); err != nil {
		return c, fault.ErrBusy.Because(err)
	}
	defer s.decodes.Release(1)
	if photo.Is(sent.whole()) {
		err = c.photo(sent)
	} else {
		err = c.voice(sent)
	}
	return c, cmp.Or(sent.failed, err)
}

func (c *cleaned) photo(sent *spooled) error {
	p, err := photo.Clean(sent.whole())
	c.Kind, c.ContentType, c.Bytes, c.Width, c.Height = model.UploadPhoto, photo.ContentType, len(p.Image), p.Width, p.Height
	c.parts = map[Variant][]byte{Full: p.Image, Thumbnail: p.Thumbnail}
	return err
}

func (c *cleaned) voice(sent *spooled) error {
	data := make([]byte, sent.size)
	if _, err := io.ReadFull(sent.whole(), data); err != nil {
		return err
	}
	v, err := voice.Clean(data)
	c.Kind, c.ContentType, c.Bytes, c.Millis = model.UploadVoice, v.ContentType, len(v.Data), int(v.Duration/time.Millisecond)
	c.parts = map[Variant][]byte{Full: v.Data}
	return err
}

// receive writes the row before the files. Fault: too_many_uploads.
func (s *Service) receive(ctx context.Context, actor model.Actor, u *model.Upload) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		now := tx.Now()
		if s.limits {
			if err := tx.DailyUses.Spend(ctx, actor.User, uploadUse, DailyUploads, ErrTooManyUploads); err != nil {
				return err
			}
		}
		u.ID, u.OwnerID, u.Status, u.CreatedAt, u.UpdatedAt = model.NewID[model.Upload](now), actor.User, model.UploadReceiving, now, now
		if err := tx.Uploads.Add(ctx, u); err != nil {
			return err
		}
		return addEvent(ctx, tx, *u, "", actor.User)
	})
}

// move takes an upload along one arrow, with its event.
// Faults: illegal_transition, changed_meanwhile.
func move(ctx context.Context, tx *store.Store, actor model.Actor, u model.Upload, m model.UploadMove) (model.Upload, error) {
	to, err := u.After(m)
	if err != nil {
		return u, err
	}
	if err := store.Kept(tx.Uploads.SaveMoved(ctx, u, to)); err != nil {
		return u, err
	}
	from := u.Status
	u.Status, u.UpdatedAt = to, tx.Now()
	return u, addEvent(ctx, tx, u, from, actor.User)
}

func addEvent(ctx context.Context, tx *store.Store, u model.Upload, from model.UploadStatus, by model.UserID) error {
	return tx.UploadEvents.Add(ctx, &model.UploadEvent{
		ID: model.NewID[model.UploadEvent](tx.Now()), UploadID: u.ID, FromStatus: from, ToStatus: u.Status, ActorID: by, At: tx.Now(),
	})
}
