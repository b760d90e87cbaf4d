package model

import "time"

// Open311ClientID names a client.
type Open311ClientID = ID[Open311Client]

// Open311Client is a program of somebody else's that submits requests by Open311. It submits
// in the name of an account of its own, which nobody can sign in to.
type Open311Client struct {
	ID         Open311ClientID `data:"none"`
	Name       string          `data:"none"`
	KeyHash    []byte          `data:"none"` // SHA-256 of a random key, which is kept nowhere
	UserID     UserID          `data:"none"`
	DailyLimit int             `data:"none"` // requests a day
	CreatedBy  UserID          `data:"none"`
	CreatedAt  time.Time       `data:"none"`
	EndedAt    *time.Time      `data:"none"`
	EndedBy    UserID          `data:"none"`
}

// TableName keeps the standard's name one word.
func (Open311Client) TableName() string { return "open311_clients" }
