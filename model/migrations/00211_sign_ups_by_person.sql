-- +goose Up
CREATE UNIQUE INDEX sign_ups_by_person ON sign_ups (activity_id, user_id);
