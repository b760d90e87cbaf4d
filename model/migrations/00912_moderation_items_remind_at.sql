-- +goose Up
ALTER TABLE moderation_items ADD COLUMN remind_at DATETIME/*!(3)*/;
