-- +goose Up
CREATE INDEX activity_events_by_activity ON activity_events (activity_id, id);
