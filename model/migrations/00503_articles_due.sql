-- +goose Up
CREATE INDEX articles_due ON articles (status, publish_at);
