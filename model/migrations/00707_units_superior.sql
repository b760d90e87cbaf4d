-- +goose Up
ALTER TABLE units ADD COLUMN superior_id BINARY(16);
