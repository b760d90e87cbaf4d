package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The import rule. Only api speaks HTTP, only model/store SQL, only model/kv Redis, only
// model/files S3, only service/wechat WeChat; model states facts, service decides, app introduces.
//
// A package may import, of ours, what its longest matching prefix lists. A service may
// also import the other services listed for it by name.
var mayImport = map[string][]string{
	"jinlin":                         {"jinlin/app"},
	"jinlin/app":                     {"jinlin/"},
	"jinlin/app/tour":                {},
	"jinlin/config":                  {},
	"jinlin/api":                     {"jinlin/service/", "jinlin/model", "jinlin/model/fault", "jinlin/model/plaintext"},
	"jinlin/api/apitest":             {"jinlin/"},
	"jinlin/model":                   {"jinlin/model/fault"},
	"jinlin/model/fault":             {},
	"jinlin/model/plaintext":         {"jinlin/model/fault"},
	"jinlin/model/store":             {"jinlin/model", "jinlin/model/fault"},
	"jinlin/model/store/storetest":   {"jinlin/model", "jinlin/model/migrations", "jinlin/model/store"},
	"jinlin/model/files":             {"jinlin/model/fault"},
	"jinlin/model/kv":                {"jinlin/model", "jinlin/model/fault"},
	"jinlin/model/migrations":        {"jinlin/model/store"},
	"jinlin/service/":                {"jinlin/model", "jinlin/model/fault", "jinlin/model/plaintext", "jinlin/model/store", "jinlin/model/kv"},
	"jinlin/service/upload":          {"jinlin/model", "jinlin/model/fault", "jinlin/model/store", "jinlin/model/files"},
	"jinlin/service/upload/photo":    {"jinlin/model/fault"},
	"jinlin/service/upload/voice":    {"jinlin/model/fault", "jinlin/service/upload/photo"},
	"jinlin/service/wechat/sandbox":  {},
	"jinlin/service/wechat/sandbox/": {},
}

// Which service may lean on which other. A new line is a decision, not a formality.
var services = map[string][]string{
	"access": {"org"},
	"county": {"access", "org", "audit"},
	"tenure": {"access", "org", "audit"},
	"grant":  {"access", "org", "audit", "tenure"},
	"team":   {"access", "org", "audit"},

	"gridlead": {"access", "org", "audit"},

	"restructuring": {"access", "org", "audit", "county", "tenure"},

	"moderation/moderationtest": {"wechat"},

	"account":           {"moderation", "wechat"},
	"desk":              {"access", "account", "audit", "wechat"},
	"reveal":            {"access", "account", "audit"},
	"claim":             {"access", "account", "audit"},
	"residence":         {"access", "account", "audit", "claim", "org", "roster"},
	"employment":        {"access", "audit", "claim", "org"},
	"moderation":        {"access", "org", "audit", "identity", "wechat"},
	"upload/uploadtest": {"upload/photo"},

	"upload":     {"access", "org", "audit", "identity", "wechat", "upload/photo", "upload/voice"},
	"identity":   {"access", "org", "audit"},
	"mailbox":    {"access", "org", "audit", "identity", "jobs", "moderation", "team", "upload"},
	"proxy":      {"access", "account", "audit", "mailbox", "reveal"},
	"paperbox":   {"access", "org", "audit", "mailbox", "proxy", "team"},
	"board":      {"access", "org", "audit", "moderation", "privacy"},
	"followers":  {"jobs"},
	"statistics": {"access", "org", "calendar"},
	"suggestion": {"org", "board"},
	"open311":    {"access", "org", "audit", "mailbox", "board"},
	"activity":   {"access", "org", "audit", "moderation"},
	"signup":     {"access", "org", "audit", "activity"},
	"points":     {"access", "org", "audit"},
	"shop":       {"access", "org", "audit", "points"},
	"news":       {"access", "org", "audit", "moderation"},
	"callback":   {"wechat"},
	"chain":      {},
	"digest":     {"access", "org"},
	"imports":    {"access", "org", "audit", "grant", "roster", "sheet"},
	"exports":    {"access", "org", "audit", "roster", "sheet"},
	"privacy":    {"account", "guardian", "identity", "proxy", "roster", "audit", "consent", "jobs", "signup", "upload", "wechat"},
	"push":       {"access", "org", "audit", "wechat", "jobs"},
	"calendar":   {"access", "audit"},
	"station":    {"access", "org", "audit", "calendar"},
	"duty":       {"access", "org", "audit", "calendar", "station"},
	"mybranch":   {"org", "station", "duty"},
	"demo":       {"access", "account", "guardian", "residence", "roster", "org", "audit", "jobs", "moderation", "mailbox", "identity", "paperbox", "proxy", "reveal", "board", "followers", "open311", "activity", "signup", "points", "shop", "news", "push", "team", "wechat", "wechat/sandbox"},
}

// Libraries that belong to one place each, by import path prefix.
var onlyIn = map[string][]string{
	"gorm.io/":                     {"jinlin/model/store"},
	"github.com/ncruces/":          {"jinlin/model/store", "jinlin/model/migrations"},
	"github.com/go-sql-driver/":    {"jinlin/model/store", "jinlin/model/migrations", "jinlin/model/store/storetest"},
	"database/sql":                 {"jinlin/model", "jinlin/model/store", "jinlin/model/migrations", "jinlin/model/store/storetest"},
	"github.com/pressly/goose":     {"jinlin/model/migrations"},
	"github.com/redis/":            {"jinlin/model/kv", "jinlin/model/kv/kvtest"},
	"github.com/alicebob/":         {"jinlin/model/kv"},
	"github.com/silenceper/wechat": {"jinlin/service/wechat", "jinlin/service/wechat/sandbox"},
	"github.com/gin-gonic/":        {"jinlin/api"},
	"github.com/danielgtaylor/":    {"jinlin/api"},
	"github.com/prometheus/":       {"jinlin/app"},
	"github.com/xuri/":             {"jinlin/service/sheet"},
	"github.com/emmansun/":         {"jinlin/model/store"},
	"github.com/minio/":            {"jinlin/model/files"},
	"golang.org/x/image":           {"jinlin/service/upload/photo"},
	"github.com/bep/imagemeta":     {"jinlin/service/upload/photo"},
}

type listedPackage struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []listedPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	if len(packages) < 10 {
		t.Fatalf("only %d packages were listed", len(packages))
	}
	for _, p := range packages {
		for _, imported := range p.Imports {
			if problem := judge(p.ImportPath, imported); problem != "" {
				t.Errorf("%s must not import %s: %s", p.ImportPath, imported, problem)
			}
		}
	}
}

// judge says what is wrong with an import; "" when nothing is.
func judge(importer, imported string) string {
	for prefix, homes := range onlyIn {
		if strings.HasPrefix(imported, prefix) && !slices.Contains(homes, importer) {
			return "it belongs to " + strings.Join(homes, ", ")
		}
	}
	if imported != "jinlin" && !strings.HasPrefix(imported, "jinlin/") {
		return ""
	}
	allowed := slices.Clone(rule(importer))
	if name, ok := strings.CutPrefix(importer, "jinlin/service/"); ok {
		for _, other := range services[name] {
			allowed = append(allowed, "jinlin/service/"+other)
		}
	}
	if slices.ContainsFunc(allowed, func(a string) bool {
		return imported == a || strings.HasSuffix(a, "/") && strings.HasPrefix(imported, a)
	}) {
		return ""
	}
	return "it is not on the list in architecture_test.go"
}

// rule is the list of the longest prefix that fits.
func rule(importer string) []string {
	best := ""
	for prefix := range mayImport {
		fits := importer == prefix || strings.HasSuffix(prefix, "/") && strings.HasPrefix(importer, prefix)
		if fits && len(prefix) > len(best) {
			best = prefix
		}
	}
	return mayImport[best]
}

func TestTheImportRuleBites(t *testing.T) {
	t.Parallel()
	for importer, imported := range map[string]string{
		"jinlin/api":              "jinlin/model/store",
		"jinlin/model":            "jinlin/model/store",
		"jinlin/service/org":      "jinlin/service/account",
		"jinlin/service/mailbox":  "gorm.io/gorm",
		"jinlin/service/points":   "github.com/redis/go-redis/v9",
		"jinlin/service/shop":     "jinlin/api",
		"jinlin/config":           "jinlin/model",
		"jinlin/app/tour":         "jinlin/model",
		"jinlin/service/news":     "github.com/silenceper/wechat/v2/util",
		"jinlin/service/upload":   "github.com/minio/minio-go/v7",
		"jinlin/service/unlisted": "jinlin/service/org",
	} {
		if judge(importer, imported) == "" {
			t.Errorf("%s could import %s", importer, imported)
		}
	}
}
