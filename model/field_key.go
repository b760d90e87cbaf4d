package model

import "time"

// FieldKey lets a database tell the secret behind a version of the field key from another
// one, without giving it away.
type FieldKey struct {
	Mark      int       `gorm:"primaryKey;autoIncrement:false" data:"none"` // version and profile, as in front of sealed values
	Proof     Digest    `data:"none"`                                       // a keyed hash under it
	CreatedAt time.Time `data:"none"`
}
