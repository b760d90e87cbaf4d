-- +goose Up
CREATE INDEX grants_by_unit ON grants (unit_id, role, id);
