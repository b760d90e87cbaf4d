-- +goose Up
ALTER TABLE requests ADD COLUMN position VARCHAR(24) NOT NULL DEFAULT '';
