package api

import (
	"context"
	"net/http"

	"jinlin/model"
	"jinlin/service/station"
)

func (a *API) catalogueRoutes() {
	handle(a, operation{
		id: "listServices", method: http.MethodGet, path: "/v1/stations/{id}/services", tag: stationsTag, public: true,
		summary: "What a station does for people: procedure, documents, who answers",
	}, a.listServices)
	handle(a, operation{
		id: "addService", method: http.MethodPost, path: "/v1/services", tag: stationsTag, once: true,
		status: http.StatusCreated, summary: "Publish a service item of a station, community, town or county",
	}, a.addService)
	handle(a, operation{
		id: "changeService", method: http.MethodPut, path: "/v1/services/{id}", tag: stationsTag,
		summary: "Publish a new version of a service item",
	}, a.changeService)
	handle(a, operation{
		id: "withdrawService", method: http.MethodDelete, path: "/v1/services/{id}", tag: stationsTag,
		summary: "End a service item; its versions stay",
	}, a.withdrawService)
	handle(a, operation{
		id: "listServiceVersions", method: http.MethodGet, path: "/v1/services/{id}/versions", tag: stationsTag, public: true,
		summary: "All versions of a service item, the newest first",
	}, a.listServiceVersions)
}

type serviceOut struct {
	ID        model.ServiceItemID `json:"id"`
	Version   int                 `json:"version"`
	UnitID    model.UnitID        `json:"unitId" doc:"The station, or the place whose stations all do it"`
	Name      string              `json:"name"`
	Steps     string              `json:"steps" doc:"The procedure"`
	Documents []string            `json:"documents" doc:"What to bring"`
	Answers   string              `json:"answers" doc:"Who answers"`
	Contact   string              `json:"contact"`
	ValidFrom model.Date          `json:"validFrom" format:"date"`
	ValidTo   *model.Date         `json:"validTo" nullable:"true"`
}

func serviceFrom(i model.ServiceItem) serviceOut {
	return serviceOut{
		ID: i.ID, Version: i.Version, UnitID: i.UnitID, Name: i.Name, Steps: i.Steps,
		Documents: append([]string{}, i.DocumentList()...), Answers: i.Answers, Contact: i.Contact, ValidFrom: i.ValidFrom, ValidTo: i.ValidTo,
	}
}

type listServicesIn struct {
	Paging
	IfNoneMatching
	ID model.UnitID `path:"id"`
}

// catalogueAge is how many seconds anybody may keep the catalogue without asking again.
const catalogueAge = 300

func (a *API) listServices(ctx context.Context, _ model.Actor, in *listServicesIn) (*cacheable[list[serviceOut]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	services, err := a.Station.Services(ctx, in.ID, page)
	if err != nil {
		return nil, err
	}
	return cached(listed(services, serviceFrom).Body, in.IfNoneMatching, catalogueAge)
}

// ServiceBody is what staff write of a service item.
// It is exported because huma looks into exported embedded structs only.
type ServiceBody struct {
	Name      string   `json:"name" minLength:"1" maxLength:"64"`
	Steps     string   `json:"steps" minLength:"1" maxLength:"4000" doc:"The procedure"`
	Documents []string `json:"documents" maxItems:"30" doc:"What to bring"`
	Answers   string   `json:"answers" minLength:"1" maxLength:"64" doc:"Who answers"`
	Contact   string   `json:"contact" minLength:"1" maxLength:"200"`
}

func (b ServiceBody) offer() station.Offer {
	return station.Offer{Name: b.Name, Steps: b.Steps, Documents: b.Documents, Answers: b.Answers, Contact: b.Contact}
}

type addServiceIn struct {
	Body struct {
		UnitID model.UnitID `json:"unitId"`
		ServiceBody
	}
}

func (a *API) addService(ctx context.Context, actor model.Actor, in *addServiceIn) (*versioned[serviceOut], error) {
	return serviceAnswer(a.Station.AddService(ctx, actor, in.Body.UnitID, in.Body.offer()))
}

func serviceAnswer(i model.ServiceItem, err error) (*versioned[serviceOut], error) {
	if err != nil {
		return nil, err
	}
	return withETag(i.Version, serviceFrom(i)), nil
}

type changeServiceIn struct {
	Matching
	ID   model.ServiceItemID `path:"id"`
	Body ServiceBody
}

func (a *API) changeService(ctx context.Context, actor model.Actor, in *changeServiceIn) (*versioned[serviceOut], error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return serviceAnswer(a.Station.ChangeService(ctx, actor, in.ID, in.Body.offer(), seen))
}

type withdrawServiceIn struct {
	Matching
	ID model.ServiceItemID `path:"id"`
}

func (a *API) withdrawService(ctx context.Context, actor model.Actor, in *withdrawServiceIn) (*struct{}, error) {
	seen, err := in.seen(0)
	if err != nil {
		return nil, err
	}
	return nil, a.Station.WithdrawService(ctx, actor, in.ID, seen)
}

type listServiceVersionsIn struct {
	Paging
	ID model.ServiceItemID `path:"id"`
}

func (a *API) listServiceVersions(ctx context.Context, _ model.Actor, in *listServiceVersionsIn) (*body[list[serviceOut]], error) {
	versions, err := a.Station.ServiceHistory(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return parted(versions, in.Paging, serviceFrom)
}
