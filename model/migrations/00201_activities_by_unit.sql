-- +goose Up
CREATE INDEX activities_by_unit ON activities (unit_id, starts_at, id);
