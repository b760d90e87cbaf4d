-- +goose Up
CREATE INDEX activities_to_finish ON activities (state, ends_at);
