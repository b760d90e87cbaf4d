-- +goose Up
CREATE INDEX roster_entries_by_phone ON roster_entries (phone_hash);
