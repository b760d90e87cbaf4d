-- +goose Up
CREATE INDEX requests_by_merger ON requests (merged_into_id, id);
