-- +goose Up
CREATE INDEX public_versions_of_county ON public_versions (shown, published_at, request_id);
