-- +goose Up
ALTER TABLE public_versions ADD COLUMN came_at DATETIME/*!(3)*/ NOT NULL DEFAULT '2000-01-01 00:00:00';
