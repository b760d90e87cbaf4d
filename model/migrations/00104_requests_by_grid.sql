-- +goose Up
CREATE INDEX requests_by_grid ON requests (grid_id, open, due_at, id);
