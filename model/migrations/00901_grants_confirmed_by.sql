-- +goose Up
ALTER TABLE grants ADD COLUMN confirmed_by BINARY(16);
