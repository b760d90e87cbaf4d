package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/guardian"
)

func (a *API) childRoutes() {
	handle(a, operation{
		id: "registerChild", method: http.MethodPost, path: "/v1/me/children", tag: accountTag, once: true,
		status: http.StatusCreated, summary: "Register a child under fourteen, as its guardian; needs the consent children",
	}, a.registerChild)
	handle(a, operation{
		id: "listMyChildren", method: http.MethodGet, path: "/v1/me/children", tag: accountTag,
		summary: "The children I registered, first to last",
	}, a.listMyChildren)
	handle(a, operation{
		id: "getMyChild", method: http.MethodGet, path: "/v1/me/children/{id}", tag: accountTag,
		summary: "One child I registered",
	}, a.getMyChild)
	handle(a, operation{
		id: "changeMyChild", method: http.MethodPut, path: "/v1/me/children/{id}", tag: accountTag,
		summary: "Say everything about a child anew",
	}, a.changeMyChild)
	handle(a, operation{
		id: "removeMyChild", method: http.MethodDelete, path: "/v1/me/children/{id}", tag: accountTag,
		summary: "Erase a child's record at once",
	}, a.removeMyChild)
}

type contactForm struct {
	Name     string `json:"name" minLength:"1" maxLength:"32"`
	Relation string `json:"relation" minLength:"1" maxLength:"16" doc:"To the child, as in 奶奶"`
	Phone    string `json:"phone" minLength:"11" maxLength:"20" doc:"Mobile number"`
}

type childForm struct {
	Name       string        `json:"name" minLength:"1" maxLength:"32"`
	BirthMonth string        `json:"birthMonth" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"As in 2018-05"`
	Relation   string        `json:"relation" enum:"mother,father,grandparent,other" doc:"Mine to the child"`
	Emergency  contactForm   `json:"emergency" doc:"Whom to call"`
	Collectors []contactForm `json:"collectors,omitempty" maxItems:"5" doc:"Who may collect the child, besides me"`
}

func (f childForm) said() guardian.Said {
	return guardian.Said{
		Relation: f.Relation, BirthMonth: model.Month(f.BirthMonth),
		Details: guardian.Details{Name: f.Name, Emergency: f.Emergency.contact(), Collectors: mapped(f.Collectors, contactForm.contact)},
	}
}

func (f contactForm) contact() guardian.Contact {
	return guardian.Contact{Name: f.Name, Relation: f.Relation, Phone: f.Phone}
}

type contactOut struct {
	Name     string `json:"name"`
	Relation string `json:"relation"`
	Phone    string `json:"phone"`
}

func contactFrom(c guardian.Contact) contactOut {
	return contactOut{Name: c.Name, Relation: c.Relation, Phone: c.Phone}
}

// childNameOut is a child on a list; contacts are told one child at a time.
type childNameOut struct {
	ID         model.ChildID `json:"id"`
	Name       string        `json:"name"`
	BirthMonth model.Month   `json:"birthMonth" doc:"As in 2018-05"`
	Relation   string        `json:"relation" enum:"mother,father,grandparent,other"`
}

// ChildNameOut is a child beside its contacts.
// It is exported because huma looks into exported embedded structs only.
type ChildNameOut = childNameOut

type childOut struct {
	ChildNameOut
	Emergency  contactOut   `json:"emergency"`
	Collectors []contactOut `json:"collectors"`
}

func childNameFrom(c guardian.Child) childNameOut {
	return childNameOut{ID: c.ID, Name: c.Name, BirthMonth: c.BirthMonth, Relation: c.Relation}
}

func showChild(c guardian.Child, err error) (*versioned[childOut], error) {
	if err != nil {
		return nil, err
	}
	return withETag(c.Version, childOut{
		ChildNameOut: childNameFrom(c), Emergency: contactFrom(c.Emergency), Collectors: mapped(c.Collectors, contactFrom),
	}), nil
}

func (a *API) registerChild(ctx context.Context, actor model.Actor, in *struct{ Body childForm }) (*body[childNameOut], error) {
	c, err := a.Guardian.Add(ctx, actor, in.Body.said())
	if err != nil {
		return nil, err
	}
	return &body[childNameOut]{Body: childNameFrom(c)}, nil
}

func (a *API) listMyChildren(ctx context.Context, actor model.Actor, in *struct{ Paging }) (*body[list[childNameOut]], error) {
	mine, err := a.Guardian.Mine(ctx, actor)
	if err != nil {
		return nil, err
	}
	return parted(mine, in.Paging, childNameFrom)
}

type childIn struct {
	ID model.ChildID `path:"id"`
}

func (a *API) getMyChild(ctx context.Context, actor model.Actor, in *childIn) (*versioned[childOut], error) {
	return showChild(a.Guardian.Get(ctx, actor, in.ID))
}

type changeChildIn struct {
	Matching
	ID   model.ChildID `path:"id"`
	Body childForm
}

func (a *API) changeMyChild(ctx context.Context, actor model.Actor, in *changeChildIn) (*versioned[childOut], error) {
	version, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return showChild(a.Guardian.Change(ctx, actor, in.ID, version, in.Body.said()))
}

func (a *API) removeMyChild(ctx context.Context, actor model.Actor, in *childIn) (*none, error) {
	return nil, a.Guardian.Remove(ctx, actor, in.ID)
}
