-- +goose Up
CREATE INDEX articles_by_push ON articles (push_id);
