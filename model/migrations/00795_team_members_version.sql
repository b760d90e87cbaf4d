-- +goose Up
ALTER TABLE team_members ADD COLUMN version INT NOT NULL DEFAULT 0;
