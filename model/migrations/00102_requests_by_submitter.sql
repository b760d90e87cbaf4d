-- +goose Up
CREATE INDEX requests_by_submitter ON requests (submitter_id, id);
