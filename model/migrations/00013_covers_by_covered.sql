-- +goose Up
CREATE INDEX covers_by_covered ON covers (covered_id);
