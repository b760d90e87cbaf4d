-- +goose Up
CREATE INDEX roster_entries_by_branch ON roster_entries (branch_id, kind, id);
