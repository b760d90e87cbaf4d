-- +goose Up
CREATE INDEX request_followers_by_user ON request_followers (user_id, request_id);
