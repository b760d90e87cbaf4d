-- +goose Up
CREATE INDEX desk_logins_by_expiry ON desk_logins (expires_at);
