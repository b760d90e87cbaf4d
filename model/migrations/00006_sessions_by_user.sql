-- +goose Up
CREATE INDEX sessions_by_user ON sessions (user_id, revoked_at);
