-- +goose Up
ALTER TABLE residences ADD COLUMN vouched_by BINARY(16);
