-- +goose Up
ALTER TABLE request_clocks ADD COLUMN held_at DATETIME/*!(3)*/;
