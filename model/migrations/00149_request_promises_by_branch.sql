-- +goose Up
CREATE INDEX request_promises_by_branch ON request_promises (branch_id, status, moved);
