package store

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm/schema"

	"jinlin/model"
)

// chainedEntities are the rows that chains hold.
var chainedEntities = []func() any{
	func() any { return &model.AuditEntry{} },
	func() any { return &model.LedgerTransaction{} },
	func() any { return &model.LedgerEntry{} },
}

// TestAChainHoldsEveryColumnButWhatErasureTakesOut: a new column makes a new form of the
// row, and a column that erasure rewrites must not be part of any.
func TestAChainHoldsEveryColumnButWhatErasureTakesOut(t *testing.T) {
	t.Parallel()
	for _, blank := range chainedEntities {
		entity, err := entityOf(blank())
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range entity.Fields {
			if held, erased := changesTheSum(t, field, blank), rewritten(entity.Table, field.DBName); held == erased {
				t.Errorf("%s.%s: erasure rewrites it: %t; the chain holds it: %t", entity.Table, field.DBName, erased, held)
			}
		}
	}
}

func changesTheSum(t *testing.T, field *schema.Field, blank func() any) bool {
	t.Helper()
	row := blank()
	before := sumOf(t, row)
	switch value := field.ReflectValueOf(t.Context(), reflect.ValueOf(row).Elem()); value.Interface().(type) {
	case time.Time:
		value.Set(reflect.ValueOf(time.UnixMilli(1)))
	case []byte:
		value.SetBytes([]byte{1})
	default:
		switch value.Kind() {
		case reflect.String:
			value.SetString("x")
		case reflect.Int64:
			value.SetInt(1)
		case reflect.Array:
			value.Index(0).SetUint(1)
		default:
			t.Fatalf("a chain cannot hold a %s", value.Type())
		}
	}
	return !bytes.Equal(before, sumOf(t, row))
}

func sumOf(t *testing.T, row any) []byte {
	t.Helper()
	chained := reflect.ValueOf(row).Elem().Interface().(model.Chained)
	link, err := (*Keys)(nil).NewLink(model.ChainHead{Chain: model.AuditChain}, chained, time.UnixMilli(0))
	if err != nil {
		t.Fatal(err)
	}
	return link.Hash
}

func rewritten(table, column string) bool {
	return slices.ContainsFunc(holdings, func(h holding) bool {
		return h.table == table && (h.gone || slices.Contains(h.empty, column) || slices.Contains(h.scrub, column))
	})
}

// TestLookingForUnsealedRowsFollowsTheirIds holds a pass of the sealer against MariaDB's planner.
func TestLookingForUnsealedRowsFollowsTheirIds(t *testing.T) {
	p := newPlanner(t)
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	head := model.ChainHead{Chain: model.AuditChain}
	var entries []*model.AuditEntry
	var links []*model.ChainLink
	for i := range 2000 {
		at := now.Add(time.Duration(i) * time.Second)
		e := &model.AuditEntry{ID: model.NewID[model.AuditEntry](at), Action: "a", ObjectKind: "o", At: at}
		link, err := (*Keys)(nil).NewLink(head, *e, at)
		if err != nil {
			t.Fatal(err)
		}
		entries, links, head = append(entries, e), append(links, &link), head.Follow(link)
	}
	ctx := t.Context()
	if err := p.Audit.Add(ctx, entries...); err != nil {
		t.Fatal(err)
	}
	if err := p.ChainLinks.Add(ctx, links...); err != nil {
		t.Fatal(err)
	}
	p.countAnew("audit_entries", "chain_links")
	from := model.FirstID[any](now.Add(1900 * time.Second))
	for _, step := range p.plan(func() error {
		_, err := p.ChainLinks.ListUnsealed(ctx, model.AuditChain, from, model.ID[any]{}, 500)
		return err
	}) {
		key := map[string]string{"audit_entries": "PRIMARY", "l": "chain_links_by_row"}[step.Table]
		if key == "" || !step.along(key) {
			t.Errorf("a pass: %+v", step)
		}
	}
	p.along("verify", "PRIMARY", func() error {
		_, err := p.ChainLinks.List(ctx, model.AuditChain, 1000, 500)
		return err
	})
}
