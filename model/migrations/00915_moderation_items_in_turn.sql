-- +goose Up
CREATE INDEX moderation_items_in_turn ON moderation_items (status, held_at, id, unit_id);
