-- +goose Up
CREATE UNIQUE INDEX redemptions_by_code ON redemptions (code_hash);
