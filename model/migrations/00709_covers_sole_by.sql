-- +goose Up
ALTER TABLE covers ADD COLUMN sole_by VARCHAR(16);
