-- +goose Up
CREATE INDEX former_names_by_user ON former_names (user_id, id);
