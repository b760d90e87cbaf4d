-- +goose Up
CREATE UNIQUE INDEX request_events_by_request ON request_events (request_id, seq);
