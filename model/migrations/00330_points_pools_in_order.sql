-- +goose Up
CREATE INDEX points_pools_in_order ON points_pools (unit_id, id);
