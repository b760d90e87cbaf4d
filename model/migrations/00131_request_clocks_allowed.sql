-- +goose Up
ALTER TABLE request_clocks ADD COLUMN allowed VARCHAR(8) NOT NULL DEFAULT '';
