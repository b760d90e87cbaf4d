-- +goose Up
CREATE UNIQUE INDEX points_awards_by_reference ON points_awards (awarded_by, reference);
