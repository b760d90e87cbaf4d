-- +goose Up
ALTER TABLE request_clocks ADD COLUMN yellow_at DATETIME/*!(3)*/;
