-- +goose Up
CREATE INDEX identity_openings_by_identity ON identity_openings (identity_id, status, id);
