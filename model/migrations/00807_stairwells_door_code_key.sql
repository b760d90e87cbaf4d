-- +goose Up
ALTER TABLE stairwells ADD COLUMN door_code_key INT NOT NULL DEFAULT 1;
