-- +goose Up
CREATE INDEX points_earnings_by_status ON points_earnings (status, id);
