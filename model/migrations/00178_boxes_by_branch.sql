-- +goose Up
CREATE INDEX boxes_by_branch ON boxes (branch_id, ended_at, id);
