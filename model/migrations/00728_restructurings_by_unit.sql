-- +goose Up
CREATE INDEX restructurings_by_unit ON restructurings (unit_id, id);
