-- +goose Up
CREATE UNIQUE INDEX requests_by_receipt ON requests (receipt);
