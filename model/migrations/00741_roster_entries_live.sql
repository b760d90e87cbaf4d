-- +goose Up
CREATE UNIQUE INDEX roster_entries_live ON roster_entries (live_key);
