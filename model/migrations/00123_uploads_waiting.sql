-- +goose Up
CREATE INDEX uploads_waiting ON uploads (status, holder_kind, id);
