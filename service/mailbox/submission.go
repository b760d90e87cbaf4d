package mailbox

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/identity"
	"jinlin/service/moderation"
)

// Submission is what a resident fills in.
type Submission struct {
	Category   string
	Text       string // 1–2,000 characters
	Identity   model.RequestIdentity
	EstateID   model.UnitID
	BuildingID model.UnitID          // may be zero
	Location   string                // at most 200 characters, may be empty
	Position   model.Position        // where the submitter marked the matter on a map, may be empty
	Answers    []model.RequestAnswer // to questions of the category, at most one to each
	Uploads    []model.UploadID
	DailyLimit int                 // of who submits, in place of the setting; 0 is the setting's
	Source     model.RequestSource // "" is online
}

// dailyRequests names the count of requests in DailyUses.
const dailyRequests = "mailbox.request"

// Submit takes a request in and starts its clocks. It is screened if its text passed the
// check, and submitted, waiting for a person, if not.
// Faults: unauthenticated, invalid, no_branch, daily_limit_reached, sealed_limit_reached,
// sealed_suspended.
func (s *Service) Submit(ctx context.Context, actor model.Actor, in Submission) (State, error) {
	if actor.Nobody() {
		return State{}, fault.ErrUnauthenticated
	}
	draft, err := s.draft(ctx, in)
	if err != nil {
		return State{}, err
	}
	verdict, err := s.check(ctx, actor, checkable(draft))
	if err != nil {
		return State{}, err
	}
	draft.SubmitterID, draft.Screening = actor.User, string(verdict)
	state, err := s.submit(ctx, actor, draft, verdict, in)
	if errors.Is(err, store.ErrUnitEnded) { // its branch was dissolved since we looked: another leads the estate now
		s.org.Forget()
		placed, missing := s.placed(ctx, draft.EstateID, draft.BuildingID)
		if missing != nil {
			return State{}, missing
		}
		draft.BranchID, draft.GridID, draft.CommunityID, draft.TownID = placed.BranchID, placed.GridID, placed.CommunityID, placed.TownID
		state, err = s.submit(ctx, actor, draft, verdict, in)
	}
	return state, err
}

// submit writes a request to a branch that stands until that is done.
// Faults: invalid, daily_limit_reached, sealed_limit_reached, sealed_suspended, unit_ended.
func (s *Service) submit(ctx context.Context, actor model.Actor, draft model.Request, verdict moderation.Verdict, in Submission) (State, error) {
	return store.Once(ctx, s.store, func(tx *store.Store) (State, error) {
		if _, err := tx.Units.GetStanding(ctx, draft.BranchID, model.DateOf(tx.Now())); err != nil {
			return State{}, err
		}
		if err := s.takeOfToday(ctx, tx, actor.User, in.DailyLimit); err != nil {
			return State{}, err
		}
		if err := s.seal(ctx, tx, actor, &draft); err != nil {
			return State{}, err
		}
		m, err := s.begin(ctx, tx, draft, verdict)
		if err != nil {
			return State{}, err
		}
		if err := s.attach(ctx, tx, actor, m, m.events[0], in.Uploads); err != nil {
			return State{}, err
		}
		if err := m.routeAtOnce(ctx, tx); err != nil {
			return State{}, err
		}
		return m.save(ctx, tx)
	})
}

// seal has a sealed identity stand in the place of who submits, where that is their wish.
// Faults: sealed_limit_reached, sealed_suspended.
func (s *Service) seal(ctx context.Context, tx *store.Store, actor model.Actor, draft *model.Request) (err error) {
	if draft.Identity == model.IdentitySealed {
		draft.SubmitterID, err = identity.Submit(ctx, tx, actor.User, draft.BranchID, s.settings.DailyLimit > 0)
	}
	return err
}

// draft is a request as far as the form tells. Faults: invalid, no_branch.
func (s *Service) draft(ctx context.Context, in Submission) (model.Request, error) {
	text, err := written("text", in.Text)
	if err != nil {
		return model.Request{}, err
	}
	switch in.Identity {
	case model.IdentityNamed, model.IdentityHidden, model.IdentitySealed:
	default:
		return model.Request{}, fault.InvalidField("identity", "unknown", "请选择实名、隐名或密封。", "Choose named, hidden or sealed.")
	}
	if !knownCategory(in.Category) {
		return model.Request{}, fault.InvalidField("category", "unknown", "没有这个诉求类别。", "There is no such category.")
	}
	answers, err := answersTo(in.Category, in.Answers)
	if err != nil {
		return model.Request{}, err
	}
	if _, _, ok := in.Position.Degrees(); !ok && in.Position != "" {
		return model.Request{}, fault.InvalidField("position", "invalid", "坐标不正确。", "It is not a point on the map.")
	}
	draft, err := s.placed(ctx, in.EstateID, in.BuildingID)
	draft.Answers = answers
	draft.Category, draft.Text, draft.Identity, draft.Source = in.Category, text, in.Identity, cmp.Or(in.Source, model.SourceOnline)
	draft.Location, draft.Position = strings.TrimSpace(in.Location), in.Position
	return draft, err
}

// placed is a request at the units that are responsible for a place today.
// Faults: invalid, no_branch.
func (s *Service) placed(ctx context.Context, estate, building model.UnitID) (model.Request, error) {
	r := model.Request{EstateID: estate, BuildingID: building}
	if _, err := s.standing(ctx, "estateId", estate, model.Estate); err != nil {
		return r, err
	}
	branch, err := s.org.BranchOf(ctx, estate)
	if err != nil {
		return r, err
	}
	r.BranchID = branch.ID
	if r.GridID, err = s.gridOf(ctx, estate, building); err != nil {
		return r, err
	}
	chain, err := s.org.Chain(ctx, estate)
	for _, unit := range chain {
		switch unit.Kind {
		case model.Community:
			r.CommunityID = unit.ID
		case model.Town:
			r.TownID = unit.ID
		}
	}
	return r, err
}

// gridOf is the grid of the building, or of the whole estate; zero where none is.
func (s *Service) gridOf(ctx context.Context, estate, building model.UnitID) (model.UnitID, error) {
	if !building.IsZero() {
		unit, err := s.standing(ctx, "buildingId", building, model.Building)
		if err != nil {
			return model.UnitID{}, err
		}
		if unit.ParentID != estate {
			return model.UnitID{}, unknownUnit("buildingId")
		}
		if grid, err := s.org.GridOf(ctx, building); err != nil || !grid.IsZero() {
			return grid, err
		}
	}
	return s.org.GridOf(ctx, estate)
}

// standing finds a unit of a kind that exists today. Fault: invalid.
func (s *Service) standing(ctx context.Context, path string, id model.UnitID, kind model.UnitKind) (model.Unit, error) {
	unit, err := s.org.Unit(ctx, id)
	if errors.Is(err, fault.ErrNotFound) || err == nil && (unit.Kind != kind || !unit.In(model.DateOf(s.store.Now()))) {
		return unit, unknownUnit(path)
	}
	return unit, err
}

func unknownUnit(path string) error {
	return fault.InvalidField(path, "unknown", "没有找到这个地点。", "There is no such place.")
}

// takeOfToday uses one of the requests a person has a day; own is their own limit, 0 the
// setting's. Fault: daily_limit_reached.
func (s *Service) takeOfToday(ctx context.Context, tx *store.Store, user model.UserID, own int) error {
	if s.settings.DailyLimit == 0 {
		return nil
	}
	return tx.DailyUses.Spend(ctx, user, dailyRequests, cmp.Or(own, s.settings.DailyLimit), ErrDailyLimit)
}

// begin makes the request, submitted, and screened if its text passed.
func (s *Service) begin(ctx context.Context, tx *store.Store, r model.Request, verdict moderation.Verdict) (*matter, error) {
	now := tx.Now()
	r.ID, r.Receipt = model.NewID[model.Request](now), receipt(now)
	r.Level, r.Priority, r.CreatedAt = model.LevelBranch, model.PriorityNormal, now
	m := s.matter(ctx, tx, r)
	err := m.step(model.RequestEvent{
		Kind: model.MoveSubmission, To: model.RequestSubmitted, ActorID: r.SubmitterID, Party: model.PartyResident, At: now,
	})
	if err != nil || verdict != moderation.Passed {
		return m, err
	}
	err = m.step(model.RequestEvent{Kind: model.MoveScreening, To: model.RequestScreened, Party: model.PartySystem, At: now})
	return m, err
}

// receiptLetters leave out what is mistaken for something else: 0 and O, 1 and I.
const receiptLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// receipt is the day and eight random letters, as in 20261123-7K4M-9QTD: easy to say, and
// no way to count or guess other people's.
func receipt(now time.Time) string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	for i := range b {
		b[i] = receiptLetters[int(b[i])%len(receiptLetters)]
	}
	return now.In(model.Shanghai).Format("20060102") + "-" + string(b[:4]) + "-" + string(b[4:])
}
