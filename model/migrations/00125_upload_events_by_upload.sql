-- +goose Up
CREATE INDEX upload_events_by_upload ON upload_events (upload_id, id);
