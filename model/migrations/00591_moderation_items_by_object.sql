-- +goose Up
CREATE UNIQUE INDEX moderation_items_by_object ON moderation_items (kind, object_id, object_version);
