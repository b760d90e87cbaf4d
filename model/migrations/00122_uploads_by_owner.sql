-- +goose Up
CREATE INDEX uploads_by_owner ON uploads (owner_id, id);
