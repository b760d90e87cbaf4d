package api

import (
	"context"
	"net/http"
	"time"

	"jinlin/model"
	"jinlin/service/org"
	"jinlin/service/restructuring"
)

const restructuringsTag = "Restructurings"

// restructuringTimeout is for the steps that may move the whole county.
const restructuringTimeout = time.Minute

func (a *API) restructuringRoutes() {
	handle(a, operation{
		id: "listRestructurings", method: http.MethodGet, path: "/v1/restructurings", tag: restructuringsTag,
		summary: "Restructurings of branches, newest first",
	}, a.listRestructurings)
	handle(a, operation{
		id: "draftRestructuring", method: http.MethodPost, path: "/v1/restructurings", tag: restructuringsTag, once: true, status: http.StatusCreated,
		summary: "Draft a restructuring: which branches are founded, changed and dissolved on a day",
	}, a.draftRestructuring)
	handle(a, operation{
		id: "getRestructuring", method: http.MethodGet, path: "/v1/restructurings/{id}", tag: restructuringsTag,
		summary: "One restructuring: what it changes, what is in its way, and its steps",
	}, a.getRestructuring)
	handle(a, operation{
		id: "editRestructuring", method: http.MethodPut, path: "/v1/restructurings/{id}", tag: restructuringsTag,
		summary: "Replace a draft",
	}, a.editRestructuring)
	handle(a, operation{
		id: "submitRestructuring", method: http.MethodPost, path: "/v1/restructurings/{id}/submission", tag: restructuringsTag, once: true,
		summary: "Hand a draft in for review", timeout: restructuringTimeout,
	}, a.submitRestructuring)
	handle(a, operation{
		id: "approveRestructuring", method: http.MethodPost, path: "/v1/restructurings/{id}/approval", tag: restructuringsTag, once: true,
		summary: "Approve another's restructuring; it takes effect at once when its day is today", timeout: restructuringTimeout,
	}, a.approveRestructuring)
	handle(a, operation{
		id: "rejectRestructuring", method: http.MethodPost, path: "/v1/restructurings/{id}/rejection", tag: restructuringsTag, once: true,
		summary: "Send a restructuring back to be edited",
	}, a.rejectRestructuring)
	handle(a, operation{
		id: "withdrawRestructuring", method: http.MethodPost, path: "/v1/restructurings/{id}/withdrawal", tag: restructuringsTag, once: true,
		summary: "Give a restructuring up before it takes effect",
	}, a.withdrawRestructuring)
	handle(a, operation{
		id: "effectRestructuring", method: http.MethodPost, path: "/v1/restructurings/{id}/effect", tag: restructuringsTag, once: true,
		summary: "Let an approved restructuring take effect whose day has come and that something was in the way of", timeout: restructuringTimeout,
	}, a.effectRestructuring)
	handle(a, operation{
		id: "getLineage", method: http.MethodGet, path: "/v1/units/{id}/lineage", tag: placesTag, public: true,
		summary: "From which branches one took over, and which took over from it",
	}, a.getLineage)
}

// RestructuringOut is a restructuring in a list, and the answer to every step.
// It is exported because huma looks into exported embedded structs only.
type RestructuringOut struct {
	ID          model.RestructuringID     `json:"id"`
	UnitID      model.UnitID              `json:"unitId" doc:"The county, town or community in which all of it lies"`
	Title       string                    `json:"title"`
	EffectiveOn model.Date                `json:"effectiveOn" doc:"First day of the new order, as planned"`
	Status      model.RestructuringStatus `json:"status" enum:"draft,submitted,approved,effective,withdrawn"`
	EffectedOn  *model.Date               `json:"effectedOn" nullable:"true"`
	TriedOn     *model.Date               `json:"triedOn,omitempty" doc:"Last day on which something was in the way"`
	DraftedBy   model.UserID              `json:"draftedBy"`
	ReviewedBy  *model.UserID             `json:"reviewedBy,omitempty"`
	CreatedAt   time.Time                 `json:"createdAt"`
	UpdatedAt   time.Time                 `json:"updatedAt"`
}

func restructuringFrom(r model.Restructuring) RestructuringOut {
	out := RestructuringOut{
		ID: r.ID, UnitID: r.UnitID, Title: r.Title, EffectiveOn: r.EffectiveOn, Status: r.Status, EffectedOn: r.EffectedOn, TriedOn: r.TriedOn,
		DraftedBy: r.DraftedBy, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if !r.ReviewedBy.IsZero() {
		out.ReviewedBy = &r.ReviewedBy
	}
	return out
}

func restructuringBody(r model.Restructuring, err error) (*versioned[RestructuringOut], error) {
	if err != nil {
		return nil, err
	}
	return withETag(r.Version, restructuringFrom(r)), nil
}

type listRestructuringsIn struct {
	Paging
	UnitID model.UnitID `query:"unitId" doc:"Only of this place or of one in it"`
	Status string       `query:"status" enum:"draft,submitted,approved,effective,withdrawn"`
}

func (a *API) listRestructurings(ctx context.Context, actor model.Actor, in *listRestructuringsIn) (*body[list[RestructuringOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	rows, err := a.Restructuring.List(ctx, actor, restructuring.Filter{UnitID: in.UnitID, Status: model.RestructuringStatus(in.Status)}, page)
	if err != nil {
		return nil, err
	}
	return listed(rows, restructuringFrom), nil
}

// restructuringForm is the body of a draft.
type restructuringForm struct {
	UnitID      model.UnitID      `json:"unitId" doc:"The county, town or community in which all of it lies; it cannot be edited"`
	Title       string            `json:"title" minLength:"1" maxLength:"64"`
	EffectiveOn model.Date        `json:"effectiveOn" format:"date"`
	Branches    []branchForm      `json:"branches,omitempty" maxItems:"500" doc:"As they shall be: new ones, and changed ones"`
	Dissolved   []dissolutionForm `json:"dissolved,omitempty" maxItems:"500"`
	HandOver    []string          `json:"handOver,omitempty" maxItems:"16" doc:"Kinds of open work that go to the successors: mailbox, moderation, activity, news, points, shop, roster"`
}

type branchForm struct {
	Ref        string         `json:"ref,omitempty" maxLength:"64" doc:"What the dissolved below call a branch that has no id yet"`
	ID         model.UnitID   `json:"id,omitempty" doc:"Of a branch that exists; left out to found one"`
	Name       string         `json:"name,omitempty" maxLength:"64"`
	BranchType string         `json:"branchType,omitempty" enum:"single,joint"`
	EstateIDs  []model.UnitID `json:"estateIds,omitempty" maxItems:"100" doc:"All that it shall lead; left out to leave them as they are"`
	GridID     model.UnitID   `json:"gridId,omitempty" doc:"To which a joint branch is bound; all buildings of its estates come into it"`
	Address    string         `json:"address,omitempty" maxLength:"128"`
	Phone      string         `json:"phone,omitempty" maxLength:"32"`
}

type dissolutionForm struct {
	BranchID     model.UnitID `json:"branchId"`
	SuccessorID  model.UnitID `json:"successorId,omitempty" doc:"May be left out where one branch gets all its estates"`
	SuccessorRef string       `json:"successorRef,omitempty" maxLength:"64"`
}

func (f restructuringForm) form() restructuring.Form {
	form := restructuring.Form{UnitID: f.UnitID, Title: f.Title, EffectiveOn: f.EffectiveOn, HandOver: f.HandOver}
	for _, b := range f.Branches {
		form.Branches = append(form.Branches, restructuring.BranchForm{
			Ref: b.Ref, ID: b.ID, Name: b.Name, Type: model.BranchType(b.BranchType), Estates: b.EstateIDs, GridID: b.GridID, Address: b.Address, Phone: b.Phone,
		})
	}
	for _, d := range f.Dissolved {
		form.Dissolved = append(form.Dissolved, restructuring.DissolutionForm{BranchID: d.BranchID, SuccessorID: d.SuccessorID, SuccessorRef: d.SuccessorRef})
	}
	return form
}

type draftRestructuringIn struct {
	Body restructuringForm
}

func (a *API) draftRestructuring(ctx context.Context, actor model.Actor, in *draftRestructuringIn) (*versioned[RestructuringOut], error) {
	return restructuringBody(a.Restructuring.Draft(ctx, actor, in.Body.form()))
}

type editRestructuringIn struct {
	Matching
	ID   model.RestructuringID `path:"id"`
	Body restructuringForm
}

func (a *API) editRestructuring(ctx context.Context, actor model.Actor, in *editRestructuringIn) (*versioned[RestructuringOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return restructuringBody(a.Restructuring.Edit(ctx, actor, in.ID, seen, in.Body.form()))
}

type restructuringIn struct {
	ID model.RestructuringID `path:"id"`
}

func (a *API) submitRestructuring(ctx context.Context, actor model.Actor, in *restructuringIn) (*versioned[RestructuringOut], error) {
	return restructuringBody(a.Restructuring.Submit(ctx, actor, in.ID))
}

type approveRestructuringIn struct {
	ID   model.RestructuringID `path:"id"`
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"500"`
	}
}

func (a *API) approveRestructuring(ctx context.Context, actor model.Actor, in *approveRestructuringIn) (*versioned[RestructuringOut], error) {
	note := ""
	if in.Body != nil {
		note = in.Body.Note
	}
	return restructuringBody(a.Restructuring.Approve(ctx, actor, in.ID, note))
}

type restructuringReasonIn struct {
	ID   model.RestructuringID `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (a *API) rejectRestructuring(ctx context.Context, actor model.Actor, in *restructuringReasonIn) (*versioned[RestructuringOut], error) {
	return restructuringBody(a.Restructuring.Reject(ctx, actor, in.ID, in.Body.Reason))
}

func (a *API) withdrawRestructuring(ctx context.Context, actor model.Actor, in *restructuringReasonIn) (*versioned[RestructuringOut], error) {
	return restructuringBody(a.Restructuring.Withdraw(ctx, actor, in.ID, in.Body.Reason))
}

func (a *API) effectRestructuring(ctx context.Context, actor model.Actor, in *restructuringIn) (*versioned[RestructuringOut], error) {
	return restructuringBody(a.Restructuring.Effect(ctx, actor, in.ID))
}

type restructuringViewOut struct {
	RestructuringOut
	HandOver  []string                `json:"handOver" doc:"Kinds of open work that go to the successors"`
	Diff      restructuringDiffOut    `json:"diff" doc:"What took effect, or what would as things stand"`
	Obstacles []problemField          `json:"obstacles" doc:"Rules that would be broken, by the name of who breaks them"`
	Work      []waitingOut            `json:"work" doc:"Open work of branches that are to be dissolved"`
	Events    []restructuringEventOut `json:"events"`
}

type restructuringDiffOut struct {
	Created   []branchDiffOut `json:"created"`
	Changed   []branchDiffOut `json:"changed"`
	Dissolved []branchDiffOut `json:"dissolved"`
	Moved     []estateMoveOut `json:"moved" doc:"Estates that another branch leads afterwards"`
	Groups    []groupMoveOut  `json:"groups" doc:"Party groups that go with their grids, or end"`
	Before    branchTallyOut  `json:"before"`
	After     branchTallyOut  `json:"after"`
}

type namedOut struct {
	ID   model.UnitID `json:"id"`
	Name string       `json:"name"`
}

func namedFrom(n model.NamedUnit) namedOut { return namedOut(n) }

func maybeNamed(n *model.NamedUnit) *namedOut {
	if n == nil {
		return nil
	}
	out := namedFrom(*n)
	return &out
}

type branchDiffOut struct {
	ID               model.UnitID     `json:"id"`
	Name             string           `json:"name"`
	BranchType       model.BranchType `json:"branchType"`
	NameBefore       string           `json:"nameBefore,omitempty"`
	BranchTypeBefore model.BranchType `json:"branchTypeBefore,omitempty"`
	Estates          []namedOut       `json:"estates" doc:"That it leads afterwards; of a dissolved one, that it led"`
	Predecessors     []namedOut       `json:"predecessors"`
	Successors       []namedOut       `json:"successors" doc:"The main one first"`
}

func branchDiffFrom(d model.BranchDiff) branchDiffOut {
	return branchDiffOut{
		ID: d.ID, Name: d.Name, BranchType: d.Type, NameBefore: d.NameBefore, BranchTypeBefore: d.TypeBefore,
		Estates: mapped(d.Estates, namedFrom), Predecessors: mapped(d.Predecessors, namedFrom), Successors: mapped(d.Successors, namedFrom),
	}
}

type estateMoveOut struct {
	Estate namedOut  `json:"estate"`
	From   *namedOut `json:"from,omitempty" doc:"Left out: it had none"`
	To     *namedOut `json:"to,omitempty" doc:"Left out: it will have none"`
}

func estateMoveFrom(m model.EstateMove) estateMoveOut {
	return estateMoveOut{Estate: namedFrom(m.Estate), From: maybeNamed(m.From), To: maybeNamed(m.To)}
}

type groupMoveOut struct {
	Group namedOut  `json:"group"`
	To    *namedOut `json:"to,omitempty" doc:"Left out: it ends"`
}

func groupMoveFrom(m model.GroupMove) groupMoveOut {
	return groupMoveOut{Group: namedFrom(m.Group), To: maybeNamed(m.To)}
}

type branchTallyOut struct {
	Branches int `json:"branches"`
	Single   int `json:"single"`
	Joint    int `json:"joint"`
	Former   int `json:"former"`
}

type waitingOut struct {
	Kind     string          `json:"kind"`
	HandOver bool            `json:"handOver" doc:"It goes to the successors; otherwise it is in the way"`
	Branches []branchWorkOut `json:"branches"`
}

type branchWorkOut struct {
	Branch namedOut `json:"branch"`
	Count  int      `json:"count"`
}

func waitingFrom(w restructuring.Waiting) waitingOut {
	return waitingOut{Kind: w.Kind, HandOver: w.HandOver, Branches: mapped(w.Branches, func(b restructuring.BranchWork) branchWorkOut {
		return branchWorkOut{Branch: namedFrom(b.Branch), Count: b.N}
	})}
}

type restructuringEventOut struct {
	Move model.RestructuringMove   `json:"move"`
	From model.RestructuringStatus `json:"from"`
	To   model.RestructuringStatus `json:"to"`
	By   *model.UserID             `json:"by" nullable:"true" doc:"null: its day had come"`
	Note string                    `json:"note,omitempty"`
	At   time.Time                 `json:"at"`
}

func restructuringEventFrom(e model.RestructuringEvent) restructuringEventOut {
	out := restructuringEventOut{Move: e.Move, From: e.From, To: e.To, Note: e.Note, At: e.At}
	if !e.ActorID.IsZero() {
		out.By = &e.ActorID
	}
	return out
}

func (a *API) getRestructuring(ctx context.Context, actor model.Actor, in *restructuringIn) (*versioned[restructuringViewOut], error) {
	v, err := a.Restructuring.Read(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	language := scopeOf(ctx).language
	out := restructuringViewOut{
		RestructuringOut: restructuringFrom(v.Restructuring), HandOver: append([]string{}, v.Planned().HandOver...),
		Diff: restructuringDiffOut{
			Created: mapped(v.Diff.Created, branchDiffFrom), Changed: mapped(v.Diff.Changed, branchDiffFrom),
			Dissolved: mapped(v.Diff.Dissolved, branchDiffFrom), Moved: mapped(v.Diff.Moved, estateMoveFrom),
			Groups: mapped(v.Diff.Groups, groupMoveFrom), Before: branchTallyOut(v.Diff.Before), After: branchTallyOut(v.Diff.After),
		},
		Obstacles: []problemField{}, Work: mapped(v.Waiting, waitingFrom), Events: mapped(v.Events, restructuringEventFrom),
	}
	for _, o := range v.Obstacles {
		out.Obstacles = append(out.Obstacles, problemField{Path: o.Path, Code: o.Code, Message: language.of(o.Message)})
	}
	return withETag(v.Version, out), nil
}

type lineageOut struct {
	Predecessors []kinOut `json:"predecessors"`
	Successors   []kinOut `json:"successors"`
}

type kinOut struct {
	Unit  namedOut   `json:"unit"`
	Since model.Date `json:"since" doc:"First day of the successor in the predecessor's place"`
	Main  bool       `json:"main" doc:"Of several successors, the one that counts for figures"`
}

func kinFrom(k org.Kin) kinOut {
	return kinOut{Unit: namedFrom(k.Unit.Named()), Since: k.Since, Main: k.Main}
}

func (a *API) getLineage(ctx context.Context, _ model.Actor, in *unitIn) (*body[lineageOut], error) {
	before, after, err := a.Org.Lineage(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[lineageOut]{Body: lineageOut{Predecessors: mapped(before, kinFrom), Successors: mapped(after, kinFrom)}}, nil
}
