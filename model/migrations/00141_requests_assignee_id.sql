-- +goose Up
ALTER TABLE requests ADD COLUMN assignee_id BINARY(16);
