// Package config reads what an operator sets: environment variables JINLIN_…, each
// also as JINLIN_…_FILE naming a file that holds the value. Load reports every problem
// at once. Nothing at all set is a complete configuration for development; with
// JINLIN_ENV=production every missing or weak setting is an error.
package config

import (
	"time"
)

// Config is every setting. The tags are the documentation: env names the variable,
// default its value outside production, help a line for .env.example; production:"required"
// must be set there, secret:"true" is never printed, is names the check of checks that the
// value must pass. A variable that is set to nothing counts as not set.
type Config struct {
	Env     string `env:"JINLIN_ENV" default:"development" oneof:"development production" help:"production turns every missing or weak setting into a start-up error"`
	DataDir string `env:"JINLIN_DATA_DIR" default:"./data" help:"folder for the SQLite file, uploads, sandbox state and development keys"`
	Roles   string `env:"JINLIN_ROLES" default:"api,worker" oneof:"api worker api,worker worker,api" help:"what this process does"`

	HTTPAddr    string `env:"JINLIN_HTTP_ADDR" default:"127.0.0.1:8080" is:"address" help:"address of the API"`
	PublicURL   string `env:"JINLIN_PUBLIC_URL" default:"" production:"required" is:"url" help:"where the public reaches the API, as in https://jinlin.example.gov.cn; goes into links; empty is the address a request came by"`
	AdminAddr   string `env:"JINLIN_ADMIN_ADDR" default:"127.0.0.1:9090" is:"address" help:"address of metrics, pprof and health; never public"`
	SandboxAddr string `env:"JINLIN_SANDBOX_ADDR" default:"127.0.0.1:8081" is:"address" help:"address of the WeChat sandbox"`
	TrustProxy  string `env:"JINLIN_TRUSTED_PROXIES" default:"" is:"networks" help:"comma-separated addresses or networks whose X-Forwarded-For is believed"`

	DatabaseURL string `env:"JINLIN_DATABASE_URL" default:"" production:"required" secret:"true" is:"database" help:"mysql://user:pass@host:port/name; empty is a SQLite file in the data folder"`
	DatabaseMax int    `env:"JINLIN_DATABASE_MAX_CONNS" default:"32" min:"2" help:"most connections to the database"`
	Migrate     string `env:"JINLIN_MIGRATE" default:"" oneof:" auto check" help:"auto migrates at start, check refuses to start behind; empty is auto in development and check in production"`
	RedisURL    string `env:"JINLIN_REDIS_URL" default:"" production:"required" secret:"true" is:"redis" help:"redis://user:pass@host:port/0; empty is a server inside this process"`

	FilesURL string `env:"JINLIN_FILES_URL" default:"" secret:"true" help:"where photos and recordings are: s3://key:secret@host/bucket, with ?region=… where the bucket needs one and ?tls=off for plain HTTP; empty is the folder uploads in the data folder, which all processes must then share"`

	SessionKey string `env:"JINLIN_SESSION_KEY" default:"" production:"required" secret:"true" is:"keys" help:"32 bytes in base64 or hex; makes session tokens; empty makes one in the data folder"`
	FieldKeys  string `env:"JINLIN_FIELD_KEYS" default:"" production:"required" secret:"true" is:"versions" help:"seals personal fields: 32 bytes in base64 or hex, with sm4: in front for SM4 and SM3 instead of AES and SHA-256; comma-separated versions, newest last, a dash for one that was retired"`
	FieldKey   int    `env:"JINLIN_FIELD_KEY" default:"0" min:"0" help:"version of the field key that seals new values; 0 is the newest. Name the one before until every process knows the newest"`

	WeChatURL       string `env:"JINLIN_WECHAT_URL" default:"" help:"a WeChat sandbox elsewhere, as in http://127.0.0.1:8081; empty is the built-in one in development and WeChat itself in production"`
	WeChatAppID     string `env:"JINLIN_WECHAT_APP_ID" default:"" production:"required" help:"AppID of the mini-program"`
	WeChatSecret    string `env:"JINLIN_WECHAT_APP_SECRET" default:"" production:"required" secret:"true" help:"AppSecret of the mini-program"`
	WeChatPushToken string `env:"JINLIN_WECHAT_PUSH_TOKEN" default:"" production:"required" secret:"true" help:"token of the message push"`
	WeChatPushKey   string `env:"JINLIN_WECHAT_PUSH_AES_KEY" default:"" production:"required" secret:"true" help:"EncodingAESKey of the message push, 43 characters"`
	WeChatState     string `env:"JINLIN_WECHAT_STATE" default:"formal" oneof:"formal trial developer" help:"which release of the mini-program a message opens"`

	TemplateReply      string `env:"JINLIN_WECHAT_TEMPLATE_REPLY" default:"reply" production:"required" help:"template id: your matter was answered"`
	TemplateNews       string `env:"JINLIN_WECHAT_TEMPLATE_NEWS" default:"news" production:"required" help:"template id: the day's news"`
	TemplatePlace      string `env:"JINLIN_WECHAT_TEMPLATE_PLACE_OFFERED" default:"place_offered" production:"required" help:"template id: a place has become free"`
	TemplateReminder   string `env:"JINLIN_WECHAT_TEMPLATE_REMINDER" default:"reminder" production:"required" help:"template id: an activity begins soon"`
	TemplateLongTerm   string `env:"JINLIN_WECHAT_TEMPLATES_LONG_TERM" default:"" help:"comma-separated ids of templates that WeChat approved as long-term"`
	TemplateRedemption string `env:"JINLIN_WECHAT_TEMPLATE_REDEMPTION" default:"redemption" production:"required" help:"template id: goods are reserved"`

	Open311Jurisdiction string `env:"JINLIN_OPEN311_JURISDICTION" default:"" help:"the county's jurisdiction_id for Open311 clients, as in jin.gov.cn; empty takes any"`

	Demo         string        `env:"JINLIN_DEMO" default:"on" oneof:"on off" production:"off" help:"load the demo county into an empty database"`
	ClosureGrace time.Duration `env:"JINLIN_CLOSURE_GRACE" default:"168h" help:"how long somebody who closes their account can take that back, before their data is erased"`
	AbuseLimits  string        `env:"JINLIN_ABUSE_LIMITS" default:"on" oneof:"on off" production:"on" help:"off lifts request rates and daily caps, for load tests"`
	Log          string        `env:"JINLIN_LOG" default:"text" oneof:"text json" help:"how log lines are written"`
	Drain        time.Duration `env:"JINLIN_DRAIN" default:"15s" help:"how long running requests may take after SIGTERM"`
	PushSenders  int           `env:"JINLIN_PUSH_CONCURRENCY" default:"8" min:"1" help:"most messages one worker has under way to WeChat"`
}

// Limited says whether request rates and daily caps hold.
func (c Config) Limited() bool { return c.AbuseLimits == "on" }

// Production says whether this is the real thing.
func (c Config) Production() bool { return c.Env == "production" }

// Has says whether this process has a role.
func (c Config) Has(role string) bool {
	return c.Roles == role || len(c.Roles) > len("worker")
}

// BuiltInSandbox says whether this process runs the WeChat sandbox itself.
func (c Config) BuiltInSandbox() bool { return !c.Production() && c.WeChatURL == "" }

// EmbeddedDatabase says whether the database is a SQLite file.
func (c Config) EmbeddedDatabase() bool {
	return c.DatabaseURL == "" || len(c.DatabaseURL) > 9 && c.DatabaseURL[:9] == "sqlite://"
}
