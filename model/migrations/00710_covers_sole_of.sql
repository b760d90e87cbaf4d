-- +goose Up
ALTER TABLE covers ADD COLUMN sole_of VARCHAR(16);
