-- +goose Up
CREATE UNIQUE INDEX children_by_guardian ON children (guardian_id, slot);
