-- +goose Up
CREATE INDEX requests_by_branch ON requests (branch_id, open, due_at, id);
