-- +goose Up
CREATE INDEX requests_of_estate ON requests (estate_id, id);
