-- +goose Up
CREATE INDEX imports_by_unit ON imports (unit_id, id);
