-- +goose Up
ALTER TABLE requests ADD COLUMN merged_into_id BINARY(16);
