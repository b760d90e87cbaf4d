-- +goose Up
ALTER TABLE request_clocks ADD COLUMN rungs INT NOT NULL DEFAULT 0;
