-- +goose Up
ALTER TABLE residences ADD COLUMN ended_at DATETIME/*!(3)*/;
