package grant

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
)

// Faults of naming.
var (
	ErrWrongUnit = fault.Define(fault.Invalid, "role_not_in_unit",
		"这类单位没有这一角色。", "Nobody has this role in a unit of this kind.")
	ErrFromPast = fault.Define(fault.Invalid, "role_from_past",
		"起始日期不能早于今天。", "A role begins today or later.")
)

// waits is how long an appointment waits for its number, from the day on which it begins.
const waits = 90 * 24 * time.Hour

// Named is somebody who is to have a role, known by their mobile number.
type Named struct {
	Name   string
	Phone  string // in plain form, see model.PlainPhone
	Role   model.Role
	UnitID model.UnitID
	From   model.Date // "": today
}

// Outcome is what naming somebody comes to.
type Outcome string

// The outcomes.
const (
	Gives   Outcome = "gives"   // somebody has the number, and gets the role
	Waits   Outcome = "waits"   // nobody has the number yet
	Alters  Outcome = "alters"  // it waits already, under another name or for another day
	Nothing Outcome = "nothing" // it is so already
)

// Naming names people for roles, one after another, at one person's word. What that person
// may is looked up once.
type Naming struct {
	svc     *Service
	by      model.Actor
	allowed map[post]error
}

type post struct {
	role model.Role
	unit model.UnitID
}

// Naming begins to name people.
func (s *Service) Naming(by model.Actor) *Naming {
	return &Naming{svc: s, by: by, allowed: map[post]error{}}
}

// Foresee says what Name would come to, and who waits already where it alters that. It
// changes nothing. Faults: those of Name.
func (n *Naming) Foresee(ctx context.Context, s *store.Store, named Named) (Outcome, *Named, error) {
	if err := n.may(ctx, s, named); err != nil {
		return "", nil, err
	}
	holder, err := s.Phones.Get(ctx, s.Keys().PhoneIndexes(named.Phone))
	switch {
	case err == nil:
		return n.foreseen(ctx, s, named, holder.UserID)
	case !errors.Is(err, fault.ErrNotFound):
		return "", nil, err
	}
	waiting, err := s.Appointments.GetLive(ctx, liveKeys(s, named))
	if errors.Is(err, fault.ErrNotFound) {
		return Waits, nil, n.notPast(s, named)
	}
	if err != nil {
		return "", nil, err
	}
	before, err := opened(s, waiting)
	switch {
	case err != nil:
		return "", nil, err
	case waiting.Waits(s.Now()) && before.Name == named.Name && (named.From == "" || named.From == before.From):
		return Nothing, nil, nil
	}
	return Alters, &before, n.notPast(s, named)
}

// foreseen is Foresee where somebody has the number. Faults: own_role, in_the_past.
func (n *Naming) foreseen(ctx context.Context, s *store.Store, named Named, holder model.UserID) (Outcome, *Named, error) {
	if holder == n.by.User {
		return "", nil, ErrOwnRole
	}
	grants, err := s.Grants.ListByUser(ctx, holder)
	if err != nil {
		return "", nil, err
	}
	if slices.ContainsFunc(grants, func(g model.Grant) bool { return g.Role == named.Role && g.UnitID == named.UnitID }) {
		return Nothing, nil, nil
	}
	return Gives, nil, n.notPast(s, named)
}

// may lets the naming go on where its author may give the role. Faults: those of Give that
// do not ask who gets it.
func (n *Naming) may(ctx context.Context, s *store.Store, named Named) error {
	key := post{named.Role, named.UnitID}
	if err, known := n.allowed[key]; known {
		return err
	}
	err := n.svc.mayGive(ctx, n.by, named.Role, named.UnitID)
	if err == nil {
		var unit model.Unit
		unit, err = s.Units.Get(ctx, named.UnitID)
		if err == nil && !slices.Contains(access.Posts[named.Role].In, unit.Kind) {
			err = ErrWrongUnit
		}
	}
	if err == nil || judged(err) {
		n.allowed[key] = err
	}
	return err
}

// judged says whether an error is a decision, and not that something did not work.
func judged(err error) bool {
	for _, kind := range []error{fault.ErrUnauthenticated, fault.ErrForbidden, fault.ErrNotFound, access.ErrNotTheirs, ErrWrongUnit, ErrOwnRole, ErrGranted, store.ErrUnitEnded, fault.ErrInvalid} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

func (n *Naming) notPast(s *store.Store, named Named) error {
	if named.From != "" && named.From < model.DateOf(s.Now()) {
		return ErrFromPast
	}
	return nil
}

// Name gives somebody a role by their number, in the transaction of whoever calls: as Give
// does where somebody has it, and once somebody has where not. A role that takes two people
// waits for the second in either case. Faults: unauthenticated, forbidden, not_found,
// own_role, role_beyond_authority, role_not_in_unit, role_from_past, unit_ended, busy.
func (n *Naming) Name(ctx context.Context, tx *store.Store, named Named) (Outcome, *Named, error) {
	outcome, before, err := n.Foresee(ctx, tx, named)
	if err != nil {
		return outcome, before, err
	}
	switch outcome {
	case Gives:
		holder, err := tx.Phones.Get(ctx, tx.Keys().PhoneIndexes(named.Phone))
		if err != nil {
			return outcome, before, err
		}
		_, err = n.svc.give(ctx, tx, n.by, Giving{UserID: holder.UserID, Role: named.Role, UnitID: named.UnitID, From: begins(named.From)})
		return outcome, before, err
	case Alters:
		waiting, err := tx.Appointments.GetLive(ctx, liveKeys(tx, named))
		if err == nil {
			err = store.Kept(tx.Appointments.SaveEnded(ctx, waiting.ID, tx.Now()))
		}
		if err != nil {
			return outcome, before, err
		}
		fallthrough
	case Waits:
		err = n.add(ctx, tx, named)
	}
	return outcome, before, err
}

// begins is the moment at which a date begins; nil for none.
func begins(day model.Date) *time.Time {
	if day == "" {
		return nil
	}
	at := day.At(0, 0)
	return &at
}

func (n *Naming) add(ctx context.Context, tx *store.Store, named Named) error {
	from := max(named.From, model.DateOf(tx.Now()))
	if _, err := tx.Units.GetStanding(ctx, named.UnitID, from); err != nil {
		return err
	}
	a := &model.Appointment{
		ID: model.NewID[model.Appointment](tx.Now()), Role: named.Role, UnitID: named.UnitID, StartsOn: from, NamedBy: n.by.User,
		PhoneHash: tx.Keys().PhoneIndex(named.Phone), LiveKey: liveKeys(tx, named)[0], CreatedAt: tx.Now(), ExpiresAt: from.At(0, 0).Add(waits),
	}
	var err error
	if a.NameSealed, err = tx.Keys().Seal(place(a.ID, "name_sealed"), []byte(named.Name)); err != nil {
		return err
	}
	if a.PhoneSealed, err = tx.Keys().Seal(place(a.ID, "phone_sealed"), []byte(named.Phone)); err != nil {
		return err
	}
	err = tx.Appointments.Add(ctx, a)
	if errors.Is(err, store.ErrDuplicate) { // somebody else names them at the same moment
		return fault.ErrBusy.Because(err)
	}
	return errors.Join(err, recordNaming(ctx, tx, n.by, "appointment.add", *a))
}

func recordNaming(ctx context.Context, tx *store.Store, actor model.Actor, action string, a model.Appointment) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: action, ObjectKind: "appointment", ObjectID: a.ID, Unit: a.UnitID, Detail: string(a.Role) + " from " + string(a.StartsOn),
	})
}

func place(id model.AppointmentID, column string) store.Place {
	return store.Place{Table: "appointments", Column: column, Row: id.String()}
}

const livePurpose = "appointments.live_key"

func liveText(phone string, role model.Role, unit model.UnitID) string {
	return strings.Join([]string{phone, string(role), unit.String()}, "\x00")
}

func liveKeys(s *store.Store, n Named) [][]byte {
	return s.Keys().Indexes(livePurpose, liveText(n.Phone, n.Role, n.UnitID))
}

// opened is whom an appointment names; nobody once it waits no more.
func opened(s *store.Store, a model.Appointment) (Named, error) {
	n := Named{Role: a.Role, UnitID: a.UnitID, From: a.StartsOn}
	if a.EndedAt != nil {
		return n, nil
	}
	name, err := s.Keys().Open(place(a.ID, "name_sealed"), a.NameSealed)
	if err != nil {
		return n, err
	}
	phone, err := s.Keys().Open(place(a.ID, "phone_sealed"), a.PhoneSealed)
	n.Name, n.Phone = string(name), string(phone)
	return n, err
}

// Reindex makes the hashes of an appointment anew; see store.Reindex.
func Reindex(k *store.Keys, a model.Appointment, opened map[string]string) map[string][]byte {
	phone := opened["phone_sealed"]
	if phone == "" { // it waits no more
		return nil
	}
	return map[string][]byte{"phone_hash": k.PhoneIndex(phone), "live_key": k.Index(livePurpose, liveText(phone, a.Role, a.UnitID))}
}
