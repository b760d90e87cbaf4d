-- +goose Up
CREATE INDEX moderation_events_by_item ON moderation_events (item_id, id);
