-- +goose Up
CREATE INDEX requests_waiting ON requests (waits_for, due_at, id);
