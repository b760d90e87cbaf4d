-- +goose Up
CREATE UNIQUE INDEX grants_once_live ON grants (user_id, role, unit_id, live);
