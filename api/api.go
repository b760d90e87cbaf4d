// Package api speaks HTTP. It reads requests, calls one service method each, and
// renders what comes back; it decides nothing.
//
// One file per resource holds its routes, its In and Out types and the mapping between
// them and the model. operation.go is the single seam to huma, which decodes, checks and
// describes; problem.go is the only place that knows status codes.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"jinlin/service/access"
	"jinlin/service/account"
	"jinlin/service/activity"
	"jinlin/service/board"
	"jinlin/service/calendar"
	"jinlin/service/callback"
	"jinlin/service/consent"
	"jinlin/service/county"
	"jinlin/service/desk"
	"jinlin/service/digest"
	"jinlin/service/duty"
	"jinlin/service/employment"
	"jinlin/service/exports"
	"jinlin/service/followers"
	"jinlin/service/grant"
	"jinlin/service/gridlead"
	"jinlin/service/guardian"
	"jinlin/service/identity"
	"jinlin/service/imports"
	"jinlin/service/mailbox"
	"jinlin/service/moderation"
	"jinlin/service/mybranch"
	"jinlin/service/news"
	"jinlin/service/open311"
	"jinlin/service/org"
	"jinlin/service/paperbox"
	"jinlin/service/points"
	"jinlin/service/privacy"
	"jinlin/service/proxy"
	"jinlin/service/push"
	"jinlin/service/residence"
	"jinlin/service/restructuring"
	"jinlin/service/reveal"
	"jinlin/service/shop"
	"jinlin/service/signup"
	"jinlin/service/station"
	"jinlin/service/statistics"
	"jinlin/service/suggestion"
	"jinlin/service/team"
	"jinlin/service/tenure"
	"jinlin/service/upload"
)

// Limiter counts uses; it says whether one more may happen and if not, when.
type Limiter interface {
	Allow(ctx context.Context, name string) (ok bool, retry time.Duration)
	// PerMinute is how many uses a minute may happen.
	PerMinute() int
}

// Services are what the API calls.
type Services struct {
	Privacy    *privacy.Service
	Consent    *consent.Service
	Residence  *residence.Service
	Employment *employment.Service
	Guardian   *guardian.Service
	Reveal     *reveal.Service
	Account    *account.Service
	Desk       *desk.Service
	Access     *access.Service
	Grant      *grant.Service
	Team       *team.Service
	GridLead   *gridlead.Service
	Org        *org.Service
	Mailbox    *mailbox.Service
	Identity   *identity.Service
	Proxy      *proxy.Service
	Paper      *paperbox.Service
	Board      *board.Service
	Followers  *followers.Service
	Statistics *statistics.Service
	Suggestion *suggestion.Service
	Open311    *open311.Service
	Upload     *upload.Service
	Moderation *moderation.Service
	Activity   *activity.Service
	SignUp     *signup.Service
	News       *news.Service
	Push       *push.Service
	Digest     *digest.Service
	Callback   *callback.Service
	Imports    *imports.Service
	Exports    *exports.Service
	Points     *points.Service
	Shop       *shop.Service
	County     *county.Service
	Tenure     *tenure.Service

	Restructuring *restructuring.Service

	Calendar *calendar.Service
	Station  *station.Service
	Duty     *duty.Service
	MyBranch *mybranch.Service
}

// Settings are how the API behaves at its edge.
type Settings struct {
	Version        string
	PublicURL      string                      // where the public reaches us, for links; "": where a request says it did
	TrustedProxies []string                    // whose X-Forwarded-For is believed
	PerPerson      Limiter                     // nil: no limit
	PerAddress     Limiter                     // nil: no limit
	PerDesk        Limiter                     // desktop pages that ask to be let in, by address; nil: no limit
	Ready          func(context.Context) error // can it serve?
	Log            *slog.Logger
	Observe        func(operation string, status int, took time.Duration) // for metrics; may be nil
}

// API is the HTTP surface.
type API struct {
	Services
	settings Settings
	engine   *gin.Engine
	huma     huma.API
	stopping chan struct{} // closed when streams must end
	stop     sync.Once
}

// New builds every route.
func New(services Services, settings Settings) (*API, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(settings.TrustedProxies); err != nil {
		return nil, err
	}
	a := &API{Services: services, settings: settings, engine: engine, stopping: make(chan struct{})}
	engine.Use(a.identify, a.report, a.recover, a.limitAddress)
	engine.NoRoute(func(c *gin.Context) { a.refuse(c, ErrNoRoute) })
	engine.NoMethod(func(c *gin.Context) { a.refuse(c, ErrWrongMethod) })
	a.huma = humagin.New(engine, a.description())
	a.routes()
	a.describeFaults()
	a.documentRoutes()
	a.healthRoutes()
	return a, nil
}

// routes is the list of resources.
func (a *API) routes() { //nolint:funlen // a list, a line a resource
	a.sessionRoutes()
	a.deskLoginRoutes()
	a.meRoutes()
	a.residenceRoutes()
	a.employmentRoutes()
	a.childRoutes()
	a.settingsRoutes()
	a.consentRoutes()
	a.closureRoutes()
	a.myExportRoutes()
	a.revealRoutes()
	a.unitRoutes()
	a.unitChangeRoutes()
	a.calendarRoutes()
	a.stationRoutes()
	a.dutyRoutes()
	a.myBranchRoutes()
	a.organisationRoutes()
	a.restructuringRoutes()
	a.tenureRoutes()
	a.grantRoutes()
	a.appointmentRoutes()
	a.staffRoutes()
	a.gridLeadRoutes()
	a.teamRoutes()
	a.articleRoutes()
	a.pushRoutes()
	a.subscriptionRoutes()
	a.digestRoutes()
	a.wechatRoutes()
	a.pointsRoutes()
	a.shopRoutes()
	a.uploadRoutes()
	a.mailboxRoutes()
	a.identityRoutes()
	a.paperRoutes()
	a.proxyRoutes()
	a.publicRequestRoutes()
	a.statisticsRoutes()
	a.open311Routes()
	a.open311ClientRoutes()
	a.moderationRoutes()
	a.activityRoutes()
	a.signUpRoutes()
	a.importRoutes()
	a.exportRoutes()
}

// Stop ends the streams, which would otherwise outlast a drain.
func (a *API) Stop() { a.stop.Do(func() { close(a.stopping) }) }

// Handler serves the API.
func (a *API) Handler() http.Handler { return a.engine }

// OpenAPI is the description of every operation, as YAML.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().YAML() }

// Description is the description of every operation, for tests that walk it.
func (a *API) Description() *huma.OpenAPI { return a.huma.OpenAPI() }
