// Package team knows the service team of each branch, "1+1+N" (1+1+N 服务团队): its secretary,
// the grid worker who leads, and the members beside them, among them Party members,
// volunteers and heads of buildings, the property firm, the owners' committee, the police
// and lawyers.
//
// The two ones are nobody's list: the secretary is who is in post at the branch, and the
// worker who has the grid. Where a branch has several grids, one lead worker can be named,
// who leads as long as they work there; a unique key lets nobody name a second. The members
// are of the branch, or of one of its estates or buildings only. They are dated: a member
// ends and stays on the list of those who have been.
//
// A matter goes to the team and not to a person, so that absence loses nothing. A household
// is shown its team, with the members' telephones; others see those masked.
package team

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/org"
)

// largest is how many members a unit can have at a time.
const largest = 30

// Faults of teams.
var (
	ErrMember = fault.Define(fault.Conflict, "team_member_already",
		"该同志已在团队中担任此角色，或团队已有牵头人员。", "This person has that place in the team already, or the team has a lead worker.")
	ErrTeamFull = fault.Define(fault.Conflict, "team_full",
		"团队成员已达上限，请先调整。", "The team has as many members as it can. End one first.")
	ErrEnded = fault.Define(fault.Conflict, "team_member_ended",
		"该成员已退出团队。", "This member has left the team already.")
)

// Service keeps the teams.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service) *Service {
	return &Service{store: s, access: a, org: o}
}

// Team is who looks after a place.
type Team struct {
	Branch    model.Unit
	Secretary org.Holder // the zero Holder while the post is vacant
	Worker    org.Holder // the zero Holder while nobody leads the grid
	Members   []model.TeamMember
}

// People are whom of the team a matter can be given to: everybody with an account, first the
// secretary, then the worker.
func (t Team) People() (people []model.UserID) {
	all := []model.UserID{t.Secretary.User, t.Worker.User}
	for _, m := range t.Members {
		all = append(all, m.UserID)
	}
	for _, id := range all {
		if !id.IsZero() && !slices.Contains(people, id) {
			people = append(people, id)
		}
	}
	return people
}

// TeamOf is the team of a building, an estate, a grid, a group or a branch.
// Faults: not_found, no_branch.
func (s *Service) TeamOf(ctx context.Context, place model.UnitID) (t Team, err error) {
	if t.Branch, err = s.org.BranchAt(ctx, place); err != nil {
		return t, err
	}
	units := []model.UnitID{t.Branch.ID}
	chain, err := s.org.Chain(ctx, place)
	if err != nil {
		return t, err
	}
	for _, unit := range chain {
		if unit.Kind == model.Building || unit.Kind == model.Estate {
			units = append(units, unit.ID)
		}
	}
	if t.Members, err = s.store.TeamMembers.ListOn(ctx, units, model.DateOf(s.store.Now())); err != nil {
		return t, err
	}
	if t.Secretary, err = s.org.SecretaryOf(ctx, t.Branch.ID); err != nil {
		return t, err
	}
	t.Worker, err = s.worker(ctx, t, place)
	t.Members = slices.DeleteFunc(t.Members, func(m model.TeamMember) bool {
		return m.Role == model.LeadWorker && m.UserID != t.Worker.User
	})
	return t, err
}

// worker is who leads a team: who was named and still works there, or else whose grid it is.
func (s *Service) worker(ctx context.Context, t Team, place model.UnitID) (org.Holder, error) {
	for _, m := range t.Members {
		if m.Role != model.LeadWorker {
			continue
		}
		if works, err := s.works(ctx, m.UserID, t.Branch); err != nil || works {
			return org.Holder{User: m.UserID, Name: m.Name}, err
		}
	}
	grids, err := s.grids(ctx, t.Branch.ID, place)
	if err != nil {
		return org.Holder{}, err
	}
	for _, grid := range grids {
		if worker, err := s.org.WorkerOf(ctx, grid); err != nil || !worker.User.IsZero() {
			return worker, err
		}
	}
	return org.Holder{}, nil
}

// grids are those of a branch, that of the place first.
func (s *Service) grids(ctx context.Context, branch, place model.UnitID) ([]model.UnitID, error) {
	grids, err := s.org.GridsOf(ctx, branch)
	if err != nil || slices.Contains(grids, place) {
		return append([]model.UnitID{place}, grids...), err
	}
	own, err := s.org.GridOf(ctx, place)
	if err != nil || own.IsZero() {
		return grids, err
	}
	return append([]model.UnitID{own}, grids...), nil
}

// works says whether somebody is a grid or community worker where a branch lies.
func (s *Service) works(ctx context.Context, user model.UserID, branch model.Unit) (bool, error) {
	grants, err := s.access.Grants(ctx, model.Actor{User: user})
	if err != nil {
		return false, err
	}
	for _, g := range grants {
		if works, err := s.org.WorksIn(ctx, g, branch.ParentID); err != nil || works {
			return works, err
		}
	}
	return false, nil
}

// Mine is a team as somebody sees it, with the telephones of its members.
type Mine struct {
	Team
	Phones map[model.TeamMemberID]string
}

// Mine is the team of an estate or building, or where neither is named of the actor's home.
// Whoever does not live in the estate sees the telephones masked.
// Faults: unauthenticated, invalid, not_found, no_branch.
func (s *Service) Mine(ctx context.Context, actor model.Actor, estate, building model.UnitID) (m Mine, err error) {
	if actor.Nobody() {
		return m, fault.ErrUnauthenticated
	}
	homes, err := s.store.Residences.ListByUser(ctx, actor.User)
	if err != nil {
		return m, err
	}
	place, estate, err := s.place(ctx, estate, building, homes)
	if err != nil {
		return m, err
	}
	if m.Team, err = s.TeamOf(ctx, place); err != nil {
		return m, err
	}
	lives := slices.ContainsFunc(homes, func(r model.Residence) bool {
		return r.EstateID == estate && r.Status == model.ResidenceVerified
	})
	m.Phones, err = s.phones(m.Members, lives)
	return m, err
}

// place is where the team is asked for, and its estate. Faults: invalid, not_found.
func (s *Service) place(ctx context.Context, estate, building model.UnitID, homes []model.Residence) (place, in model.UnitID, err error) {
	if !building.IsZero() {
		unit, err := s.org.Unit(ctx, building)
		if err == nil && (unit.Kind != model.Building || !estate.IsZero() && unit.ParentID != estate) {
			err = fault.InvalidField("buildingId", "unknown", "没有找到这个地点。", "There is no such place.")
		}
		return building, unit.ParentID, err
	}
	if !estate.IsZero() {
		unit, err := s.org.Unit(ctx, estate)
		if err == nil && unit.Kind != model.Estate {
			err = fault.InvalidField("estateId", "unknown", "没有找到这个地点。", "There is no such place.")
		}
		return estate, estate, err
	}
	slices.SortStableFunc(homes, func(a, b model.Residence) int { return order[a.Status] - order[b.Status] })
	if len(homes) == 0 {
		return place, in, fault.InvalidField("estateId", "required", "请选择小区或楼栋。", "Choose an estate or a building.")
	}
	return homes[0].BuildingID, homes[0].EstateID, nil
}

// order of homes: one that is verified before one that is not.
var order = map[model.ResidenceStatus]int{model.ResidencePending: 1}

// phones opens the members' telephones, masked unless they are to be seen.
func (s *Service) phones(members []model.TeamMember, seen bool) (map[model.TeamMemberID]string, error) {
	phones := map[model.TeamMemberID]string{}
	for _, m := range members {
		if len(m.PhoneSealed) == 0 {
			continue
		}
		number, err := s.store.Keys().Open(phoneOf(m.ID), m.PhoneSealed)
		if err != nil {
			return nil, err
		}
		phones[m.ID] = string(number)
		if !seen {
			phones[m.ID] = model.MaskPhone(string(number))
		}
	}
	return phones, nil
}

func phoneOf(id model.TeamMemberID) store.Place {
	return store.Place{Table: "team_members", Column: "phone_sealed", Row: id.String()}
}

// SealPhone is a member's telephone as it is kept.
func SealPhone(tx *store.Store, id model.TeamMemberID, number string) ([]byte, error) {
	if number == "" {
		return []byte{}, nil
	}
	return tx.Keys().Seal(phoneOf(id), []byte(number))
}

// Roster pages who has been in the team of a unit, newest first, telephones masked.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Roster(ctx context.Context, actor model.Actor, unit model.UnitID, page model.Page) (list model.Listing[model.TeamMember], phones map[model.TeamMemberID]string, err error) {
	if err := s.access.Require(ctx, actor, access.TeamRead, unit); err != nil {
		return list, nil, err
	}
	if list, err = s.store.TeamMembers.List(ctx, unit, page); err != nil {
		return list, nil, err
	}
	phones, err = s.phones(list.Items, false)
	return list, phones, err
}

// Joining is somebody to be taken into a team.
type Joining struct {
	Role   model.TeamRole
	UserID model.UserID // zero: no account; the lead worker needs one
	Name   string       // as published
	Phone  string       // "": none
	Task   string
	From   model.Date // "": today
}

// Add takes somebody into the team of a branch, an estate or a building.
// Faults: unauthenticated, forbidden, not_found, invalid, unit_ended, team_full, team_member_already.
func (s *Service) Add(ctx context.Context, actor model.Actor, unit model.UnitID, j Joining) (model.TeamMember, error) {
	if err := s.access.Require(ctx, actor, access.TeamManage, unit); err != nil {
		return model.TeamMember{}, err
	}
	if err := s.check(ctx, unit, &j); err != nil {
		return model.TeamMember{}, err
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (model.TeamMember, error) {
		m := model.TeamMember{
			ID: model.NewID[model.TeamMember](tx.Now()), UnitID: unit, Role: j.Role, UserID: j.UserID, Name: j.Name, Task: j.Task,
			ValidFrom: j.From, Live: model.Lasting(), AddedBy: actor.User, CreatedAt: tx.Now(),
		}
		if m.Role == model.LeadWorker {
			m.Leads = model.Lasting()
		}
		if _, err := tx.Units.GetStanding(ctx, unit, m.ValidFrom); err != nil {
			return m, err
		}
		if err := s.admit(ctx, tx, &m, j.Phone); err != nil {
			return m, err
		}
		return m, record(ctx, tx, actor, "team.add", m)
	})
}

// check puts a form in order and looks at what does not change. Fault: invalid.
func (s *Service) check(ctx context.Context, id model.UnitID, j *Joining) error {
	unit, err := s.org.Unit(ctx, id)
	if err != nil {
		return err
	}
	today, valid := model.DateOf(s.store.Now()), true
	if j.From == "" {
		j.From = today
	}
	if j.Phone != "" {
		j.Phone, valid = model.PlainPhone(j.Phone)
	}
	j.Name, j.Task = strings.TrimSpace(j.Name), strings.TrimSpace(j.Task)
	switch {
	case unit.Kind != model.Branch && unit.Kind != model.Estate && unit.Kind != model.Building:
		return fault.InvalidField("unitId", "wrong_kind", "只有党支部、小区和楼栋有服务团队。", "Only branches, estates and buildings have teams.")
	case !slices.Contains(model.TeamRoles, j.Role):
		return fault.InvalidField("role", "not_allowed", "没有这种团队角色。", "There is no such role in a team.")
	case j.Name == "" || utf8.RuneCountInString(j.Name) > 32:
		return fault.InvalidField("name", "required", "请填写姓名。", "Give a name.")
	case !valid:
		return fault.InvalidField("phone", "invalid_phone", "请填写 11 位手机号。", "Give a mobile number of eleven digits.")
	case j.From < today:
		return fault.InvalidField("from", "in_the_past", "起始日期不能早于今天。", "A place in a team begins today or later.")
	}
	return s.checkLead(ctx, unit, j)
}

// checkLead sees to it that a lead worker works there. Fault: invalid.
func (s *Service) checkLead(ctx context.Context, unit model.Unit, j *Joining) error {
	if j.Role != model.LeadWorker {
		return nil
	}
	if unit.Kind != model.Branch || j.UserID.IsZero() {
		return fault.InvalidField("userId", "required", "牵头网格员须为党支部指定，并已注册账号。", "A branch has the lead worker, who has an account.")
	}
	works, err := s.works(ctx, j.UserID, unit)
	if err == nil && !works {
		err = fault.InvalidField("userId", "not_staff", "该同志不是本社区的工作人员。", "This person does not work in the community.")
	}
	return err
}

// admit writes a member. Faults: invalid, team_full, team_member_already.
func (s *Service) admit(ctx context.Context, tx *store.Store, m *model.TeamMember, phone string) error {
	if !m.UserID.IsZero() {
		user, err := tx.Users.Get(ctx, m.UserID)
		if errors.Is(err, fault.ErrNotFound) || err == nil && user.ErasedAt != nil {
			err = fault.InvalidField("userId", "unknown", "没有找到这个人。", "There is no such person.")
		}
		if err != nil {
			return err
		}
	}
	// Two at once may both see the last place: a bound for answers, not a quota.
	n, err := tx.TeamMembers.CountLive(ctx, m.UnitID)
	if err == nil && n >= largest {
		err = ErrTeamFull
	}
	if err != nil {
		return err
	}
	if m.PhoneSealed, err = SealPhone(tx, m.ID, phone); err != nil {
		return err
	}
	if err = tx.TeamMembers.Add(ctx, m); errors.Is(err, store.ErrDuplicate) {
		return ErrMember
	}
	return err
}

// Member reads one place in a team, its telephone masked.
// Faults: unauthenticated, forbidden, not_found.
func (s *Service) Member(ctx context.Context, actor model.Actor, id model.TeamMemberID) (model.TeamMember, map[model.TeamMemberID]string, error) {
	m, err := access.Find(ctx, s.access, actor, access.TeamRead, s.store.TeamMembers.Get, id)
	if err == nil && m.Name == "" { // of whoever has been erased nothing is left
		err = fault.ErrNotFound
	}
	if err != nil {
		return m, nil, err
	}
	phones, err := s.phones([]model.TeamMember{m}, false)
	return m, phones, err
}

// Change says what is to change about a member; nil stays as it is.
type Change struct {
	Name, Task *string
	Phone      *string // "" takes it away
}

// Change changes how a member is published. What they are and where is not changed: that ends
// and begins anew. version is the one that was read, nil for any.
// Faults: unauthenticated, forbidden, not_found, invalid, changed_meanwhile, team_member_ended,
// team_member_already.
func (s *Service) Change(ctx context.Context, actor model.Actor, id model.TeamMemberID, version *int, c Change) (model.TeamMember, error) {
	m, err := access.Find(ctx, s.access, actor, access.TeamManage, s.store.TeamMembers.Get, id)
	if err != nil {
		return m, err
	}
	if err := c.check(); err != nil {
		return m, err
	}
	err = s.store.InTx(ctx, func(tx *store.Store) error {
		if m, err = tx.TeamMembers.Get(ctx, id); err != nil {
			return err
		}
		if err := store.Seen(version, m.Version); err != nil {
			return err
		}
		if m.Live == nil {
			return ErrEnded
		}
		if err := c.apply(tx, &m); err != nil {
			return err
		}
		err := store.Kept(tx.TeamMembers.SaveChanged(ctx, m))
		if errors.Is(err, store.ErrDuplicate) {
			err = ErrMember
		}
		if err != nil {
			return err
		}
		m.Version++
		return record(ctx, tx, actor, "team.change", m)
	})
	return m, err
}

// check puts a change in order. Fault: invalid.
func (c *Change) check() error {
	for _, text := range []*string{c.Name, c.Task} {
		if text != nil {
			*text = strings.TrimSpace(*text)
		}
	}
	if c.Name != nil && (*c.Name == "" || utf8.RuneCountInString(*c.Name) > 32) {
		return fault.InvalidField("name", "required", "请填写姓名。", "Give a name.")
	}
	if c.Phone != nil && *c.Phone != "" {
		number, valid := model.PlainPhone(*c.Phone)
		if !valid {
			return fault.InvalidField("phone", "invalid_phone", "请填写 11 位手机号。", "Give a mobile number of eleven digits.")
		}
		c.Phone = &number
	}
	return nil
}

func (c *Change) apply(tx *store.Store, m *model.TeamMember) (err error) {
	if c.Name != nil {
		m.Name = *c.Name
	}
	if c.Task != nil {
		m.Task = *c.Task
	}
	if c.Phone != nil {
		m.PhoneSealed, err = SealPhone(tx, m.ID, *c.Phone)
	}
	return err
}

// End ends somebody's place in a team today. Faults: unauthenticated, forbidden, not_found,
// team_member_ended.
func (s *Service) End(ctx context.Context, actor model.Actor, id model.TeamMemberID) error {
	m, err := access.Find(ctx, s.access, actor, access.TeamManage, s.store.TeamMembers.Get, id)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		ended, err := tx.TeamMembers.SaveEnded(ctx, id, max(m.ValidFrom, model.DateOf(tx.Now())), actor.User)
		if err == nil && !ended {
			err = ErrEnded
		}
		if err != nil {
			return err
		}
		return record(ctx, tx, actor, "team.end", m)
	})
}

func record(ctx context.Context, tx *store.Store, actor model.Actor, action string, m model.TeamMember) error {
	return audit.Record(ctx, tx, actor, audit.Act{
		Action: action, ObjectKind: "team_member", ObjectID: m.ID, Unit: m.UnitID, Detail: string(m.Role),
	})
}
