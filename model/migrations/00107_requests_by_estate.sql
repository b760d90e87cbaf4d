-- +goose Up
CREATE INDEX requests_by_estate ON requests (estate_id, open, due_at, id);
