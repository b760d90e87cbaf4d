-- +goose Up
CREATE INDEX redemption_events_by_redemption ON redemption_events (redemption_id, id);
