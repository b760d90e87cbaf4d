-- +goose Up
CREATE INDEX closure_events_by_closure ON closure_events (closure_id, id);
