// Package audit keeps the record of what staff did: one row for each staff write, in
// the same transaction, so that there is no write without its row and no row without its
// write. Rows are added and read, never changed. They name objects by id and carry no
// personal data.
package audit

import (
	"context"

	"jinlin/model"
	"jinlin/model/store"
)

// Act is what somebody did.
type Act struct {
	Action     string // as in "mailbox.reply"
	ObjectKind string // as in "request"
	ObjectID   [16]byte
	Unit       model.UnitID
	Detail     string // what changed, without personal data
}

// Record adds the row, in the transaction of the write it records.
func Record(ctx context.Context, tx *store.Store, actor model.Actor, act Act) error {
	return tx.Audit.Add(ctx, &model.AuditEntry{
		ID: model.NewID[model.AuditEntry](tx.Now()), ActorID: actor.User, Action: act.Action,
		ObjectKind: act.ObjectKind, ObjectID: act.ObjectID[:], UnitID: act.Unit,
		Detail: act.Detail, RequestID: actor.RequestID, At: tx.Now(),
	})
}
