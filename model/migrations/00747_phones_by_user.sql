-- +goose Up
CREATE UNIQUE INDEX phones_by_user ON phones (user_id);
