-- +goose Up
ALTER TABLE grants ADD COLUMN live BOOLEAN;
