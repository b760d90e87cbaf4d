-- +goose Up
CREATE INDEX sign_ups_by_user ON sign_ups (user_id, id);
