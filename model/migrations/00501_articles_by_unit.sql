-- +goose Up
CREATE INDEX articles_by_unit ON articles (unit_id, status, published_at, id);
