-- +goose Up
CREATE INDEX requests_by_status ON requests (open, status, due_at, id);
