-- +goose Up
ALTER TABLE request_events ADD COLUMN effect VARCHAR(2000) NOT NULL DEFAULT '';
