-- +goose Up
CREATE INDEX push_events_by_push ON push_events (push_id, id);
