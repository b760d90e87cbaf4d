-- +goose Up
CREATE INDEX media_checks_at ON media_checks (at);
