package restructuring

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/county"
)

// MaxPlanned is how many branches a plan may found or change, and how many it may dissolve.
const MaxPlanned = 500

// Form is a plan as somebody wrote it. Branches that are not founded yet go by a word of the
// writer's, the ref.
type Form struct {
	UnitID      model.UnitID // the county, town or community in which all of it lies
	Title       string
	EffectiveOn model.Date
	Branches    []BranchForm
	Dissolved   []DissolutionForm
	HandOver    []string // kinds of open work that go to the successors
}

// BranchForm is a branch as it shall be: a new one, or one that exists and of which empty
// fields stay.
type BranchForm struct {
	Ref            string
	ID             model.UnitID // zero: to be founded
	Name           string
	Type           model.BranchType
	Estates        []model.UnitID // all that it shall lead
	GridID         model.UnitID
	Address, Phone string
}

// DissolutionForm ends a branch. The successor may be left out where one branch gets all
// its estates.
type DissolutionForm struct {
	BranchID     model.UnitID
	SuccessorID  model.UnitID
	SuccessorRef string
}

// reader makes a plan of a form and collects what is wrong with it.
type reader struct {
	p     *county.Picture
	top   model.UnitID
	kinds []string
	plan  model.RestructuringPlan

	refs  map[string]model.UnitID
	met   map[model.UnitID]bool // branches
	leads map[model.UnitID]model.UnitID
	wrong []fault.Field
}

func (r *reader) fail(path, code, zh, en string) {
	r.wrong = append(r.wrong, fault.Field{Path: path, Code: code, Message: fault.Text{ZH: zh, EN: en}})
}

func (r *reader) unknown(path string) {
	r.fail(path, "unknown", "没有找到符合要求的单位。", "There is no such unit of the right kind in this place on that day.")
}

// fill writes a form into a restructuring. Fault: invalid.
func (s *Service) fill(ctx context.Context, tx *store.Store, into *model.Restructuring, f Form) error {
	today := model.DateOf(tx.Now())
	into.Title, into.EffectiveOn = strings.TrimSpace(f.Title), f.EffectiveOn
	if f.EffectiveOn < today {
		return fault.InvalidField("effectiveOn", "in_the_past", "生效日期不能早于今天。", "It takes effect today or later.")
	}
	p, err := county.ReadPicture(ctx, tx, f.EffectiveOn)
	if err != nil {
		return err
	}
	top, stands := p.Unit(into.UnitID)
	if !stands || top.Kind != model.County && top.Kind != model.Town && top.Kind != model.Community {
		return fault.InvalidField("unitId", "unknown", "请选择县、镇或社区。", "Choose the county, a town or a community.")
	}
	r := &reader{p: p, top: top.ID, refs: map[string]model.UnitID{}, met: map[model.UnitID]bool{}, leads: map[model.UnitID]model.UnitID{}}
	for _, w := range s.work {
		r.kinds = append(r.kinds, w.Work().Kind)
	}
	r.read(f, tx)
	if len(r.wrong) > 0 {
		return fault.ErrInvalid.WithFields(r.wrong[:min(len(r.wrong), maxNamed)]...)
	}
	into.SetPlan(r.plan)
	return nil
}

func (r *reader) read(f Form, tx *store.Store) {
	if len(f.Branches)+len(f.Dissolved) == 0 {
		r.fail("branches", "required", "方案没有任何调整内容。", "The plan changes nothing.")
	}
	for i, b := range f.Branches {
		r.branch(fmt.Sprintf("branches[%d]", i), b, model.NewID[model.Unit](tx.Now()))
	}
	for i, d := range f.Dissolved {
		path := fmt.Sprintf("dissolved[%d]", i)
		if r.exists(path+".branchId", d.BranchID, model.Branch) && r.once(path+".branchId", d.BranchID) {
			r.plan.Dissolved = append(r.plan.Dissolved, model.Dissolution{BranchID: d.BranchID})
		}
	}
	if len(r.wrong) == 0 {
		for i, d := range f.Dissolved {
			r.plan.Dissolved[i].SuccessorID = r.successor(fmt.Sprintf("dissolved[%d]", i), d)
		}
	}
	for i, kind := range f.HandOver {
		if !slices.Contains(r.kinds, kind) {
			r.fail(fmt.Sprintf("handOver[%d]", i), "not_allowed", "没有这类工作。", "There is no such kind of work.")
		}
	}
	r.plan.HandOver = slices.Compact(slices.Sorted(slices.Values(f.HandOver)))
}

// branch reads a branch to be founded or changed.
func (r *reader) branch(path string, b BranchForm, fresh model.UnitID) {
	planned := model.PlannedBranch{
		ID: b.ID, New: b.ID.IsZero(), Name: strings.TrimSpace(b.Name), Type: b.Type, Estates: b.Estates, GridID: b.GridID,
		Address: strings.TrimSpace(b.Address), Phone: strings.TrimSpace(b.Phone),
	}
	if planned.New {
		planned.ID = fresh
		r.founding(path, b, fresh)
	} else if !r.exists(path+".id", b.ID, model.Branch) || !r.once(path+".id", b.ID) {
		return
	}
	for i, estate := range b.Estates {
		at := fmt.Sprintf("%s.estateIds[%d]", path, i)
		if !r.exists(at, estate, model.Estate) {
			continue
		}
		if !r.leads[estate].IsZero() {
			r.fail(at, "repeated", "同一小区不能由两个党支部管理。", "The plan gives this estate to a branch already.")
		}
		r.leads[estate] = planned.ID
	}
	if !b.GridID.IsZero() {
		r.exists(path+".gridId", b.GridID, model.Grid)
	}
	r.plan.Branches = append(r.plan.Branches, planned)
}

// founding checks what a new branch must have.
func (r *reader) founding(path string, b BranchForm, fresh model.UnitID) {
	if strings.TrimSpace(b.Name) == "" {
		r.fail(path+".name", "required", "请填写党支部名称。", "Name the branch.")
	}
	if b.Type == "" {
		r.fail(path+".branchType", "required", "请选择单建或联合。", "Say whether it is single or joint.")
	}
	if len(b.Estates) == 0 {
		r.fail(path+".estateIds", "required", "新设党支部须管理小区。", "A new branch leads at least one estate.")
	}
	if b.Ref == "" {
		return
	}
	if _, taken := r.refs[b.Ref]; taken {
		r.fail(path+".ref", "repeated", "引用名重复。", "Another branch has this ref.")
	}
	r.refs[b.Ref] = fresh
}

// exists says whether a unit of a kind stands in the place of the plan.
func (r *reader) exists(path string, id model.UnitID, kind model.UnitKind) bool {
	u, stands := r.p.Unit(id)
	if !stands || u.Kind != kind || !r.p.Inside(id, r.top) {
		r.unknown(path)
		return false
	}
	return true
}

// once says whether a branch stands in the plan for the first time.
func (r *reader) once(path string, id model.UnitID) bool {
	if r.met[id] {
		r.fail(path, "repeated", "同一党支部在方案中出现了两次。", "This branch stands in the plan twice.")
		return false
	}
	r.met[id] = true
	return true
}

// successor finds who takes over from a branch that is dissolved.
func (r *reader) successor(path string, d DissolutionForm) model.UnitID {
	ends := func(id model.UnitID) bool {
		return slices.ContainsFunc(r.plan.Dissolved, func(d model.Dissolution) bool { return d.BranchID == id })
	}
	switch {
	case d.SuccessorRef != "":
		id, known := r.refs[d.SuccessorRef]
		if !known {
			r.unknown(path + ".successorRef")
		}
		return id
	case !d.SuccessorID.IsZero():
		if ends(d.SuccessorID) {
			r.unknown(path + ".successorId")
		} else {
			r.exists(path+".successorId", d.SuccessorID, model.Branch)
		}
		return d.SuccessorID
	}
	var heirs []model.UnitID
	for _, e := range r.p.Under(d.BranchID, model.Estate) {
		if heir := r.leads[e.ID]; !heir.IsZero() && !slices.Contains(heirs, heir) {
			heirs = append(heirs, heir)
		}
	}
	if len(heirs) != 1 {
		r.fail(path+".successorRef", "required", "请指定承接的党支部。", "Name the branch that takes over.")
		return model.UnitID{}
	}
	return heirs[0]
}
