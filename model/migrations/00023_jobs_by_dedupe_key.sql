-- +goose Up
CREATE UNIQUE INDEX jobs_by_dedupe_key ON jobs (dedupe_key);
