-- +goose Up
CREATE INDEX employments_by_unit ON employments (unit_id, status, id);
