-- +goose Up
ALTER TABLE residences ADD COLUMN household_id BINARY(16);
