-- +goose Up
CREATE INDEX requests_by_town_and_status ON requests (town_id, open, status, due_at, id);
