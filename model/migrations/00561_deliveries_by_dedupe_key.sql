-- +goose Up
CREATE UNIQUE INDEX deliveries_by_dedupe_key ON deliveries (dedupe_key, user_id);
