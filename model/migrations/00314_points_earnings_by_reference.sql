-- +goose Up
CREATE UNIQUE INDEX points_earnings_by_reference ON points_earnings (reference);
