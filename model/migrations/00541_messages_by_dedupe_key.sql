-- +goose Up
CREATE UNIQUE INDEX messages_by_dedupe_key ON messages (dedupe_key, user_id);
