-- +goose Up
CREATE INDEX redemptions_by_user ON redemptions (user_id, id);
