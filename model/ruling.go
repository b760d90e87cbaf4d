package model

import "time"

// Ruling is what clock policies and dispatch rules have in common: a unit lays something down for
// its requests and those of all below it, of one category or of any. A version is never changed:
// another one follows it.
type Ruling struct {
	UnitID    UnitID    `data:"none"`
	Category  string    `data:"none"` // "" is any that has none of its own
	Version   int       `data:"none"`
	Ended     bool      `data:"none"` // from this version on there is none
	ChangedBy UserID    `data:"none"`
	CreatedAt time.Time `data:"none"`
}

// Ruled is the ruling in whatever embeds it.
func (r *Ruling) Ruled() *Ruling { return r }

// RulingIn is the pointer to what embeds a ruling.
type RulingIn[T any] interface {
	*T
	Ruled() *Ruling
	SetID(ID[T])
}

// nearest chooses among the newest versions of some units what is laid down of a category, nearest
// unit first; false where nobody lays anything down.
func nearest[T any, P RulingIn[T]](category string, units []UnitID, rows []T) (found T, ok bool) {
	for _, unit := range units {
		version := 0
		for i := range rows {
			r := P(&rows[i]).Ruled()
			if r.UnitID == unit && r.Category == category && r.Version > version {
				found, version = rows[i], r.Version
			}
		}
		if version > 0 && !P(&found).Ruled().Ended {
			return found, true
		}
	}
	var none T
	return none, false
}
