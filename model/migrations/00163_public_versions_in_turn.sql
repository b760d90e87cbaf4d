-- +goose Up
CREATE INDEX public_versions_in_turn ON public_versions (status, request_id);
