-- +goose Up
ALTER TABLE residences ADD COLUMN proof VARCHAR(16) NOT NULL DEFAULT '';
