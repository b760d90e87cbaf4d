-- +goose Up
ALTER TABLE users ADD COLUMN erased_at DATETIME/*!(3)*/;
