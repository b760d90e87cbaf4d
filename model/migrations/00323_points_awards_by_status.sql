-- +goose Up
CREATE INDEX points_awards_by_status ON points_awards (status, id);
