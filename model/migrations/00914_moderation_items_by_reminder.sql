-- +goose Up
CREATE INDEX moderation_items_by_reminder ON moderation_items (remind_at, unit_id);
