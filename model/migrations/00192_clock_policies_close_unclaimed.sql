-- +goose Up
ALTER TABLE clock_policies ADD COLUMN close_unclaimed BOOLEAN NOT NULL DEFAULT FALSE;
