-- +goose Up
CREATE UNIQUE INDEX tenure_events_by_tenure ON tenure_events (tenure_id, seq);
