-- +goose Up
CREATE INDEX redemptions_by_unit ON redemptions (unit_id, status, id);
