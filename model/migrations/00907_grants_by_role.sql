-- +goose Up
CREATE INDEX grants_by_role ON grants (role, id);
