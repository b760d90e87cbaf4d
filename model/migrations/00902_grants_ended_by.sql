-- +goose Up
ALTER TABLE grants ADD COLUMN ended_by BINARY(16);
