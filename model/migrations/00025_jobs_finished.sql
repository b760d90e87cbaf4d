-- +goose Up
CREATE INDEX jobs_finished ON jobs (state, finished_at);
