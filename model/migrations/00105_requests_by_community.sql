-- +goose Up
CREATE INDEX requests_by_community ON requests (community_id, open, due_at, id);
