-- +goose Up
CREATE INDEX tenures_by_branch ON tenures (branch_id, id);
