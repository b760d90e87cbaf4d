-- +goose Up
CREATE INDEX points_lots_by_end ON points_lots (expires_on, id);
