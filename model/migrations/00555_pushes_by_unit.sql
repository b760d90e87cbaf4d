-- +goose Up
CREATE INDEX pushes_by_unit ON pushes (unit_id, id);
