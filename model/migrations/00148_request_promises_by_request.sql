-- +goose Up
CREATE INDEX request_promises_by_request ON request_promises (request_id, id);
