-- +goose Up
CREATE INDEX identity_openings_by_branch ON identity_openings (branch_id, status, id);
