package access_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"jinlin/model"
	"jinlin/service/access"
)

var write = flag.Bool("write", false, "write table.md anew")

func TestTheTableIsPrinted(t *testing.T) {
	t.Parallel()
	page := printed()
	if *write {
		if err := os.WriteFile("table.md", []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile("table.md")
	if err != nil || string(committed) != page {
		t.Errorf("service/access/table.md is stale; write it anew with `make access`: %v", err)
	}
}

// printed is the table as a page: a row for each action, a column for each role.
func printed() string {
	var b strings.Builder
	b.WriteString("# Who may do what\n\nGenerated from `table.go`; `make access` writes it anew. A role counts in its unit and all below it, or led or covered by it,\n" +
		"from the day of its grant to the grant's or the unit's end. What is not ticked is denied. What any resident may do needs no role.\n\n|")
	b.WriteString(" action |")
	for _, role := range model.Roles {
		b.WriteString(" " + strings.ReplaceAll(string(role), "_", " ") + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(model.Roles)) + "\n")
	for _, action := range slices.Sorted(maps.Keys(access.Table)) {
		b.WriteString("| `" + string(action) + "` |")
		for _, role := range model.Roles {
			tick := " "
			if slices.Contains(access.Table[action], role) {
				tick = "✓"
			}
			b.WriteString(" " + tick + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestEveryRoleMayDoSomething(t *testing.T) {
	t.Parallel()
	may := map[model.Role]bool{}
	for action, roles := range access.Table {
		for _, role := range roles {
			may[role] = true
			if !slices.Contains(model.Roles, role) {
				t.Errorf("%s is given to %s, which is no role", action, role)
			}
		}
	}
	if len(may) != len(model.Roles) {
		t.Errorf("%d of %d roles may do something", len(may), len(model.Roles))
	}
}

// readers are the actions of the auditor: none of them writes.
var readers = []access.Action{
	access.MailboxRead, access.PushRead, access.PointsRead, access.OrgRead, access.AuditRead, access.DutyRead, access.TenureRead,
}

func TestTheAuditorOnlyReads(t *testing.T) {
	t.Parallel()
	for action, roles := range access.Table {
		if slices.Contains(roles, model.Auditor) && !slices.Contains(readers, action) {
			t.Errorf("the auditor may %s", action)
		}
	}
}
