-- +goose Up
CREATE UNIQUE INDEX closures_by_user ON closures (user_id, live);
