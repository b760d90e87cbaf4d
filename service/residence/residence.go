// Package residence knows who lives where, and how sure that is.
//
// A person says at which door they live. It is verified at once when the roster of
// residents has their phone number, confirmed by WeChat, at that door, or when they give the
// code on the stairwell's notice sheet for a flat that the county knows; otherwise it is
// pending until a worker, grid worker or secretary of that place decides, or somebody of
// the household vouches for it. Asking again with a number or a code that was missing
// verifies what was pending. Only a verified residence gives rights, and rights are asked
// for anew each time: whoever leaves, or is removed, has none from that moment.
//
// The code proves the stairwell and not the door, so it gives the rights of the estate and
// no say in the household: those it verified do not see who else lives there. Nobody
// vouches for others on another's word alone, and whoever vouched can take it back. When
// somebody joins a household, those it knows are told.
//
// A door code is eight characters of thirty-one that are not mistaken for one another. Staff
// renew it when they hang up a sheet; only its keyed hash is kept. A person has five tries
// a day, right or wrong, counted before the code is looked at, so that a crash or a fault
// gives none back.
//
// Residences are dated and never deleted; each step is an event, and those of staff are in
// the record.
package residence

import (
	"context"
	"errors"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/claim"
	"jinlin/service/org"
	"jinlin/service/roster"
)

var (
	// ErrRegistered is a fault: the person has a residence at that door.
	ErrRegistered = fault.Define(fault.Conflict, "already_registered",
		"您已登记过这个住址。", "You have registered this home already.")
	// ErrDoorCode is a fault: it is not the present code of that stairwell.
	ErrDoorCode = fault.Define(fault.Invalid, "door_code_wrong",
		"楼道验证码不正确，请核对单元楼公告栏上的验证码。", "This is not the code on the notice sheet of that stairwell.")
	// ErrOwnResidence is a fault: nobody decides on where they live themselves.
	ErrOwnResidence = fault.Define(fault.Forbidden, "own_residence",
		"不能审核自己的住址，请由其他工作人员办理。", "You cannot decide on your own home.")
	// ErrNoSay is a fault: the person's own residence lets them see or vouch for nobody.
	ErrNoSay = fault.Define(fault.Forbidden, "no_say_in_household",
		"您的住址还不能为同住人作证，请先由社区核实。", "Your own home is not verified in a way that lets you act for the household.")
)

// Daily limits of a person. Those of the door code hold always, the other is a brake.
const (
	codeTries     = 5
	registrations = 10

	codeUse         = "residence.door_code"
	registrationUse = "residence.register"
)

// Service keeps the residences.
type Service struct {
	store   *store.Store
	access  *access.Service
	org     *org.Service
	notices claim.Notices
	limits  bool
}

// New makes the service. limits says whether a person registers so many homes a day only.
func New(s *store.Store, a *access.Service, o *org.Service, notices claim.Notices, limits bool) *Service {
	return &Service{store: s, access: a, org: o, notices: notices, limits: limits}
}

// Door is where somebody says they live.
type Door struct {
	BuildingID model.UnitID
	Stairwell  string // "" is 1: buildings without stairwells have that one
	Room       string
	Relation   string // owner, tenant, family
	Code       string // of the stairwell's notice sheet; may be empty
}

// home is a door that was looked up.
type home struct {
	Door
	estate    model.UnitID
	household model.HouseholdID // zero where none is known
	proven    bool              // the code is right and the flat is known
}

// Register says where the actor lives. Faults: invalid, door_code_wrong, rate_limited,
// already_registered.
func (s *Service) Register(ctx context.Context, actor model.Actor, d Door) (model.Residence, error) {
	if done, found, err := store.Replayed[model.Residence](ctx, s.store); found || err != nil {
		return done, err
	}
	h, err := s.lookUp(ctx, d)
	if err == nil {
		err = s.tryCode(ctx, actor, &h)
	}
	if err != nil {
		return model.Residence{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.Residence, error) {
		proof, err := s.proof(ctx, tx, actor.User, h)
		if err != nil {
			return model.Residence{}, err
		}
		before, err := tx.Residences.GetLive(ctx, tx.Keys().Indexes(livePurpose, doorOf(actor.User, h.BuildingID, h.Stairwell, h.Room)))
		switch {
		case err == nil:
			return s.again(ctx, tx, actor, before, proof)
		case !errors.Is(err, fault.ErrNotFound):
			return model.Residence{}, err
		}
		return s.add(ctx, tx, actor, h, proof)
	})
}

// lookUp finds building and household. Fault: invalid.
func (s *Service) lookUp(ctx context.Context, d Door) (home, error) {
	h := home{Door: d}
	h.Stairwell, h.Room = model.PlainPlace(d.Stairwell), model.PlainPlace(d.Room)
	if h.Stairwell == "" {
		h.Stairwell = "1"
	}
	if h.Room == "" {
		return h, fault.InvalidField("room", "required", "请填写房号。", "Say which room.")
	}
	building, err := s.org.Unit(ctx, d.BuildingID)
	if errors.Is(err, fault.ErrNotFound) || err == nil && (building.Kind != model.Building || !building.In(model.DateOf(s.store.Now()))) {
		return h, fault.InvalidField("buildingId", "unknown", "没有这栋楼。", "There is no such building.")
	}
	if err != nil {
		return h, err
	}
	h.estate = building.ParentID
	household, err := s.store.Households.Find(ctx, d.BuildingID, h.Stairwell, h.Room)
	if errors.Is(err, fault.ErrNotFound) {
		return h, nil
	}
	h.household = household.ID
	return h, err
}

// proof is what verifies a residence now; "" when nothing does.
func (s *Service) proof(ctx context.Context, tx *store.Store, user model.UserID, h home) (model.ResidenceProof, error) {
	number, err := account.PhoneOf(ctx, tx, user)
	if err != nil {
		return "", err
	}
	lines, err := roster.ByPhone(ctx, tx, number)
	if err != nil {
		return "", err
	}
	for _, line := range lines {
		stairwell := line.Stairwell
		if stairwell == "" {
			stairwell = "1"
		}
		if line.BuildingID == h.BuildingID && stairwell == h.Stairwell && line.Room == h.Room {
			return model.ProofRoster, nil
		}
	}
	if h.proven {
		return model.ProofDoorCode, nil
	}
	return "", nil
}

// again is asking once more for a door one has registered: with a proof it verifies what
// was pending. Fault: already_registered.
func (s *Service) again(ctx context.Context, tx *store.Store, actor model.Actor, before model.Residence, proof model.ResidenceProof) (model.Residence, error) {
	if proof == "" || before.Status != model.ResidencePending {
		return before, ErrRegistered
	}
	r, err := move(ctx, tx, before, step{move: model.VerifyResidence, proof: proof, by: actor.User})
	if err != nil {
		return r, err
	}
	return r, s.tellHousehold(ctx, tx, r)
}

func (s *Service) add(ctx context.Context, tx *store.Store, actor model.Actor, h home, proof model.ResidenceProof) (model.Residence, error) {
	now := tx.Now()
	if s.limits {
		if err := tx.DailyUses.Spend(ctx, actor.User, registrationUse, registrations, fault.ErrRateLimited); err != nil {
			return model.Residence{}, err
		}
	}
	r := model.Residence{
		ID: model.NewID[model.Residence](now), UserID: actor.User, EstateID: h.estate, BuildingID: h.BuildingID, HouseholdID: h.household,
		Stairwell: h.Stairwell, Room: h.Room, Relation: h.Relation, Status: model.ResidencePending, LiveKey: h.key(tx, actor.User), CreatedAt: now,
	}
	if proof != "" {
		r.Status, r.Proof, r.DecidedAt = model.ResidenceVerified, proof, &now
	}
	err := tx.Residences.Add(ctx, &r)
	if errors.Is(err, store.ErrDuplicate) {
		return r, ErrRegistered
	}
	if err == nil {
		err = addEvent(ctx, tx, "", r, step{by: actor.User})
	}
	if err != nil {
		return r, err
	}
	return r, s.tellHousehold(ctx, tx, r)
}

// LiveKey is what keeps a person to one residence at a door while it is not over.
func LiveKey(s *store.Store, user model.UserID, building model.UnitID, stairwell, room string) model.Digest {
	return s.Keys().Index(livePurpose, doorOf(user, building, stairwell, room))
}

const livePurpose = "residences.live_key"

func doorOf(user model.UserID, building model.UnitID, stairwell, room string) string {
	return strings.Join([]string{user.String(), building.String(), model.PlainPlace(stairwell), model.PlainPlace(room)}, "\x00")
}

// Reindex makes the live key of a residence anew; see store.Reindex.
func Reindex(k *store.Keys, r model.Residence, _ map[string]string) map[string][]byte {
	return map[string][]byte{"live_key": k.Index(livePurpose, doorOf(r.UserID, r.BuildingID, r.Stairwell, r.Room))}
}

func (h home) key(s *store.Store, user model.UserID) model.Digest {
	return LiveKey(s, user, h.BuildingID, h.Stairwell, h.Room)
}

// Mine pages the actor's residences, past ones too, newest first.
func (s *Service) Mine(ctx context.Context, actor model.Actor, page model.Page) (model.Listing[model.Residence], error) {
	return s.store.Residences.ListOfUser(ctx, actor.User, page)
}

// Leave ends one of the actor's residences; its rights end with it.
// Faults: not_found, illegal_transition.
func (s *Service) Leave(ctx context.Context, actor model.Actor, id model.ResidenceID) error {
	return s.store.InTx(ctx, func(tx *store.Store) error {
		r, err := tx.Residences.GetForMove(ctx, id)
		if err == nil && r.UserID != actor.User {
			err = fault.ErrNotFound
		}
		if err == nil {
			_, err = move(ctx, tx, r, step{move: model.EndResidence, by: actor.User})
		}
		return err
	})
}
