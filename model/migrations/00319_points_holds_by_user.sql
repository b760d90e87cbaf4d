-- +goose Up
CREATE INDEX points_holds_by_user ON points_holds (user_id, status);
