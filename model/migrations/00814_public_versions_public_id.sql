-- +goose Up
ALTER TABLE public_versions ADD COLUMN public_id BINARY(16);
