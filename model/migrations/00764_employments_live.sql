-- +goose Up
CREATE UNIQUE INDEX employments_live ON employments (user_id, unit_id, live);
