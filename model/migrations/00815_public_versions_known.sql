-- +goose Up
UPDATE public_versions SET public_id = request_id WHERE public_id IS NULL;
