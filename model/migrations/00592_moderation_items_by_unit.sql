-- +goose Up
CREATE INDEX moderation_items_by_unit ON moderation_items (unit_id, status, held_at, id);
