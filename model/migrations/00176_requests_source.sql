-- +goose Up
ALTER TABLE requests ADD COLUMN source VARCHAR(16) NOT NULL DEFAULT 'online';
