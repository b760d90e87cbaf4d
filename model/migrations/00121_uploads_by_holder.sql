-- +goose Up
CREATE INDEX uploads_by_holder ON uploads (holder_kind, holder_id, holder_part, position);
