-- +goose Up
CREATE UNIQUE INDEX sessions_by_token ON sessions (token_hash);
