-- +goose Up
CREATE INDEX article_events_by_article ON article_events (article_id, id);
