-- +goose Up
ALTER TABLE requests ADD COLUMN team_id BINARY(16);
