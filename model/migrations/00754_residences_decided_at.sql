-- +goose Up
ALTER TABLE residences ADD COLUMN decided_at DATETIME/*!(3)*/;
