-- +goose Up
CREATE INDEX public_versions_by_day ON public_versions (shown, came_at, request_id);
