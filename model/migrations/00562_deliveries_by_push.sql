-- +goose Up
CREATE INDEX deliveries_by_push ON deliveries (push_id, status, id);
