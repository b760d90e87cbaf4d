-- +goose Up
CREATE INDEX activities_by_start ON activities (starts_at, id);
