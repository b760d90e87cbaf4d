-- +goose Up
CREATE UNIQUE INDEX public_versions_by_public_id ON public_versions (public_id);
