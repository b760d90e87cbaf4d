package upload

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/identity"
	"jinlin/service/upload/photo"
)

// Variant is a size of an upload.
type Variant string

// The variants. Recordings have the full one only.
const (
	Full      Variant = "full"
	Thumbnail Variant = "thumbnail"
)

const (
	// LinkFor is how long a link opens.
	LinkFor = 10 * time.Minute
	// checkerLinkFor is how long WeChat's does: it fetches within half an hour.
	checkerLinkFor = 40 * time.Minute

	linkPurpose = "uploads.link"
)

// name is that of a file; its end is the random part of the id.
func name(id model.UploadID, v Variant) string { return string(v) + "-" + id.String() }

// Link opens one variant of an upload for whoever holds it, until it expires.
type Link struct {
	UploadID  model.UploadID
	Variant   Variant
	Expires   int64 // seconds since 1970
	Signature string
}

// Path is the link's path and query.
func (l Link) Path() string {
	return fmt.Sprintf("/v1/uploads/%s/file?variant=%s&expires=%d&signature=%s", l.UploadID, l.Variant, l.Expires, l.Signature)
}

func (l Link) signed() string {
	return l.UploadID.String() + "\x00" + string(l.Variant) + "\x00" + strconv.FormatInt(l.Expires, 10)
}

func (s *Service) link(id model.UploadID, v Variant, open time.Duration) Link {
	l := Link{UploadID: id, Variant: v, Expires: s.store.Now().Add(open).Unix()}
	l.Signature = hex.EncodeToString(s.store.Keys().Index(linkPurpose, l.signed()))
	return l
}

// opens: a link that was signed under the key before is good until it expires.
func (s *Service) opens(l Link) bool {
	right := slices.ContainsFunc(s.store.Keys().Indexes(linkPurpose, l.signed()), func(sum []byte) bool {
		return hmac.Equal([]byte(l.Signature), []byte(hex.EncodeToString(sum)))
	})
	return right && s.store.Now().Unix() <= l.Expires
}

// Shown is an upload with the links of somebody who may see it.
type Shown struct {
	model.Upload
	Full      Link
	Thumbnail *Link // of a photo
}

func (s *Service) show(u model.Upload) Shown {
	shown := Shown{Upload: u, Full: s.link(u.ID, Full, LinkFor)}
	if u.Kind == model.UploadPhoto {
		thumbnail := s.link(u.ID, Thumbnail, LinkFor)
		shown.Thumbnail = &thumbnail
	}
	return shown
}

// Kept is an upload as its owner sees it.
func (s *Service) Kept(u model.Upload) Shown { return s.show(u) }

// Get gives an upload to whoever may see it. Who looks in order to decide is recorded.
// Faults: unauthenticated, not_found.
func (s *Service) Get(ctx context.Context, actor model.Actor, id model.UploadID) (Shown, error) {
	if actor.Nobody() {
		return Shown{}, fault.ErrUnauthenticated
	}
	u, err := s.store.Uploads.Get(ctx, id)
	if err == nil {
		err = s.permit(ctx, actor, u)
	}
	if err != nil {
		return Shown{}, err
	}
	return s.show(u), nil
}

// permit lets the owner see it, who decides on it while it waits for that, and others once it
// has passed and if they see what it is attached to. Fault: not_found.
func (s *Service) permit(ctx context.Context, actor model.Actor, u model.Upload) error {
	own, err := identity.Is(ctx, s.store, u.OwnerID, actor.User)
	switch {
	case err != nil:
		return err
	case gone(u):
		return fault.ErrNotFound
	case own:
		return nil
	case u.Status == model.UploadHeld:
		return s.lookToDecide(ctx, actor, u)
	case !u.Shown() || u.HolderKind == "":
		return fault.ErrNotFound
	}
	sees, err := s.holders[u.HolderKind].ShowsUploads(ctx, actor, u.HolderID, u.HolderPart)
	if err == nil && !sees {
		err = fault.ErrNotFound
	}
	return err
}

// gone: its files are not there yet, or not any more.
func gone(u model.Upload) bool {
	return u.Status == model.UploadReceiving || u.Status == model.UploadDiscarded
}

// lookToDecide shows a held upload to whoever decides on it, and puts that into the record.
// Fault: not_found.
func (s *Service) lookToDecide(ctx context.Context, actor model.Actor, u model.Upload) error {
	item, err := s.store.ModerationItems.GetByObject(ctx, model.ModeratedUpload, model.ID[any](u.ID), itemVersion)
	if err == nil {
		err = s.access.Require(ctx, actor, access.TextModerate, item.UnitID)
	}
	if errors.Is(err, fault.ErrForbidden) {
		err = fault.ErrNotFound
	}
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		return audit.Record(ctx, tx, actor, audit.Act{Action: "upload.look", ObjectKind: "upload", ObjectID: u.ID, Unit: item.UnitID})
	})
}

// File is what is given out.
type File struct {
	UploadID    model.UploadID
	Data        []byte
	ContentType string
	Name        string        // to save it under
	For         time.Duration // how long its link still opens it
}

// Open gives the bytes that a link opens. Faults: not_found, files_unavailable.
func (s *Service) Open(ctx context.Context, l Link) (File, error) {
	if !s.opens(l) {
		return File{}, fault.ErrNotFound
	}
	u, err := s.store.Uploads.Get(ctx, l.UploadID)
	if err != nil {
		return File{}, err
	}
	if gone(u) || l.Variant == Thumbnail && u.Kind != model.UploadPhoto {
		return File{}, fault.ErrNotFound
	}
	f, err := s.file(ctx, u, l.Variant)
	f.For = time.Unix(l.Expires, 0).Sub(s.store.Now())
	return f, err
}

func (s *Service) file(ctx context.Context, u model.Upload, v Variant) (File, error) {
	data, err := s.files.Get(ctx, name(u.ID, v))
	return File{UploadID: u.ID, Data: data, ContentType: u.ContentType, Name: fileName(u, v)}, err
}

// Sent are the files of all that a person sent, one at a time, newest first.
func (s *Service) Sent(ctx context.Context, user model.UserID) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for u, err := range s.all(ctx, user) {
			var f File
			if err == nil {
				f, err = s.file(ctx, u, Full)
			}
			if gone(u) || errors.Is(err, fault.ErrNotFound) { // or it went meanwhile
				continue
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// all are a person's uploads, also those that went with what they sealed.
func (s *Service) all(ctx context.Context, user model.UserID) iter.Seq2[model.Upload, error] {
	return func(yield func(model.Upload, error) bool) {
		ids, err := s.store.SealedIdentities.ListIDs(ctx, user)
		if err != nil {
			yield(model.Upload{}, err)
			return
		}
		for _, id := range ids {
			for u, err := range s.allOf(ctx, id) {
				if !yield(u, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *Service) allOf(ctx context.Context, owner model.UserID) iter.Seq2[model.Upload, error] {
	return model.All(func(page model.Page) (model.Listing[model.Upload], error) {
		return s.store.Uploads.ListByOwner(ctx, owner, page)
	})
}

// extensions by what we write; nothing else is kept.
var extensions = map[string]string{photo.ContentType: ".jpg", "audio/mpeg": ".mp3", "audio/aac": ".aac"}

func fileName(u model.Upload, v Variant) string {
	return "jinlin-" + name(u.ID, v) + extensions[u.ContentType]
}
