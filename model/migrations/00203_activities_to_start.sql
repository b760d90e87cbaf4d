-- +goose Up
CREATE INDEX activities_to_start ON activities (state, starts_at);
