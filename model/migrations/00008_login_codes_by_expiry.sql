-- +goose Up
CREATE INDEX login_codes_by_expiry ON login_codes (expires_at);
