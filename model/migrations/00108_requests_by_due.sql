-- +goose Up
CREATE INDEX requests_by_due ON requests (open, due_at, id);
