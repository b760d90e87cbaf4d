package paperbox

import (
	"context"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/mailbox"
	"jinlin/service/proxy"
)

// MostKeyed is how many slips are keyed in at once.
const MostKeyed = 50

// Keyed is a slip as somebody keys it in. An estate left out is that of the box.
type Keyed struct {
	mailbox.Submission
	proxy.Person
	Number  string        // as typed
	NoPhoto model.NoPhoto // why no photo of the slip is among the uploads; "" where one is
}

// Outcome is what became of one slip of a batch.
type Outcome struct {
	Number   model.SlipNumber
	State    mailbox.State // of its request
	Repeated bool          // it was keyed in before
	Problem  *Problem      // why it was not; nil when it was
}

// Problem is a fault of one slip.
type Problem struct {
	Code    string
	Message fault.Text
}

func problemOf(err error) *Problem {
	f := fault.From(err)
	p := &Problem{f.Code, f.Message}
	if len(f.Fields) > 0 {
		p.Message = f.Fields[0].Message
	}
	return p
}

// KeyIn keys slips in that were found in an opened box. Words that do not pass the check of texts
// wait for a person. What is wrong with the number or the
// words of one of them keeps none of the others out; an upload that is not there does.
// Faults: those of access.Find, invalid, opening_not_confirmed, unit_ended.
func (s *Service) KeyIn(ctx context.Context, actor model.Actor, id model.BoxOpeningID, slips []Keyed) ([]Outcome, error) {
	o, err := access.Find(ctx, s.access, actor, access.MailboxEnter, s.store.BoxOpenings.Get, id)
	if err == nil && o.Status != model.BoxConfirmed {
		err = ErrNotConfirmed
	}
	if err == nil && (len(slips) == 0 || len(slips) > MostKeyed) {
		err = fault.InvalidField("items", "out_of_range", "每次录入 1 至 50 张纸条。", "Key in 1 to 50 slips at a time.")
	}
	if err != nil {
		return nil, err
	}
	drafts := make([]drafted, len(slips))
	for i, k := range slips {
		if drafts[i], err = s.draft(ctx, o, k); err != nil {
			return nil, err
		}
	}
	if err := s.judge(ctx, actor, drafts); err != nil {
		return nil, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) ([]Outcome, error) {
		held, err := tx.BoxOpenings.GetLocked(ctx, id) // one batch of an opening after another
		if err != nil {
			return nil, err
		}
		outcomes := make([]Outcome, len(drafts))
		for i, d := range drafts {
			if outcomes[i], err = s.keyIn(ctx, tx, actor, held, d); err != nil {
				return nil, err
			}
		}
		return outcomes, nil
	})
}

// judge has the words of all slips checked together that nothing is wrong with.
func (s *Service) judge(ctx context.Context, actor model.Actor, drafts []drafted) error {
	var fit []*mailbox.Draft
	for i := range drafts {
		if drafts[i].problem == nil {
			fit = append(fit, &drafts[i].draft)
		}
	}
	return s.mailbox.Judge(ctx, actor, fit...)
}

// drafted is a slip that was looked at outside the transaction, or what is wrong with it.
type drafted struct {
	number  model.SlipNumber
	photo   bool // the slip was photographed
	noPhoto model.NoPhoto
	draft   mailbox.Draft
	person  proxy.Person
	problem *Problem
}

func (s *Service) draft(ctx context.Context, o model.BoxOpening, k Keyed) (d drafted, err error) {
	if d.number, err = model.ParseSlipNumber(k.Number); err != nil {
		d.number = model.SlipNumber(k.Number)
		return d.because(err)
	}
	if k.EstateID.IsZero() {
		k.EstateID = o.EstateID
	}
	k.Identity = model.IdentityHidden
	if k.Name != "" {
		k.Identity = model.IdentityNamed
	}
	if d.draft, err = s.mailbox.Prepare(ctx, k.Submission); err != nil {
		return d.because(err)
	}
	d.person, d.noPhoto = k.Person, k.NoPhoto
	// Uploads that are not there are refused later.
	if d.photo, err = s.store.Uploads.HavePhoto(ctx, k.Uploads); err != nil {
		return d, err
	}
	if err := d.person.Judge(false); err != nil {
		return d.because(err)
	}
	return d, nil
}

// because has a slip stay out for a fault; whatever is none ends the batch.
func (d drafted) because(err error) (drafted, error) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.NotFound:
		d.problem = problemOf(err)
		return d, nil
	}
	return d, err
}

func (s *Service) keyIn(ctx context.Context, tx *store.Store, actor model.Actor, o model.BoxOpening, d drafted) (out Outcome, err error) {
	out.Number, out.Problem = d.number, d.problem
	if out.Problem != nil {
		return out, nil
	}
	slip, err := tx.Slips.GetLocked(ctx, d.number)
	switch {
	case errors.Is(err, fault.ErrNotFound):
		out.Problem = problemOf(ErrUnknownSlip)
		return out, nil
	case err != nil:
		return out, err
	case slip.Entered() && slip.OpeningID != o.ID:
		out.Problem = problemOf(ErrElsewhere)
		return out, nil
	case slip.Entered():
		out.Repeated = true
		out.State, err = s.mailbox.StateOf(ctx, tx, slip.RequestID)
		return out, err
	}
	if !d.photo && d.noPhoto == "" {
		out.Problem = problemOf(ErrNoPhoto)
		return out, nil
	}
	if d.photo {
		d.noPhoto = ""
	}
	if n, err := tx.Slips.CountByOpening(ctx, o.ID); err != nil || n >= int64(o.Slips) {
		out.Problem = problemOf(ErrTooMany)
		return out, err
	}
	out.State, err = s.proxy.Take(ctx, tx, actor, d.draft, d.person, model.Absentee{Source: model.SourceBox, CodeHash: slip.CodeHash}, o.OpenedAt)
	if err != nil {
		return out, err
	}
	return out, store.Held(tx.Slips.SaveEntered(ctx, slip.Number, o.ID, out.State.ID, d.noPhoto, tx.Now()))
}

// Told is what anybody may hear of a slip.
type Told struct {
	Number     model.SlipNumber
	Status     model.RequestStatus // "": it was not found in a box yet
	Category   string
	Outcome    model.RequestOutcome
	Level      model.RequestLevel
	ReceivedAt time.Time  // when the box was opened; zero before
	AnsweredAt *time.Time // nil before
	Answer     string     // only for whoever has the code
}

// Public is how far a slip has come, and with its code what was answered.
// Faults: slip_number_mistyped, not_found.
func (s *Service) Public(ctx context.Context, number, code string) (Told, error) {
	parsed, err := model.ParseSlipNumber(number)
	if err != nil {
		return Told{}, err
	}
	slip, err := s.store.Slips.Get(ctx, parsed)
	if err != nil {
		return Told{}, err
	}
	told, err := s.tell(ctx, slip)
	if !proxy.Fits(slip.CodeHash, code) {
		told.Answer = ""
	}
	return told, err
}

// tell says everything of a slip, the answer too.
func (s *Service) tell(ctx context.Context, slip model.Slip) (Told, error) {
	told := Told{Number: slip.Number}
	if !slip.Entered() {
		return told, nil
	}
	r, err := s.store.Requests.Get(ctx, slip.RequestID)
	if err != nil {
		return told, err
	}
	told.Status, told.Category, told.Outcome, told.Level, told.ReceivedAt = r.Status, r.Category, r.Outcome, r.Level, r.CreatedAt
	told.Answer, told.AnsweredAt, err = s.mailbox.Replied(ctx, r)
	return told, err
}
