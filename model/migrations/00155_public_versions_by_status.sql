-- +goose Up
CREATE INDEX public_versions_by_status ON public_versions (status, estate_id, request_id);
