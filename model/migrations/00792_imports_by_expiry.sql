-- +goose Up
CREATE INDEX imports_by_expiry ON imports (expires_at);
