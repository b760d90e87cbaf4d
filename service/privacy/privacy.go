// Package privacy lets people leave, and take their data along.
//
// Closing an account ends all sessions. For seven days the person may sign in, see that it
// is being closed, and take that back; then it is erased. Nobody closes an account while
// they hold a post: the post has to be handed over first. WeChat's word that somebody closed
// their WeChat account is the same duty at once, and ends their posts.
//
// Erasure first stops everything (a minute, in which requests under way end), then settles
// what is running through the verbs of the services it belongs to, then takes what is known
// of the person out of their texts, deletes the rest, and last who they were. It is a job
// under a lease, each of its steps may be repeated, and one that dies goes on elsewhere.
// What stays, ledgers and statistics, has an id that names nobody. The list of what stands
// where is store's; this package knows only what to look for.
//
// An export is everything that the same list knows of a person, as of one moment, opened and
// as JSON, with what each part is, and the files they sent behind it; of other people it says no more than that somebody did
// something. It is in the record, and may be had three times a day.
package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/audit"
	"jinlin/service/jobs"
)

// Faults of closing an account.
var (
	ErrInPost = fault.Define(fault.Conflict, "in_post",
		"您目前仍担任工作职务，请先向组织部门办理卸任交接，再注销账号。", "You hold a post. Please have the organisation department hand it over, then close the account.")
	ErrNotClosing = fault.Define(fault.Conflict, "not_closing",
		"您的账号没有在注销。", "Your account is not being closed.")
)

// The kinds of jobs.
const (
	BeginJob = "privacy.begin"
	EraseJob = "privacy.erase"
)

const (
	// Stranger is what a person without an account is called.
	Stranger  = "已注销用户"
	straggle  = time.Minute    // how long a request that began before may still be writing
	lookAgain = 24 * time.Hour // how often a post is looked at that stands in the way
)

// Settler ends what a person has running in one service, through that service's own verbs.
// It may be called again.
type Settler func(ctx context.Context, actor model.Actor) error

// Settings are what the county decides.
type Settings struct {
	Grace   time.Duration // how long a closure can be taken back
	Exports int           // how often a day somebody may export their data; 0 is no limit
}

// ExportsPerDay is the usual limit of exports.
const ExportsPerDay = 3

// Service closes accounts and hands people their data.
type Service struct {
	store    *store.Store
	settings Settings
	files    Files
	settlers []Settler
}

// New makes the service.
func New(s *store.Store, settings Settings, files Files, settlers ...Settler) *Service {
	return &Service{store: s, settings: settings, files: files, settlers: settlers}
}

// Close asks for the end of the actor's account and ends their sessions. Asking again gives
// the same closure. Faults: unauthenticated, in_post.
func (s *Service) Close(ctx context.Context, actor model.Actor) (model.Closure, error) {
	if actor.Nobody() {
		return model.Closure{}, fault.ErrUnauthenticated
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Closure, error) {
		posts, err := inPost(ctx, tx, actor.User)
		if err == nil && len(posts) > 0 {
			err = ErrInPost
		}
		if err != nil {
			return model.Closure{}, err
		}
		c, err := begin(ctx, tx, actor.User, model.ClosedByPerson, s.settings.Grace)
		if err != nil {
			return c, err
		}
		return c, tx.Sessions.SaveAllRevoked(ctx, actor.User, tx.Now())
	})
}

// begin writes the closure and its first job, unless there is one already.
func begin(ctx context.Context, tx *store.Store, user model.UserID, cause model.ClosureCause, grace time.Duration) (model.Closure, error) {
	known, err := tx.Closures.GetLive(ctx, user)
	if err == nil || !errors.Is(err, fault.ErrNotFound) {
		return known, err
	}
	c := model.Closure{
		ID: model.NewID[model.Closure](tx.Now()), UserID: user, Cause: cause, Status: model.ClosureAsked,
		AskedAt: tx.Now(), DueAt: tx.Now().Add(grace), Live: model.Lasting(),
	}
	err = tx.Closures.Add(ctx, &c)
	if errors.Is(err, store.ErrDuplicate) { // asked for twice at the same moment
		return c, fault.ErrInProgress
	}
	if err != nil {
		return c, err
	}
	actor := user
	if cause != model.ClosedByPerson {
		actor = model.UserID{}
	}
	if err := addEvent(ctx, tx, c, "", c.Status, actor); err != nil {
		return c, err
	}
	return c, addJob(ctx, tx, BeginJob, c.ID, c.DueAt)
}

func addJob(ctx context.Context, tx *store.Store, kind string, id model.ClosureID, at time.Time) error {
	payload, err := json.Marshal(id)
	if err != nil {
		return err
	}
	return tx.Jobs.Put(ctx, model.Job{Kind: kind, Payload: payload, RunAt: at})
}

func addEvent(ctx context.Context, tx *store.Store, c model.Closure, from, to model.ClosureStatus, actor model.UserID) error {
	return tx.ClosureEvents.Add(ctx, &model.ClosureEvent{
		ID: model.NewID[model.ClosureEvent](tx.Now()), ClosureID: c.ID, FromStatus: from, ToStatus: to, ActorID: actor, At: tx.Now(),
	})
}

// inPost are the posts a person holds, now or from a later day on. One that nobody has
// confirmed is none; who confirms it looks whether the person is still there.
func inPost(ctx context.Context, s *store.Store, user model.UserID) (posts []model.Grant, err error) {
	grants, err := s.Grants.ListByUser(ctx, user)
	for _, g := range grants {
		if !g.Pending {
			posts = append(posts, g)
		}
	}
	return posts, err
}

// Closing is the closure of the actor's account that has not ended. Faults:
// unauthenticated, not_found.
func (s *Service) Closing(ctx context.Context, actor model.Actor) (model.Closure, error) {
	if actor.Nobody() {
		return model.Closure{}, fault.ErrUnauthenticated
	}
	return s.store.Closures.GetLive(ctx, actor.User)
}

// Reopen takes the wish to close back. Faults: unauthenticated, not_closing,
// illegal_transition once the erasure has begun.
func (s *Service) Reopen(ctx context.Context, actor model.Actor) error {
	if actor.Nobody() {
		return fault.ErrUnauthenticated
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		c, err := tx.Closures.GetLive(ctx, actor.User)
		if errors.Is(err, fault.ErrNotFound) {
			return ErrNotClosing
		}
		if err != nil {
			return err
		}
		return move(ctx, tx, c, model.WithdrawClosure, actor.User)
	})
}

func move(ctx context.Context, tx *store.Store, c model.Closure, by model.ClosureMove, actor model.UserID) error {
	to, err := c.After(by)
	if err != nil {
		return err
	}
	saved, err := tx.Closures.SaveMoved(ctx, c, to)
	if err == nil && !saved {
		err = fault.ErrInProgress
	}
	if err != nil {
		return err
	}
	return addEvent(ctx, tx, c, c.Status, to, actor)
}

// errPost says that somebody took a post while their account was being closed.
var errPost = errors.New("privacy: the person holds a post")

// Begin stops everything when the time to go back is over; a job's work.
func (s *Service) Begin(ctx context.Context, job model.Job) error {
	err := s.ofJob(ctx, job, model.ClosureAsked, func(tx *store.Store, c model.Closure) error {
		posts, err := inPost(ctx, tx, c.UserID)
		if err != nil {
			return err
		}
		if len(posts) > 0 && c.Cause == model.ClosedByPerson {
			return errPost
		}
		if err := endPosts(ctx, tx, c.UserID, posts); err != nil {
			return err
		}
		if err := move(ctx, tx, c, model.BeginErasure, model.UserID{}); err != nil {
			return err
		}
		if err := tx.Sessions.SaveAllRevoked(ctx, c.UserID, tx.Now()); err != nil {
			return err
		}
		return addJob(ctx, tx, EraseJob, c.ID, tx.Now().Add(straggle))
	})
	if errors.Is(err, errPost) {
		return jobs.Later(lookAgain, err)
	}
	return err
}

// endPosts ends the posts of somebody who can never sign in again, and what they lead.
func endPosts(ctx context.Context, tx *store.Store, user model.UserID, posts []model.Grant) error {
	if err := tx.GridLeads.SaveUserEnded(ctx, user, model.DateOf(tx.Now())); err != nil {
		return err
	}
	for _, g := range posts {
		if err := tx.Grants.SaveEnded(ctx, g.ID, tx.Now()); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, model.Actor{}, audit.Act{
			Action: "grant.end", ObjectKind: "grant", ObjectID: g.ID, Unit: g.UnitID, Detail: "the WeChat account was closed",
		}); err != nil {
			return err
		}
	}
	return nil
}

// ofJob does something with the closure a job names, if it still is in that state.
func (s *Service) ofJob(ctx context.Context, job model.Job, want model.ClosureStatus, do func(tx *store.Store, c model.Closure) error) error {
	var id model.ClosureID
	if err := json.Unmarshal(job.Payload, &id); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		c, err := tx.Closures.Get(ctx, id)
		if err != nil || c.Status != want {
			return err
		}
		return do(tx, c)
	})
}

// Erase erases a person; a job's work.
func (s *Service) Erase(ctx context.Context, job model.Job) error {
	var c model.Closure
	err := s.ofJob(ctx, job, model.ClosureErasing, func(_ *store.Store, found model.Closure) error {
		c = found
		return nil
	})
	if err != nil || c.ID.IsZero() {
		return err
	}
	for _, settle := range s.settlers {
		if err := settle(ctx, model.Actor{User: c.UserID}); err != nil {
			return err
		}
	}
	known, err := knownOf(ctx, s.store, c.UserID)
	if err != nil {
		return err
	}
	if err := s.store.EraseData(ctx, c.UserID, known.redact); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		if err := tx.EraseIdentity(ctx, c.UserID, Stranger); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, model.Actor{}, audit.Act{Action: "privacy.erase", ObjectKind: "closure", ObjectID: c.ID}); err != nil {
			return err
		}
		return move(ctx, tx, c, model.FinishErasure, model.UserID{})
	})
}
