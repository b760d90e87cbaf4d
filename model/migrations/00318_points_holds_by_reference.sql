-- +goose Up
CREATE UNIQUE INDEX points_holds_by_reference ON points_holds (reference);
