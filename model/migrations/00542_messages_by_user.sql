-- +goose Up
CREATE INDEX messages_by_user ON messages (user_id, id);
