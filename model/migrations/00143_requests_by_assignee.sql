-- +goose Up
CREATE INDEX requests_by_assignee ON requests (assignee_id, open, due_at, id);
