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
		b.WriteString(" " + words(role) + " |")
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
	return b.String() + printedPosts()
}

// printedPosts is who gives which role, as a second table of the page.
func printedPosts() string {
	var b strings.Builder
	b.WriteString("\n## Who gives which role\n\nNobody gives a role to themselves, and the last clerk of the county stays. Generated from `posts.go`.\n\n" +
		"| role | in a | given and ended by | takes effect |\n|---|---|---|---|\n")
	for _, role := range model.Roles {
		post, effect := access.Posts[role], "at once"
		if post.TwoPeople {
			effect = "when a second person has confirmed it"
		}
		b.WriteString("| " + words(role) + " | " + words(post.In...) + " | " + words(post.By...) + " | " + effect + " |\n")
	}
	return b.String()
}

// words are slugs for people to read.
func words[T ~string](slugs ...T) string {
	list := make([]string, len(slugs))
	for i, slug := range slugs {
		list[i] = strings.ReplaceAll(string(slug), "_", " ")
	}
	return strings.Join(list, ", ")
}

// TestNobodyGivesARoleAsFarReachingAsTheirOwn: but the clerks, who are made by two.
func TestNobodyGivesARoleAsFarReachingAsTheirOwn(t *testing.T) {
	t.Parallel()
	givers := map[model.Role]bool{}
	for _, role := range model.Roles {
		post, known := access.Posts[role]
		if !known || len(post.In) == 0 || len(post.By) == 0 {
			t.Errorf("nobody knows how to give the role %s", role)
		}
		for _, by := range post.By {
			givers[by] = true
			if by == role && !post.TwoPeople || by == model.TownCommittee && (slices.Contains(post.In, model.Town) || slices.Contains(post.In, model.County)) {
				t.Errorf("the role %s can be given by %s", role, by)
			}
		}
		if post.TwoPeople && !slices.Equal(post.By, access.Table[access.GrantConfirm]) {
			t.Errorf("the role %s is confirmed by others than who gives it", role)
		}
	}
	manage := access.Table[access.GrantManage]
	if len(givers) != len(manage) || slices.ContainsFunc(manage, func(r model.Role) bool { return !givers[r] }) {
		t.Errorf("%v give roles, and %v may", givers, manage)
	}
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
	access.MailboxRead, access.PushRead, access.PointsRead, access.OrgRead, access.OrgPlans, access.AuditRead, access.DutyRead, access.TenureRead,
	access.GrantRead, access.TeamRead, access.StatisticsRead,
}

func TestTheAuditorOnlyReads(t *testing.T) {
	t.Parallel()
	for action, roles := range access.Table {
		own := action == access.DeskLogin // a session of their own changes nothing of others
		if slices.Contains(roles, model.Auditor) && !slices.Contains(readers, action) && !own {
			t.Errorf("the auditor may %s", action)
		}
	}
}
