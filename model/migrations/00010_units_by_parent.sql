-- +goose Up
CREATE INDEX units_by_parent ON units (parent_id, kind, id);
