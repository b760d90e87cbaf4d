-- +goose Up
CREATE INDEX sign_ups_by_activity ON sign_ups (activity_id, id);
