-- +goose Up
CREATE INDEX articles_published ON articles (status, published_at, id);
