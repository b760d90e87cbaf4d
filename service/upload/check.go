package upload

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/identity"
	"jinlin/service/wechat"
)

// CheckJob asks WeChat about an upload.
const CheckJob = "upload.check"

// Patience is how long an upload waits for WeChat before a person decides: WeChat promises
// an answer within thirty minutes.
const Patience = 35 * time.Minute

type payload struct {
	UploadID model.UploadID `json:"uploadId"`
}

func putJob(ctx context.Context, tx *store.Store, kind string, id model.UploadID) error {
	content, err := json.Marshal(payload{id})
	if err != nil {
		return err
	}
	key := kind + "@" + id.String()
	return tx.Jobs.Put(ctx, model.Job{Kind: kind, Payload: content, DedupeKey: &key})
}

// Check asks WeChat about an upload that waits. It may be repeated: each question has an
// answer of its own, and the first that decides counts. WeChat is not asked about people it
// does not know, and says nothing about those it has not seen for two hours; a person decides
// then.
func (s *Service) Check(ctx context.Context, job model.Job) error {
	var p payload
	if err := json.Unmarshal(job.Payload, &p); err != nil {
		return err
	}
	u, err := s.store.Uploads.Get(ctx, p.UploadID)
	if errors.Is(err, fault.ErrNotFound) || err == nil && u.Status != model.UploadPending {
		return nil
	}
	if err != nil {
		return err
	}
	person, err := identity.PersonOf(ctx, s.store, u.OwnerID)
	if err != nil {
		return err
	}
	account, err := s.store.WeChat.GetByUser(ctx, person)
	if errors.Is(err, fault.ErrNotFound) {
		return s.inTx(ctx, u.ID, wechat.Review)
	}
	if err != nil {
		return err
	}
	trace, err := s.checker.CheckMedia(ctx, s.question(u, account.OpenID))
	if class := wechat.ClassOf(err); class == wechat.ClassUser || class == wechat.ClassPermanent {
		return s.inTx(ctx, u.ID, wechat.Review)
	}
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		check, err := tx.MediaChecks.SaveAsked(ctx, trace, u.ID)
		if err != nil {
			return err
		}
		return s.settle(ctx, tx, check)
	})
}

func (s *Service) question(u model.Upload, openID string) wechat.MediaCheck {
	kind := wechat.MediaPhoto
	if u.Kind == model.UploadVoice {
		kind = wechat.MediaVoice
	}
	return wechat.MediaCheck{OpenID: openID, Scene: wechat.SceneForum, Kind: kind, URL: s.baseURL() + s.link(u.ID, Full, checkerLinkFor).Path()}
}

// OnVerdict takes WeChat's answer in, in the transaction that keeps the event.
func (s *Service) OnVerdict(ctx context.Context, tx *store.Store, e wechat.Event) error {
	verdict, ok := e.Detail.(wechat.MediaVerdict)
	if !ok || verdict.TraceID == "" {
		return nil
	}
	check, err := tx.MediaChecks.SaveAnswered(ctx, verdict.TraceID, string(verdict.Suggest))
	if err != nil {
		return err
	}
	return s.settle(ctx, tx, check)
}

// settle acts once both halves of a check are there.
func (s *Service) settle(ctx context.Context, tx *store.Store, c model.MediaCheck) error {
	if c.UploadID.IsZero() || c.Suggest == "" {
		return nil
	}
	return s.judge(ctx, tx, c.UploadID, wechat.Suggest(c.Suggest))
}

func (s *Service) inTx(ctx context.Context, id model.UploadID, advice wechat.Suggest) error {
	return s.store.InTx(ctx, func(tx *store.Store) error { return s.judge(ctx, tx, id, advice) })
}

// judge follows WeChat's advice on an upload that still waits for it; doubt goes to people. It holds
// the upload: one that is attached to a sealed request meanwhile belongs to somebody else.
func (s *Service) judge(ctx context.Context, tx *store.Store, id model.UploadID, advice wechat.Suggest) error {
	u, err := tx.Uploads.GetLocked(ctx, id)
	if errors.Is(err, fault.ErrNotFound) || err == nil && u.Status != model.UploadPending {
		return nil
	}
	if err != nil {
		return err
	}
	switch advice {
	case wechat.Pass:
		_, err = move(ctx, tx, model.Actor{}, u, model.PassUpload)
		return err
	case wechat.Risky:
		if u, err = move(ctx, tx, model.Actor{}, u, model.RefuseUpload); err != nil {
			return err
		}
		return s.notices.Tell(ctx, tx, refused(u))
	}
	if u, err = move(ctx, tx, model.Actor{}, u, model.HoldUpload); err != nil {
		return err
	}
	return s.putBefore(ctx, tx, u)
}

// putBefore puts an upload before whoever has authority where it is attached, or over the
// county while it is attached to nothing.
func (s *Service) putBefore(ctx context.Context, tx *store.Store, u model.Upload) error {
	unit, err := s.unitOf(ctx, tx, u)
	if err != nil {
		return err
	}
	return s.desk.Hold(ctx, tx, model.ModerationItem{
		Kind: model.ModeratedUpload, ObjectID: model.ID[any](u.ID), ObjectVersion: itemVersion, UnitID: unit, WriterID: u.OwnerID, Text: "〔" + kinds[u.Kind] + "〕",
	})
}

// itemVersion: an upload never changes.
const itemVersion = 1

func (s *Service) unitOf(ctx context.Context, tx *store.Store, u model.Upload) (model.UnitID, error) {
	if u.HolderKind != "" {
		return s.holders[u.HolderKind].UnitOf(ctx, tx, u.HolderID)
	}
	counties, err := tx.Units.List(ctx, store.UnitFilter{Kind: model.County, AsOf: model.DateOf(tx.Now())}, model.Page{Limit: 1})
	if err != nil {
		return model.UnitID{}, err
	}
	if len(counties.Items) == 0 {
		return model.UnitID{}, fault.ErrNotFound
	}
	return counties.Items[0].ID, nil
}

// kinds are what people call a file; among the texts that they decide on it stands in brackets.
var kinds = map[model.UploadKind]string{model.UploadPhoto: "照片", model.UploadVoice: "录音"}

// Decided does what a person decided, in that transaction.
func (s *Service) Decided(ctx context.Context, tx *store.Store, item model.ModerationItem) error {
	u, err := tx.Uploads.Get(ctx, model.UploadID(item.ObjectID))
	if errors.Is(err, fault.ErrNotFound) || err == nil && u.Status != model.UploadHeld {
		return nil // its owner is gone, and it with them
	}
	if err != nil {
		return err
	}
	if item.Status == model.TextReleased {
		_, err = move(ctx, tx, model.Actor{}, u, model.PassUpload)
		return err
	}
	if u, err = move(ctx, tx, model.Actor{}, u, model.RefuseUpload); err != nil {
		return err
	}
	return s.notices.Tell(ctx, tx, refused(u))
}

func refused(u model.Upload) model.Notice {
	return model.Notice{
		User: u.OwnerID, Kind: "upload", Key: "upload.refused/" + u.ID.String(), Link: "pages/me/uploads",
		Title: fault.Text{ZH: "您上传的文件未通过审核", EN: "A file you sent was not accepted"},
		Text:  fault.Text{ZH: "您上传的" + kinds[u.Kind] + "未通过安全审核，其他人看不到它。", EN: "A photo or recording you sent did not pass the check. Nobody else sees it."},
	}
}
