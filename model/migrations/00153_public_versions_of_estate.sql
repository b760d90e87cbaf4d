-- +goose Up
CREATE INDEX public_versions_of_estate ON public_versions (estate_id, shown, published_at, request_id);
