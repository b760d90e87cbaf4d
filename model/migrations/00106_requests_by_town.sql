-- +goose Up
CREATE INDEX requests_by_town ON requests (town_id, open, due_at, id);
