-- +goose Up
CREATE UNIQUE INDEX pushes_by_unit_and_date ON pushes (unit_id, date);
