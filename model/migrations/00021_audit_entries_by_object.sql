-- +goose Up
CREATE INDEX audit_entries_by_object ON audit_entries (object_id, id);
