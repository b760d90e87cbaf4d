-- +goose Up
CREATE INDEX roster_entries_by_estate ON roster_entries (estate_id, kind, id);
