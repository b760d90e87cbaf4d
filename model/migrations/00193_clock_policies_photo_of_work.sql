-- +goose Up
ALTER TABLE clock_policies ADD COLUMN photo_of_work BOOLEAN NOT NULL DEFAULT FALSE;
