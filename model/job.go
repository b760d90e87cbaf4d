package model

import "time"

// JobID names a job.
type JobID = ID[Job]

// JobState says where a job is.
type JobState string

// The states of a job. A buried job has failed too often and waits for a person.
const (
	JobReady  JobState = "ready"
	JobDone   JobState = "done"
	JobBuried JobState = "buried"
)

// Job is work to be done after a commit, written in that same commit.
type Job struct {
	ID         JobID      `data:"none"`
	Kind       string     `data:"none"`
	Payload    []byte     `data:"personal"` // JSON; ids, never text of people, but where it is sealed
	DedupeKey  *string    `data:"none"`     // unique; nil when repeats are harmless
	State      JobState   `data:"none"`
	RunAt      time.Time  `data:"none"` // business time
	Attempts   int        `data:"none"`
	Owner      []byte     `data:"none"` // who holds the lease, random per claim
	LeaseUntil *time.Time `data:"none"` // database time
	LastError  string     `data:"none"`
	CreatedAt  time.Time  `data:"none"`
	FinishedAt *time.Time `data:"none"`
}

// OnceRecord keeps what one idempotency key did, for whoever repeats it.
type OnceRecord struct {
	ActorID     UserID    `gorm:"primaryKey" data:"none"`
	Operation   string    `gorm:"primaryKey" data:"none"`
	Key         string    `gorm:"primaryKey;column:idempotency_key" data:"none"`
	RequestHash []byte    `data:"none"`      // zeros: the hash is in the result
	Result      []byte    `data:"sensitive"` // sealed
	CreatedAt   time.Time `data:"none"`      // the hour only
}
