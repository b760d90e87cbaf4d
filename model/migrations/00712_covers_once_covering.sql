-- +goose Up
CREATE UNIQUE INDEX covers_once_covering ON covers (unit_id, sole_of);
