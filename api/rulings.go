package api

import (
	"cmp"

	"jinlin/model"
	"jinlin/service/mailbox"
)

// RulingPath names a clock policy or a dispatch rule. It is exported for the same reason as Paging.
type RulingPath struct {
	UnitID   model.UnitID `path:"unitId"`
	Category string       `path:"category" maxLength:"32" doc:"A code of /v1/mailbox/categories, or any"`
}

type endRulingIn struct {
	Matching
	RulingPath
}

// categoryOf is a ruling's category as the path has it.
func categoryOf(r model.Ruling) string { return cmp.Or(r.Category, mailbox.AnyCategory) }
