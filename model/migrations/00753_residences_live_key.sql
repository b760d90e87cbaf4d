-- +goose Up
ALTER TABLE residences ADD COLUMN live_key BINARY(32);
