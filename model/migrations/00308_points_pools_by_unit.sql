-- +goose Up
CREATE UNIQUE INDEX points_pools_by_unit ON points_pools (unit_id, sponsor);
