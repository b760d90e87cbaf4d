-- +goose Up
CREATE INDEX grants_by_user ON grants (user_id, id);
