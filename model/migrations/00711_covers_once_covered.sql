-- +goose Up
CREATE UNIQUE INDEX covers_once_covered ON covers (covered_id, sole_by);
