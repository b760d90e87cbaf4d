-- +goose Up
CREATE UNIQUE INDEX open311_clients_by_key ON open311_clients (key_hash);
