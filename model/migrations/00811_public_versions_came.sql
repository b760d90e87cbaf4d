-- +goose Up
UPDATE public_versions SET came_at = COALESCE((SELECT r.created_at FROM requests r WHERE r.id = public_versions.request_id), created_at);
