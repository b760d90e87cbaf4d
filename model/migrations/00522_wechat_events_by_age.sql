-- +goose Up
CREATE INDEX wechat_events_by_age ON wechat_events (received_at);
