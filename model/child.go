package model

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// ChildID names a child.
type ChildID = ID[Child]

// Child is a child under fourteen whom a guardian has registered. It has no account and no
// session: whatever is said of it, its guardian says.
type Child struct {
	ID         ChildID   `data:"none"`
	GuardianID UserID    `data:"none"`
	Slot       int       `data:"none"`     // 1 to MaxChildren, unique for a guardian
	Relation   string    `data:"personal"` // of the guardian to the child: mother, father, grandparent, other
	BirthMonth Month     `data:"sensitive"`
	Details    []byte    `data:"sensitive"` // name, contacts, who may collect; sealed
	LiveKey    []byte    `data:"personal"`  // keyed hash of guardian, name and month of birth
	CreatedAt  time.Time `data:"none"`
	UpdatedAt  time.Time `data:"none"`
	Version    int       `data:"none"`
}

// TableName is the English plural.
func (Child) TableName() string { return "children" }

// NeedsConsent names the guardian, whose consent it takes to keep anything about a child.
func (c Child) NeedsConsent() (UserID, Purpose) { return c.GuardianID, PurposeChildren }

// MaxChildren is how many children a guardian may register.
const MaxChildren = 6

// ChildAge is the age, in years, from which a guardian's consent does not do any more.
const ChildAge = 14

// Grown says whether the child is fourteen on a day. Only the month of birth is known: it
// counts as under age to the end of that month.
func (c Child) Grown(on Date) bool { return c.BirthMonth < LastChildMonth(on) }

// LastChildMonth is the month in which the oldest of those were born who are under age on a day.
func LastChildMonth(on Date) Month {
	year, _ := strconv.Atoi(string(on[:4]))
	return Month(fmt.Sprintf("%04d%s", year-ChildAge, on[4:7]))
}

// Month is a calendar month, as in 2018-05.
type Month string

var monthText = regexp.MustCompile(`^(19|20)\d\d-(0[1-9]|1[0-2])$`)

// Valid says whether it is one.
func (m Month) Valid() bool { return monthText.MatchString(string(m)) }

// Month is the month of the day.
func (d Date) Month() Month { return Month(d[:7]) }
