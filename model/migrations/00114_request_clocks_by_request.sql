-- +goose Up
CREATE INDEX request_clocks_by_request ON request_clocks (request_id, started_at, name);
