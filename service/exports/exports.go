// Package exports gives tables of the county to whoever must work with them elsewhere:
// units, households, the rosters of residents and of Party members.
//
// A table is of one unit and what lies in it, as it is today, and leaves row by row while
// it is read, so that its size costs no memory. Names, numbers and what is sensitive are
// masked. Unmasked rosters need a right of their own and a reason. Every export, masked or
// not, is in the record before its first row leaves, with its reason; one that breaks off
// is in the record too. No cell can do anything in a spreadsheet: see package sheet.
package exports

import (
	"context"
	"fmt"
	"io"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/audit"
	"jinlin/service/org"
	"jinlin/service/sheet"
)

// Kind is what a table is of.
type Kind string

// The kinds.
const (
	Units      Kind = "units"
	Households Kind = "households"
	Roster     Kind = "roster"
	Members    Kind = "members"
)

// How many letters a reason has.
const (
	leastReason = 4
	mostReason  = 100
)

// Order is an export that somebody wants.
type Order struct {
	Kind     Kind
	UnitID   model.UnitID
	Format   sheet.Format
	Unmasked bool
	Reason   string
}

// Service gives tables.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
}

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service) *Service {
	return &Service{store: s, access: a, org: o}
}

// Table is an export that has been recorded and may leave.
type Table struct {
	Title  string
	Format sheet.Format
	header []string
	rows   func(ctx context.Context, row func(cells ...string) error) error
}

// Order records an export and prepares its table. Faults: unauthenticated, forbidden,
// not_found, invalid.
func (s *Service) Order(ctx context.Context, actor model.Actor, o Order) (Table, error) {
	action := access.DataExport
	if o.Unmasked {
		action = access.RosterReveal
	}
	if err := s.access.Require(ctx, actor, action, o.UnitID); err != nil {
		return Table{}, err
	}
	reason, err := fault.Reason(o.Reason, leastReason, mostReason)
	if err != nil {
		return Table{}, err
	}
	o.Reason = reason
	unit, err := s.org.Unit(ctx, o.UnitID)
	if err != nil {
		return Table{}, err
	}
	table, err := s.table(o, unit)
	if err != nil {
		return Table{}, err
	}
	detail := string(o.Kind) + ", masked: "
	if o.Unmasked {
		detail = string(o.Kind) + ", unmasked: "
	}
	return table, s.store.InTx(ctx, func(tx *store.Store) error {
		return audit.Record(ctx, tx, actor, audit.Act{
			Action: "export." + string(o.Kind), ObjectKind: "unit", ObjectID: o.UnitID, Unit: o.UnitID, Detail: short(detail + o.Reason),
		})
	})
}

// short keeps a detail within its column.
func short(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), 200)])
}

func (s *Service) table(o Order, unit model.Unit) (Table, error) {
	w := &writer{svc: s, order: o}
	t := Table{Format: o.Format}
	switch o.Kind {
	case Units:
		t.header, t.rows = []string{"类型", "名称", "上级", "支部类型", "地址", "电话", "服务时间", "起始日期"}, w.units
		t.Title = "组织单位"
	case Households:
		t.header, t.rows = []string{"小区", "楼栋", "单元", "房号", "起始日期"}, w.households
		t.Title = "房屋"
	case Roster:
		t.header, t.rows = []string{"小区", "楼栋", "单元", "房号", "姓名", "手机号", "身份", "起始日期"}, w.residents
		t.Title = "居民花名册"
	case Members:
		t.header = []string{"党支部", "姓名", "手机号", "入党日期", "党员类型", "党内职务", "工作单位", "小区", "楼栋", "单元", "房号", "起始日期"}
		t.rows, t.Title = w.members, "党员花名册"
	default:
		return t, fault.ErrNotFound
	}
	t.Title = fmt.Sprintf("%s-%s-%s", unit.Name, t.Title, model.DateOf(s.store.Now()))
	return t, nil
}

// Write sends the table.
func (t Table) Write(ctx context.Context, to io.Writer) error {
	w, err := sheet.NewWriter(t.Format, to, "导出")
	if err != nil {
		return err
	}
	if err := w.Write(t.header); err != nil {
		return err
	}
	if err := t.rows(ctx, func(cells ...string) error { return w.Write(cells) }); err != nil {
		return err
	}
	return w.Close()
}
