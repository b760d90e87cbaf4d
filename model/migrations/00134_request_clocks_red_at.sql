-- +goose Up
ALTER TABLE request_clocks ADD COLUMN red_at DATETIME/*!(3)*/;
