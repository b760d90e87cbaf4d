-- +goose Up
CREATE INDEX request_events_by_outcome ON request_events (outcome, at);
