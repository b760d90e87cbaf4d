-- +goose Up
UPDATE moderation_items SET remind_at = held_at WHERE status = 'held';
