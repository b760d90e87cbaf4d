-- +goose Up
ALTER TABLE users ADD COLUMN nickname_held VARCHAR(64) NOT NULL DEFAULT '';
