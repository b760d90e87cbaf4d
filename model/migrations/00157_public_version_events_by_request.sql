-- +goose Up
CREATE UNIQUE INDEX public_version_events_by_request ON public_version_events (request_id, seq);
