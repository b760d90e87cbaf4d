-- +goose Up
CREATE INDEX wechat_events_by_name ON wechat_events (name, received_at);
