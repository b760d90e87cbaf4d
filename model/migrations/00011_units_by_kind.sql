-- +goose Up
CREATE INDEX units_by_kind ON units (kind, id);
