-- +goose Up
CREATE INDEX redemption_events_by_day ON redemption_events (day, goods_id);
